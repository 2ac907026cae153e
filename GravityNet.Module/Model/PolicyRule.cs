using System.Globalization;
using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// A rule of the routing policy, as <c>ip rule</c> prints it (ip-rule(8)). The kernel asks the rules in the order of their priorities; the first one that matches a
/// packet and whose table has a route for it decides.
/// </summary>
public sealed record PolicyRule
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The rule's place: the smallest is asked first. The kernel's own are 0 (local), 32766 (main) and 32767 (default).</summary>
    public required long Priority { get; init; }

    /// <summary>Whether the rule is for the packets that do <i>not</i> match.</summary>
    public bool IsInverted { get; init; }

    /// <summary>The source: an address, a network, or <c>all</c>.</summary>
    public string From { get; init; } = "all";

    /// <summary>The destination: an address or a network; empty for all.</summary>
    public string To { get; init; } = "";

    /// <summary>The TOS as a number or a name of <c>rt_dsfield</c>; empty for any.</summary>
    public string Tos { get; init; } = "";

    /// <summary>The packet's mark, of the bits that <see cref="MarkMask"/> has; null for any.</summary>
    public uint? Mark { get; init; }

    /// <summary>The bits of the mark that count; null where not printed: all of them.</summary>
    public uint? MarkMask { get; init; }

    /// <summary>The interface that packets arrive on; <c>lo</c> for those that the node sends itself. Empty for any.</summary>
    public string InputInterface { get; init; } = "";

    /// <summary>Whether there is no such interface now: the rule matches nothing.</summary>
    public bool InputDetached { get; init; }

    /// <summary>The interface that the sending socket is bound to; empty for any.</summary>
    public string OutputInterface { get; init; } = "";

    /// <summary>Whether there is no such interface now: the rule matches nothing.</summary>
    public bool OutputDetached { get; init; }

    /// <summary>Whether the table is that of the L3 master device (VRF) that the packet comes from or goes to; it matches no other packets.</summary>
    public bool L3mdev { get; init; }

    /// <summary>The users whose sockets send, <c>FIRST-LAST</c>; empty for any.</summary>
    public string UidRange { get; init; } = "";

    /// <summary>The IP protocol, by name where the node knows one: <c>tcp</c>; empty for any.</summary>
    public string IpProtocol { get; init; } = "";

    /// <summary>The source port: <c>80</c>, <c>80-90</c>, or <c>VALUE/MASK</c> in hexadecimal digits; empty for any.</summary>
    public string SourcePort { get; init; } = "";

    /// <summary>The destination port: <c>80</c>, <c>80-90</c>, or <c>VALUE/MASK</c> in hexadecimal digits; empty for any.</summary>
    public string DestinationPort { get; init; } = "";

    /// <summary>The id of the tunnel that the packet came through; null for any.</summary>
    public long? TunnelId { get; init; }

    /// <summary>The table that is asked: local, main, default, another name, or a number; empty for none.</summary>
    public string Table { get; init; } = "";

    /// <summary>Routes of the table whose prefix is this long or shorter do not count; null for none.</summary>
    public int? SuppressPrefixLength { get; init; }

    /// <summary>Routes of the table that lead out of an interface of this group do not count; empty for none.</summary>
    public string SuppressInterfaceGroup { get; init; } = "";

    /// <summary>The realm of the destination, or <c>SOURCE/DESTINATION</c>; empty for none.</summary>
    public string Realms { get; init; } = "";

    /// <summary>
    /// What happens to a packet that matches: <c>lookup</c> (the table is asked), <c>goto</c> (on with the rule <see cref="GotoPriority"/>), <c>nop</c>,
    /// <c>blackhole</c>, <c>unreachable</c>, <c>prohibit</c>, <c>masquerade</c>.
    /// </summary>
    public string Action { get; init; } = Lookup;

    /// <summary>The rule that <c>goto</c> leads to; null for none.</summary>
    public long? GotoPriority { get; init; }

    /// <summary>Whether there is no rule now that <c>goto</c> leads to: the rule then does nothing.</summary>
    public bool Unresolved { get; init; }

    /// <summary>Who made it: kernel, boot, static, ...; empty where not printed.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>The DSCP (a number, a name, or <c>VALUE/MASK</c>); empty for any.</summary>
    public string Dscp { get; init; } = "";

    /// <summary>The IPv6 flow label (<c>VALUE</c> or <c>VALUE/MASK</c>); empty for any.</summary>
    public string FlowLabel { get; init; } = "";

    /// <summary>Words that have no field of their own, in order. A rule that has some may match fewer packets than its fields say.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its line; null for a rule that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>Whether a zero is <c>0x0</c> (before iproute2 4.17), not <c>0</c>.</summary>
    internal bool HasHexZero { get; init; }

    /// <summary>Whether a blank parts the destination from its prefix length: <c>to 10.0.0.0 /8</c> of iproute2 4.17 and 4.18.</summary>
    internal bool IsToParted { get; init; }

    /// <summary>Whether the square brackets are left out: <c>goto 9unresolved</c> of iproute2 4.17 and 4.18.</summary>
    internal bool IsUnresolvedBare { get; init; }

    /// <summary>The line as it was read, from the fields.</summary>
    public string Print() => Grammar.Print(this, Form, Words);

    /// <summary>The rule as <c>ip rule</c> prints it without <c>-d</c>, with one blank between its words.</summary>
    public override string ToString() => Grammar.Print(this with { HasHexZero = false, IsToParted = false, IsUnresolvedBare = false }, null, Words);

    internal const string Lookup = "lookup";

    // in the order of iproute2's print_rule
    private static readonly LineGrammar<PolicyRule> Grammar = new(
        -1,
        new("", r => string.Create(CultureInfo.InvariantCulture, $"{r.Priority}:")),
        new("not", r => Printed(r.IsInverted)),
        new("from", r => Printed(r.From)),
        new("to", r => r.IsToParted ? Printed(r.To.Replace("/", " /", StringComparison.Ordinal)) : Printed(r.To)),
        new("tos", r => Printed(r.Tos)),
        new("fwmark", r => r.MarkText()),
        new("iif", r => Printed(r.InputInterface)),
        new("[detached]", r => Printed(r.InputDetached)),
        new("oif", r => Printed(r.OutputInterface)),
        new("[detached]", r => Printed(r.OutputDetached)),
        new("lookup", r => r.L3mdev ? L3mdevTable : null),
        new("uidrange", r => Printed(r.UidRange)),
        new("ipproto", r => Printed(r.IpProtocol)),
        new("sport", r => Printed(r.SourcePort)),
        new("dport", r => Printed(r.DestinationPort)),
        new("tun_id", r => Printed(r.TunnelId)),
        new("lookup", r => Printed(r.Table)),
        new("suppress_prefixlength", r => Printed(r.SuppressPrefixLength)),
        new("suppress_ifgroup", r => Printed(r.SuppressInterfaceGroup)),
        new("realms", r => Printed(r.Realms)),
        new("", r => r.Action switch { Lookup => null, "goto" => $"goto {Printed(r.GotoPriority) ?? "none"}", var action => action }),
        new("", r => !r.Unresolved ? null : r.IsUnresolvedBare ? "unresolved" : "[unresolved]"),
        new("proto", r => Printed(r.Protocol)) { IsImplied = r => r.Protocol == "kernel" },
        new("dscp", r => Printed(r.Dscp)),
        new("flowlabel", r => Printed(r.FlowLabel)));

    internal const string L3mdevTable = "[l3mdev-table]";

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Priority,
        Not,
        From,
        To,
        Tos,
        Mark,
        InputInterface,
        InputDetached,
        OutputInterface,
        OutputDetached,
        L3mdev,
        UidRange,
        IpProtocol,
        SourcePort,
        DestinationPort,
        TunnelId,
        Table,
        SuppressPrefixLength,
        SuppressInterfaceGroup,
        Realms,
        Action,
        Unresolved,
        Protocol,
        Dscp,
        FlowLabel,
    }

    private string? MarkText() => Mark is not { } mark ? null : MarkMask is { } mask ? $"{Hex(mark)}/{Hex(mask)}" : Hex(mark);

    private string Hex(uint number) => number == 0 && !HasHexZero ? "0" : string.Create(CultureInfo.InvariantCulture, $"0x{number:x}");
}
