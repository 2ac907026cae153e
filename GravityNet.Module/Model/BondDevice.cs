using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// The bond part of a link, as <c>ip -d link</c> prints it (ip-link(8), the kernel's bonding documentation).
/// </summary>
public sealed record BondDevice : LinkPart
{
    // in the order in which today's ip prints them
    private static readonly LineGrammar<BondDevice> Grammar = new(
        -1,
        new LineField<BondDevice>("", p => p.Kind),
        new("mode", p => Printed(p.Mode)),
        new("active_slave", p => Printed(p.ActiveSlave)),
        new("miimon", p => Printed(p.Miimon)),
        new("updelay", p => Printed(p.UpDelay)),
        new("downdelay", p => Printed(p.DownDelay)),
        new("primary", p => Printed(p.Primary)),
        new("xmit_hash_policy", p => Printed(p.TransmitHashPolicy)),
        new("min_links", p => Printed(p.MinLinks)),
        new("lacp_rate", p => Printed(p.LacpRate)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Kind,
        Mode,
        ActiveSlave,
        Miimon,
        UpDelay,
        DownDelay,
        Primary,
        TransmitHashPolicy,
        MinLinks,
        LacpRate,
    }

    /// <inheritdoc/>
    public override string Kind => "bond";

    /// <summary><c>active-backup</c>, <c>802.3ad</c>, <c>balance-rr</c>, ...</summary>
    public string Mode { get; init; } = "";

    /// <summary>The port in use; empty where the mode has none.</summary>
    public string ActiveSlave { get; init; } = "";

    /// <summary>The time between two looks at the ports' carrier, in milliseconds; 0 for none.</summary>
    public int? Miimon { get; init; }

    /// <summary>How long a port must have carrier before it is used, in milliseconds.</summary>
    public int? UpDelay { get; init; }

    /// <summary>How long a port must lack carrier before it is left, in milliseconds.</summary>
    public int? DownDelay { get; init; }

    /// <summary>The port that is used when it can be; empty for none.</summary>
    public string Primary { get; init; } = "";

    /// <summary>What of a packet chooses the port: <c>layer2</c>, <c>layer3+4</c>, ...</summary>
    public string TransmitHashPolicy { get; init; } = "";

    /// <summary>The fewest ports with carrier for the bond to have it.</summary>
    public int? MinLinks { get; init; }

    /// <summary><c>slow</c> or <c>fast</c>.</summary>
    public string LacpRate { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Print(null);

    /// <inheritdoc/>
    internal override string Print(LineForm? form) => Grammar.Print(this, form, Words);
}
