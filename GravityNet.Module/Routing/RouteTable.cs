namespace GravityNet.Routing;

/// <summary>
/// The routes of one table in one family, found by the longest prefix. Among routes to the same network the kernel's own order decides: IPv4 by TOS (the larger first) and metric,
/// as fib_trie.c keeps them, IPv6 by metric and then by score, as route.c of net/ipv6 does.
/// </summary>
internal sealed class RouteTable(bool isIPv6)
{
    // by prefix length, the longest first; the routes to one network in the order of the kernel's list
    private readonly SortedList<int, Dictionary<UInt128, List<Route>>> _networks = new(Comparer<int>.Create((a, b) => b.CompareTo(a)));

    /// <summary>Adds a route, in the order of the text: it is that of the kernel's lists, where metrics are the same.</summary>
    public void Add(RoutePrefix prefix, Route route)
    {
        if (!_networks.TryGetValue(prefix.Length, out var networks)) _networks.Add(prefix.Length, networks = []);
        if (!networks.TryGetValue(prefix.Address, out var routes)) networks.Add(prefix.Address, routes = []);
        routes.Add(route);
    }

    /// <summary>The routes to the networks that an address is in, the longest prefix first.</summary>
    public IEnumerable<(int Length, List<Route> Routes)> To(RoutePrefix address)
    {
        foreach (var (length, networks) in _networks)
        {
            if (networks.TryGetValue(RoutePrefix.Cut(address.Address, address.Width, length), out var routes)) yield return (length, routes);
        }
    }

    /// <summary>What the table says to a packet.</summary>
    public TableAnswer Find(RouteQuery query, RoutePrefix to, bool? avoidsDeadGateways, Func<RouteNexthop, bool> isDeadGateway) =>
        isIPv6 ? FindIPv6(query, to, avoidsDeadGateways, isDeadGateway) : FindIPv4(query, to);

    private TableAnswer FindIPv4(RouteQuery query, RoutePrefix to)
    {
        foreach (var (length, all) in To(to))
        {
            // stable: what has the same TOS and metric stays in the order of the text
            var routes = all.OrderByDescending(r => TypeOfService.Parse(r.Tos) ?? 0).ThenBy(r => r.Metric ?? 0).ToList();
            for (var i = 0; i < routes.Count; i++)
            {
                var route = routes[i];
                switch (FitsTos(route, query))
                {
                    case null: return TableAnswer.NotKnown($"'{route}' is for a TOS whose name is not known");
                    case false: continue;
                    default: break;
                }

                if (IsReject(route)) return new(route, []);
                var ways = Ways(route).Where(w => !w.Dead && (query.OutputInterface.Length == 0 || w.Interface == query.OutputInterface)).ToList();
                if (ways.Count == 0) continue;
                // a socket that is bound to an interface takes the first way out of it
                if (query.OutputInterface.Length > 0) return new(route, [ways[0]]);
                if (ways.Count > 1) return new(route, ways, "one of them, by a hash of the packet's addresses in proportion to the weights");
                return length == 0 && route.Type == "unicast" ? FirstThatAnswers(routes, i, query) : new(route, ways);
            }
        }

        return TableAnswer.Nothing;
    }

    // fib_select_default: of several default routes with gateways the kernel takes the first of which the gateway is not known to be dead, and it remembers which it took last
    private static TableAnswer FirstThatAnswers(List<Route> routes, int first, RouteQuery query)
    {
        var chosen = routes[first];
        var candidates = new List<Route>();
        var (lastTos, lastMetric) = (0, chosen.Metric ?? 0);
        foreach (var route in routes)
        {
            var tos = TypeOfService.Parse(route.Tos) ?? 0;
            if (tos != 0 && FitsTos(route, query) != true) continue;
            if ((route.Metric ?? 0) > lastMetric && tos == lastTos)
            {
                if (lastTos != 0) continue;
                break;
            }

            if (!IsReject(route) && Ways(route).All(w => w.Dead)) continue;
            (lastTos, lastMetric) = (tos, route.Metric ?? 0);
            if (route.Scope != chosen.Scope || route.Type != "unicast" || Ways(route)[0].Gateway.Length == 0) continue;
            if (candidates.Count == 0 && route != chosen) break;
            candidates.Add(route);
        }

        return candidates.Count < 2
            ? new(chosen, Ways(chosen))
            : new(chosen, [.. candidates.SelectMany(c => Ways(c).Take(1))], "the first of them whose gateway answers ARP");
    }

