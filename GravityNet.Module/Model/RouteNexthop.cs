using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// One way of a multipath route, as <c>ip route</c> prints it under the route (ip-route(8), NEXTHOP). The kernel chooses one a flow by hash, in proportion to the weights.
/// </summary>
public sealed record RouteNexthop
{
    // in the order of iproute2's print_rta_multipath
    private static readonly LineGrammar<RouteNexthop> Grammar = new(
        -1,
        new("nexthop", _ => ""),
        new("via", h => Gateway(h.GatewayFamily, h.Gateway)),
        new("", h => h.Realms.Length == 0 ? null : $"{Route.RealmsKeyword(h.Realms)} {h.Realms}"),
        new("dev", h => Printed(h.Interface)),
        new("weight", h => Printed(h.Weight)),
        new("dead", h => Printed(h.Dead)),
        new("onlink", h => Printed(h.OnLink)),
        new("pervasive", h => Printed(h.Pervasive)),
        new("offload", h => Printed(h.Offload)),
        new("trap", h => Printed(h.Trap)),
        new("linkdown", h => Printed(h.LinkDown)),
        new("unresolved", h => Printed(h.Unresolved)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Nexthop,
        Gateway,
        Realms,
        Interface,
        Weight,
        Dead,
        OnLink,
        Pervasive,
        Offload,
        Trap,
        LinkDown,
        Unresolved,
    }

    /// <summary>The gateway's family where it is another than the destination's: <c>inet</c> or <c>inet6</c>; else empty.</summary>
    public string GatewayFamily { get; init; } = "";

    /// <summary>The gateway; empty for none.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>The interface; empty for none.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The share of flows, relative to the other nexthops' weights; null where not printed.</summary>
    public int? Weight { get; init; }

    /// <summary>The realm of the destination, or <c>SOURCE/DESTINATION</c>; empty for none.</summary>
    public string Realms { get; init; } = "";

    /// <summary>Whether this way is gone: the interface is down. The kernel passes it over.</summary>
    public bool Dead { get; init; }

    /// <summary>Whether the gateway is taken to be on the link though no route says so.</summary>
    public bool OnLink { get; init; }

    /// <summary>Whether the gateway is looked up again (<c>pervasive</c>).</summary>
    public bool Pervasive { get; init; }

    /// <summary>Whether it is in a switch's hardware.</summary>
    public bool Offload { get; init; }

    /// <summary>Whether it traps packets from a switch's hardware to the kernel.</summary>
    public bool Trap { get; init; }

    /// <summary>Whether the interface has no carrier. Where <c>ignore_routes_with_linkdown</c> is on, the kernel passes this way over.</summary>
    public bool LinkDown { get; init; }

    /// <summary>Whether a multicast route's way is not resolved yet.</summary>
    public bool Unresolved { get; init; }

    /// <summary>Words that have no field of their own, in order (<c>encap</c> and what it needs, ...).</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its line; null for a nexthop that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>Whether it stands in the route's own line, behind a backslash (<c>ip -o</c>).</summary>
    internal bool IsOnSameLine { get; init; }

    /// <summary>The line as it was read, from the fields.</summary>
    public string Print() => Grammar.Print(this, Form, Words);

    /// <summary>The nexthop as <c>ip route</c> prints it, without its indent.</summary>
    public override string ToString() => Grammar.Print(this, null, Words);
}
