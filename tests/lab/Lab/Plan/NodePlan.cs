namespace GravityNet.Labs.Plan;

/// <summary>One node as it is planned.</summary>
/// <param name="Name">The host name.</param>
/// <param name="Address">The IPv4 address on the underlay.</param>
/// <param name="Subnet">The pod subnet in CIDR form, such as 10.244.19.0/24.</param>
public sealed record NodePlan(string Name, string Address, string Subnet)
{
    /// <summary>The address of flannel.1: the subnet's own first address.</summary>
    public string VtepAddress => Subnet[..Subnet.IndexOf('/')];

    /// <summary>The address of cni0, the gateway of the node's pods.</summary>
    public string Gateway => VtepAddress[..(VtepAddress.LastIndexOf('.') + 1)] + "1";
}