    private TableAnswer FindIPv6(RouteQuery query, RoutePrefix to, bool? avoidsDeadGateways, Func<RouteNexthop, bool> isDeadGateway)
    {
        var careful = avoidsDeadGateways == false ? null : FindIPv6(query, to, isDeadGateway);
        // a host, which does not forward, takes a dead gateway only where there is no other way
        if (avoidsDeadGateways == true && careful is { Route: not null } or { Unknown.Length: > 0 }) return careful!;
        var plain = FindIPv6(query, to, _ => false);
        if (avoidsDeadGateways is not null || plain.Unknown.Length > 0 || careful!.Route is null) return plain;
        return careful.Route == plain.Route && careful.Nexthops.SequenceEqual(plain.Nexthops)
            ? plain
            : TableAnswer.NotKnown("whether IPv6 is forwarded is not known, and so whether gateways that do not answer are passed over");
    }

    private TableAnswer FindIPv6(RouteQuery query, RoutePrefix to, Func<RouteNexthop, bool> isDeadGateway)
    {
        // what is for one link only must go out of the interface that is named (rt6_need_strict), and so must what a socket sends that is bound to one and has no source
        var wanted = query.InputInterface.Length > 0 ? query.InputInterface : query.OutputInterface;
        var isStrict = IsLinkBound(to) || (query.InputInterface.Length == 0 && query.OutputInterface.Length > 0 && query.From.Length == 0);
        foreach (var (_, all) in To(to))
        {
            if (all.Exists(r => r.From.Length > 0)) return TableAnswer.NotKnown($"'{all.Find(r => r.From.Length > 0)}' is for some sources only: such routes are not followed");
            var routes = all.Where(r => r.ExpiresSeconds is null or >= 0).OrderBy(r => r.Metric ?? 0).ToList();
            if (routes.Count == 0) continue;
            // where none of the smallest metric is alive, all others are compared by their scores alone (find_rr_leaf)
            var smallest = routes[0].Metric ?? 0;
            var best = Best(routes.Where(r => (r.Metric ?? 0) == smallest)) ?? Best(routes.Where(r => (r.Metric ?? 0) != smallest));
            if (best is null) continue;
            if (IsReject(best)) return new(best, []);
            var ways = Ways(best).Where(w => Score(best, w) >= 0).ToList();
            return new(best, ways, ways.Count > 1 ? "one of them, by a hash of the packet's addresses in proportion to the weights" : "");
        }

        return TableAnswer.Nothing;

        Route? Best(IEnumerable<Route> routes)
        {
            Route? best = null;
            var highest = -1;
            foreach (var route in routes)
            {
                var score = Ways(route).Max(w => Score(route, w));
                if (score > highest) (best, highest) = (route, score);
            }

            return best;
        }

        // rt6_score_route; -1 for a way that cannot be taken
        int Score(Route route, RouteNexthop way)
        {
            if (way.Dead) return -1;
            var score = wanted.Length == 0 || way.Interface == wanted ? 2 : 0;
            if (score == 0 && isStrict) return -1;
            score |= route.Preference switch { "high" => 3, "low" => 1, _ => 2 } << 2;
            return way.Gateway.Length > 0 && isDeadGateway(way) ? -1 : score;
        }
    }

    /// <summary>Whether an address is for one link only: multicast, link-local and loopback addresses of IPv6 (rt6_need_strict).</summary>
    public static bool IsLinkBound(RoutePrefix to) => to.IsIPv6 && (to.Address >> 120 == 0xff || to.Address >> 118 == 0x3fa || to.Address == 1);

    private static IReadOnlyList<RouteNexthop> Ways(Route route) => route.Nexthops.Count > 0
        ? route.Nexthops
        : [new RouteNexthop { GatewayFamily = route.GatewayFamily, Gateway = route.Gateway, Interface = route.Interface, Dead = route.Dead, LinkDown = route.LinkDown, OnLink = route.OnLink, Source = route.Source }];

    private static bool IsReject(Route route) => route.Type is "blackhole" or "unreachable" or "prohibit" or "throw";

    private static bool? FitsTos(Route route, RouteQuery query) => route.Tos.Length == 0 ? true : TypeOfService.Parse(route.Tos) is { } tos ? tos == 0 || tos == TypeOfService.OfRoutes(query.Tos) : null;
}
