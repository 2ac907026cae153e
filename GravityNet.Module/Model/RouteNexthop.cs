using System.Globalization;
using GravityNet.Text;

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
        new("via", h => h.Gateway.Length == 0 ? null : h.GatewayFamily.Length == 0 ? h.Gateway : $"{h.GatewayFamily} {h.Gateway}"),
        new("dev", h => h.Interface.Length > 0 ? h.Interface : null),
        new("weight", h => h.Weight?.ToString(CultureInfo.InvariantCulture)),
        new("onlink", h => h.OnLink ? "" : null));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Nexthop,
        Gateway,
        Interface,
        Weight,
        OnLink,
    }

    /// <summary>The gateway's family where it is another than the destination's: <c>inet</c> or <c>inet6</c>; else empty.</summary>
    public string GatewayFamily { get; init; } = "";

    /// <summary>The gateway; empty for none.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>The interface; empty for none.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The share of flows, relative to the other nexthops' weights; null where not printed.</summary>
    public int? Weight { get; init; }

    /// <summary>Whether the gateway is taken to be on the link though no route says so.</summary>
    public bool OnLink { get; init; }

    /// <summary>Words that have no field of their own, in order (<c>dead</c>, <c>linkdown</c>, ...).</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its line; null for a nexthop that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>The line as it was read, from the fields.</summary>
    public string Print() => Grammar.Print(this, Form, Words);

    /// <summary>The nexthop as <c>ip route</c> prints it, without its indent.</summary>
    public override string ToString() => Grammar.Print(this, null, Words);
}
