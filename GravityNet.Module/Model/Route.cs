using System.Globalization;
using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// A route, as <c>ip route</c> prints it (ip-route(8)).
/// </summary>
public sealed record Route
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>unicast, local, broadcast, blackhole, unreachable, prohibit, throw, multicast. Without <c>-d</c> unicast is not printed and meant.</summary>
    public string Type { get; init; } = "unicast";

    /// <summary>The destination with its prefix length where printed, or <c>default</c>.</summary>
    public required string Destination { get; init; }

    /// <summary>The gateway's family where it is another than the destination's: <c>inet</c> or <c>inet6</c> (RFC 5549); else empty.</summary>
    public string GatewayFamily { get; init; } = "";

    /// <summary>The gateway; empty for none.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>The interface; empty for none (blackhole and its kin).</summary>
    public string Interface { get; init; } = "";

    /// <summary>The table: main, local, default, or a number. Not printed means main.</summary>
    public string Table { get; init; } = "main";

    /// <summary>Who made it: kernel, boot, static, ...; empty where not printed.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>global, link, host; empty where not printed.</summary>
    public string Scope { get; init; } = "";

    /// <summary>The preferred source address; empty for none.</summary>
    public string PreferredSource { get; init; } = "";

    /// <summary>The metric: of two routes to the same network the smaller one counts; null where not printed (0 for IPv4).</summary>
    public long? Metric { get; init; }

    /// <summary>The source addresses that the route is for (IPv6 subtrees); empty for all.</summary>
    public string From { get; init; } = "";

    /// <summary>The id of the nexthop object that says where it leads (ip-nexthop(8)); null for none.</summary>
    public long? NexthopId { get; init; }

    /// <summary>The TOS that the route is for, as a number or a name of <c>rt_dsfield</c>; empty for any.</summary>
    public string Tos { get; init; } = "";

    /// <summary>Whether its way is gone: the interface is down.</summary>
    public bool Dead { get; init; }

    /// <summary>Whether the gateway is taken to be on the link though no route says so. Flannel's routes need it.</summary>
    public bool OnLink { get; init; }

    /// <summary>Whether the gateway is looked up again (<c>pervasive</c>).</summary>
    public bool Pervasive { get; init; }

    /// <summary>Whether the nexthop is in a switch's hardware.</summary>
    public bool Offload { get; init; }

    /// <summary>Whether the nexthop traps packets from a switch's hardware to the kernel.</summary>
    public bool Trap { get; init; }

    /// <summary>Whether the interface has no carrier. Where <c>ignore_routes_with_linkdown</c> is on, the kernel then passes the route over.</summary>
    public bool LinkDown { get; init; }

    /// <summary>Whether a multicast route is not resolved yet.</summary>
    public bool Unresolved { get; init; }

    /// <summary>Whether the route itself is in a switch's hardware.</summary>
    public bool RtOffload { get; init; }

    /// <summary>Whether the route traps packets from a switch's hardware to the kernel.</summary>
    public bool RtTrap { get; init; }

    /// <summary>Whether a switch's hardware refused the route.</summary>
    public bool RtOffloadFailed { get; init; }

    /// <summary>The realm of the destination, or <c>SOURCE/DESTINATION</c>; empty for none.</summary>
    public string Realms { get; init; } = "";

    /// <summary>Seconds until the kernel removes it; null for never.</summary>
    public long? ExpiresSeconds { get; init; }

    /// <summary>The error that senders get, as printed: <c>-101</c> is ENETUNREACH, which some versions print without sign (4294967195); null for none.</summary>
    public long? Error { get; init; }

    /// <summary>How many hold it (with <c>-s</c>); null where not printed.</summary>
    public long? Users { get; init; }

    /// <summary>How often it was used (with <c>-s</c>); null where not printed.</summary>
    public long? Used { get; init; }

    /// <summary>Seconds since it was used (with <c>-s</c>); null where not printed.</summary>
    public long? AgeSeconds { get; init; }

    /// <summary>The metrics of its paths (mtu, advmss, initcwnd, ...); empty for none.</summary>
    public IReadOnlyList<RouteMetric> Metrics { get; init; } = [];

    /// <summary>The interface that packets arrive on (multicast routes, <c>ip route get ... iif</c>); empty for none.</summary>
    public string InputInterface { get; init; } = "";

    /// <summary>An IPv6 router's preference: low, medium or high (RFC 4191); empty where not printed.</summary>
    public string Preference { get; init; } = "";

    /// <summary>The second line of a cached route, as <c>ip route get</c> prints it; null for none.</summary>
    public RouteCache? Cache { get; init; }

    /// <summary>The nexthop object that the route names, as newer versions print it under the route with <c>-d</c>; null where not printed.</summary>
    public NexthopObject? NexthopInfo { get; init; }

    /// <summary>The ways of a multipath route; empty for a route with one way, which the fields above tell.</summary>
    public IReadOnlyList<RouteNexthop> Nexthops { get; init; } = [];

    /// <summary>The path's MTU in bytes, of <see cref="Metrics"/>; null for the interface's own.</summary>
    public int? Mtu => Metrics.FirstOrDefault(m => m.Name == "mtu") is { } mtu && int.TryParse(mtu.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    /// <summary>How packets are wrapped on their way: mpls, ip, ip6, seg6, bpf, ...; what it needs stands in <see cref="Words"/>. Empty for not at all.</summary>
    public string Encap => Words.SkipWhile(w => w != "encap").ElementAtOrDefault(1) ?? "";

    /// <summary>Words that have no field of their own, in order (linkdown, pref medium, ...).</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its line; null for a route that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>Whether the metric is printed as a number with a sign, as busybox does.</summary>
    internal bool IsMetricSigned { get; init; }

    /// <summary>The lines as they were read, from the fields.</summary>
    public string Print()
    {
        var text = Grammar.Print(this, Form, Words);
        // what was not read stands where the tool puts it
        if (Cache is not null) text += Below(Cache.IsOnSameLine, Cache.Form is null ? "    " : "", Cache.Print());
        if (NexthopInfo is not null) text += Below(false, NexthopInfo.Form is null ? "\t" : "", NexthopInfo.Print());
        return Nexthops.Count == 0 ? text : text + string.Concat(Nexthops.Select(h => Below(h.IsOnSameLine, h.Form is null ? "\t" : "", h.Print())));

        static string Below(bool isOnSameLine, string indent, string line) => (isOnSameLine ? "\\" : "\n") + indent + line;
    }

    /// <summary>The route as <c>ip route</c> prints it without <c>-d</c>.</summary>
    public override string ToString() => Grammar.Print(IsMetricSigned ? this with { IsMetricSigned = false } : this, null, Words);

    // in the order of iproute2's print_route
    private static readonly LineGrammar<Route> Grammar = new(
        -1,
        new("", r => r.Type) { IsImplied = r => r.Type == "unicast" },
        new("", r => r.Destination),
        new("from", r => Printed(r.From)),
        new("nhid", r => Printed(r.NexthopId)),
        new("tos", r => Printed(r.Tos)),
        new("via", r => Gateway(r.GatewayFamily, r.Gateway)),
        new("dev", r => Printed(r.Interface)),
        new("table", r => r.Table) { IsImplied = r => r.Table == "main" },
        new("proto", r => Printed(r.Protocol)) { IsImplied = r => r.Protocol == "boot" },
        new("scope", r => Printed(r.Scope)) { IsImplied = r => r.Scope == "global" },
        new("src", r => Printed(r.PreferredSource)),
        new("metric", r => Printed(r is { IsMetricSigned: true, Metric: { } metric } ? (int)(uint)metric : r.Metric)),
        new("dead", r => Printed(r.Dead)),
        new("onlink", r => Printed(r.OnLink)),
        new("pervasive", r => Printed(r.Pervasive)),
        new("offload", r => Printed(r.Offload)),
        new("trap", r => Printed(r.Trap)),
        new("linkdown", r => Printed(r.LinkDown)),
        new("unresolved", r => Printed(r.Unresolved)),
        new("rt_offload", r => Printed(r.RtOffload)),
        new("rt_trap", r => Printed(r.RtTrap)),
        new("rt_offload_failed", r => Printed(r.RtOffloadFailed)),
        new("", r => r.Realms.Length == 0 ? null : $"{RealmsKeyword(r.Realms)} {r.Realms}"),
        new("expires", r => Seconds(r.ExpiresSeconds)),
        new("error", r => Printed(r.Error)),
        new("users", r => Printed(r.Users)),
        new("used", r => Printed(r.Used)),
        new("age", r => Seconds(r.AgeSeconds)),
        new("", r => RouteMetric.Print(r.Metrics)),
        new("iif", r => Printed(r.InputInterface)),
        new("pref", r => Printed(r.Preference)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Type,
        Destination,
        From,
        NexthopId,
        Tos,
        Gateway,
        Interface,
        Table,
        Protocol,
        Scope,
        PreferredSource,
        Metric,
        Dead,
        OnLink,
        Pervasive,
        Offload,
        Trap,
        LinkDown,
        Unresolved,
        RtOffload,
        RtTrap,
        RtOffloadFailed,
        Realms,
        Expires,
        Error,
        Users,
        Used,
        Age,
        Metrics,
        InputInterface,
        Preference,
    }

    /// <summary>The word before realms: one, or two with a slash between them.</summary>
    internal static string RealmsKeyword(string realms) => realms.Contains('/', StringComparison.Ordinal) ? "realms" : "realm";
}
