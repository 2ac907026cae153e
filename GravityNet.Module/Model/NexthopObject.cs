using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// A nexthop object, as <c>ip nexthop</c> prints it (ip-nexthop(8)): a way, or a group of ways, that routes and FDB rows name by its id.
/// </summary>
public sealed record NexthopObject
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The id.</summary>
    public required long Id { get; init; }

    /// <summary>The nexthops of a group; empty for a single one.</summary>
    public IReadOnlyList<NexthopMember> Members { get; init; } = [];

    /// <summary>How a group chooses: <c>resilient</c> (by buckets that flows stay in), or empty for <c>mpath</c> (by hash and weight).</summary>
    public string Type { get; init; } = "";

    /// <summary>A resilient group's buckets; null for none.</summary>
    public int? Buckets { get; init; }

    /// <summary>Seconds without traffic after which a bucket may move; null where not printed.</summary>
    public decimal? IdleTimer { get; init; }

    /// <summary>Seconds out of balance after which buckets move, idle or not; null where not printed.</summary>
    public decimal? UnbalancedTimer { get; init; }

    /// <summary>Seconds that the group has been out of balance; null where not printed.</summary>
    public decimal? UnbalancedTime { get; init; }

    /// <summary>The gateway; empty for none.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>The interface; empty for none.</summary>
    public string Interface { get; init; } = "";

    /// <summary>global, link, host; empty where not printed.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Whether packets are dropped.</summary>
    public bool Blackhole { get; init; }

    /// <summary>Who made it: kernel, zebra, bird, ...; empty where not printed.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Whether this way is gone: the interface is down.</summary>
    public bool Dead { get; init; }

    /// <summary>Whether the gateway is taken to be on the link though no route says so.</summary>
    public bool OnLink { get; init; }

    /// <summary>Whether it is in a switch's hardware.</summary>
    public bool Offload { get; init; }

    /// <summary>Whether it traps packets from a switch's hardware to the kernel.</summary>
    public bool Trap { get; init; }

    /// <summary>Whether the interface has no carrier.</summary>
    public bool LinkDown { get; init; }

    /// <summary>Whether it is for the rows of VXLAN devices: the gateway is then a remote VTEP.</summary>
    public bool Fdb { get; init; }

    /// <summary>Whether a switch's hardware shall count the group's packets; null where not printed.</summary>
    public bool? HardwareStatistics { get; init; }

    /// <summary>Whether it does; null where not printed.</summary>
    public bool? HardwareStatisticsUsed { get; init; }

    /// <summary>How many packets went each of a group's ways (with <c>-s</c>); empty where not printed.</summary>
    public IReadOnlyList<NexthopStatistics> Statistics { get; init; } = [];

    /// <summary>Words that have no field of their own, in order (<c>encap</c> and what it needs, ...).</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its line; null for one that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>Whether it stands under a route that names it, as <c>ip -d route</c> prints it.</summary>
    internal bool IsInRoute { get; init; }

    /// <summary>The line above the statistics, which says no more than that they follow; empty for none.</summary>
    internal string StatisticsHead { get; init; } = "";

    /// <summary>The lines as they were read, from the fields.</summary>
    public string Print()
    {
        var line = Grammar.Print(this, Form, Words);
        if (StatisticsHead.Length > 0) line += "\n" + StatisticsHead;
        return line + string.Concat(Statistics.Select(s => "\n" + s.Print()));
    }

    /// <summary>The line as <c>ip nexthop</c> prints it without <c>-d</c>, with one blank between its words.</summary>
    public override string ToString() => Grammar.Print(this, null, Words);

    // in the order of iproute2's __print_nexthop_entry
    private static readonly LineGrammar<NexthopObject> Grammar = new(
        -1,
        new("nh_info", n => Printed(n.IsInRoute)) { IsImplied = _ => true },
        new("id", n => Printed(n.Id)),
        new("group", n => n.Members.Count == 0 ? null : string.Join('/', n.Members)),
        new("type", n => Printed(n.Type)),
        new("buckets", n => Printed(n.Buckets)),
        new("idle_timer", n => Printed(n.IdleTimer)),
        new("unbalanced_timer", n => Printed(n.UnbalancedTimer)),
        new("unbalanced_time", n => Printed(n.UnbalancedTime)),
        new("via", n => Printed(n.Gateway)),
        new("dev", n => Printed(n.Interface)),
        new("scope", n => Printed(n.Scope)) { IsImplied = n => n.Scope == "global" },
        new("blackhole", n => Printed(n.Blackhole)),
        new("proto", n => Printed(n.Protocol)) { IsImplied = n => n.Protocol == "unspec" },
        new("dead", n => Printed(n.Dead)),
        new("onlink", n => Printed(n.OnLink)),
        new("offload", n => Printed(n.Offload)),
        new("trap", n => Printed(n.Trap)),
        new("linkdown", n => Printed(n.LinkDown)),
        new("fdb", n => Printed(n.Fdb)),
        new("hw_stats", n => OnOff(n.HardwareStatistics)),
        new("used", n => OnOff(n.HardwareStatisticsUsed)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        InRoute,
        Id,
        Members,
        Type,
        Buckets,
        IdleTimer,
        UnbalancedTimer,
        UnbalancedTime,
        Gateway,
        Interface,
        Scope,
        Blackhole,
        Protocol,
        Dead,
        OnLink,
        Offload,
        Trap,
        LinkDown,
        Fdb,
        HardwareStatistics,
        HardwareStatisticsUsed,
    }
}
