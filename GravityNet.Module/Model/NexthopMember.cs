using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// A nexthop of a group, as <c>ip nexthop</c> prints it: <c>2,7</c>.
/// </summary>
/// <param name="Id">The nexthop object's id.</param>
/// <param name="Weight">Its share of flows, relative to the other members' weights; 1 is not printed.</param>
public sealed record NexthopMember(long Id, int Weight)
{
    /// <summary>The member as printed.</summary>
    public override string ToString() => Weight == 1 ? Printing.Printed(Id)! : $"{Printing.Printed(Id)},{Printing.Printed(Weight)}";
}
