using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// What a bond holds of one of its ports, as <c>ip -d link</c> prints it (ip-link(8)).
/// </summary>
public sealed record BondSlave : LinkPart
{
    // in the order in which today's ip prints them
    private static readonly LineGrammar<BondSlave> Grammar = new(
        -1,
        new LineField<BondSlave>("", p => p.Kind),
        new("state", p => Printed(p.State)),
        new("mii_status", p => Printed(p.MiiStatus)),
        new("link_failure_count", p => Printed(p.LinkFailures)),
        new("perm_hwaddr", p => Printed(p.PermanentMac)),
        new("queue_id", p => Printed(p.QueueId)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Kind,
        State,
        MiiStatus,
        LinkFailures,
        PermanentMac,
        QueueId,
    }

    /// <inheritdoc/>
    public override string Kind => "bond_slave";

    /// <summary><c>ACTIVE</c> or <c>BACKUP</c>.</summary>
    public string State { get; init; } = "";

    /// <summary><c>UP</c>, <c>DOWN</c>, <c>GOING_DOWN</c>, <c>GOING_BACK</c>.</summary>
    public string MiiStatus { get; init; } = "";

    /// <summary>How often it lost its carrier.</summary>
    public int? LinkFailures { get; init; }

    /// <summary>The MAC that it has outside of the bond.</summary>
    public string PermanentMac { get; init; } = "";

    /// <summary>The transmit queue that chooses it.</summary>
    public int? QueueId { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Print(null);

    /// <inheritdoc/>
    internal override string Print(LineForm? form) => Grammar.Print(this, form, Words);
}
