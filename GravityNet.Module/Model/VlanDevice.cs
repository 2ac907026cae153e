using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// The VLAN part of a link, as <c>ip -d link</c> prints it (ip-link(8), IEEE 802.1Q).
/// </summary>
public sealed record VlanDevice : LinkPart
{
    // in the order in which today's ip prints them
    private static readonly LineGrammar<VlanDevice> Grammar = new(
        -1,
        new LineField<VlanDevice>("", p => p.Kind),
        new("protocol", p => Printed(p.Protocol)),
        new("id", p => Printed(p.VlanId)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Kind,
        Protocol,
        VlanId,
    }

    /// <inheritdoc/>
    public override string Kind => "vlan";

    /// <summary><c>802.1Q</c> or <c>802.1ad</c>; empty where not printed.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>The VLAN identifier, 1 to 4094.</summary>
    public int? VlanId { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Print(null);

    /// <inheritdoc/>
    internal override string Print(LineForm? form) => Grammar.Print(this, form, Words);
}
