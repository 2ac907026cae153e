using System.Globalization;
using GravityNet.Text;

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

    /// <summary>The metric; null where not printed (0 for IPv4).</summary>
    public int? Metric { get; init; }

    /// <summary>Whether the gateway is taken to be on the link though no route says so. Flannel's routes need it.</summary>
    public bool OnLink { get; init; }

    /// <summary>The ways of a multipath route; empty for a route with one way, which the fields above tell.</summary>
    public IReadOnlyList<RouteNexthop> Nexthops { get; init; } = [];

    /// <summary>Words that have no field of their own, in order (linkdown, pref medium, ...).</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its line; null for a route that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>The lines as they were read, from the fields.</summary>
    public string Print() => string.Join('\n', Nexthops.Select(h => h.Print()).Prepend(Grammar.Print(this, Form, Words)));

    /// <summary>The route as <c>ip route</c> prints it without <c>-d</c>.</summary>
    public override string ToString() => Grammar.Print(this, null, Words);

    // in the order of iproute2's print_route
    private static readonly LineGrammar<Route> Grammar = new(
        -1,
        new("", r => r.Type) { IsImplied = r => r.Type == "unicast" },
        new("", r => r.Destination),
        new("via", r => r.Gateway.Length == 0 ? null : r.GatewayFamily.Length == 0 ? r.Gateway : $"{r.GatewayFamily} {r.Gateway}"),
        new("dev", r => Printed(r.Interface)),
        new("table", r => r.Table) { IsImplied = r => r.Table == "main" },
        new("proto", r => Printed(r.Protocol)) { IsImplied = r => r.Protocol == "boot" },
        new("scope", r => Printed(r.Scope)) { IsImplied = r => r.Scope == "global" },
        new("src", r => Printed(r.PreferredSource)),
        new("metric", r => r.Metric?.ToString(CultureInfo.InvariantCulture)),
        new("onlink", r => r.OnLink ? "" : null));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Type,
        Destination,
        Gateway,
        Interface,
        Table,
        Protocol,
        Scope,
        PreferredSource,
        Metric,
        OnLink,
    }

    private static string? Printed(string text) => text.Length > 0 ? text : null;
}
