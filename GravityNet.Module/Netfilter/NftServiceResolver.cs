using System.Globalization;

namespace GravityNet.Netfilter;

/// <summary>
/// One resolution of a node's services in kube-proxy's nftables mode: packets to each of a service port's addresses are sent through the table.
/// </summary>
internal sealed class NftServiceResolver
{
    private const string ServiceMap = "service-ips";
    private const string NodePortMap = "service-nodeports";
    private static readonly string[] Maps = [ServiceMap, NodePortMap, "no-endpoint-services", "no-endpoint-nodeports"];

    private readonly string _node;
    private readonly NftIndex _index;
    private readonly ClusterServices _api;
    private readonly bool _isIPv6;
    private readonly NetfilterContext _addresses;
    private readonly Dictionary<string, string> _fronts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _claimed = new(StringComparer.Ordinal);
    private readonly List<MaskedAddress>? _pods;
    private readonly string _nodeAddress;

    /// <summary>Makes a resolver of one family's table.</summary>
    /// <param name="node">The node's name, as the API knows it.</param>
    /// <param name="table">The table <c>kube-proxy</c>.</param>
    /// <param name="objects">What the API says; null where it was not asked.</param>
    /// <param name="addresses">The node's addresses; null where they are not known.</param>
    public NftServiceResolver(string node, NftTable table, KubeObjects? objects, IReadOnlyCollection<string>? addresses)
    {
        (_node, _index, _isIPv6) = (node, new(table), table.Family == "ip6");
        _api = new(node, objects, _isIPv6);
        _pods = _api.PodAddresses?.Select(a => MaskedAddress.Parse(a)).OfType<MaskedAddress>().Where(a => a.IsIPv6 == _isIPv6).ToList();
        // the addresses that take node ports are the node's own, too
        var own = (addresses ?? []).Concat(_index.ElementsOf("nodeport-ips")?.All.Select(e => e.Words.Key) ?? []).Append(_api.NodeAddress).Where(_api.IsOfFamily).ToHashSet(StringComparer.Ordinal);
        _nodeAddress = _index.ElementsOf("nodeport-ips")?.All.FirstOrDefault()?.Words.Key ?? (_api.IsOfFamily(_api.NodeAddress) ? _api.NodeAddress : own.FirstOrDefault(""));
        _addresses = new() { AddressType = (address, _) => !address.IsWhole ? null : own.Contains(address.ToString()) ? "LOCAL" : addresses is null ? null : "UNICAST" };
        foreach (var map in Maps)
        {
            foreach (var element in _index.ElementsOf(map)?.All ?? []) _fronts.TryAdd($"{map} {element.Words.Key}", element.Words.Target);
        }
    }

    public IReadOnlyList<ServiceNatChain> Resolve(Func<string, string, bool> wanted)
    {
        var chains = _api.WithoutRules(wanted).Concat(_api.Ports(wanted).Select(Build)).ToList();
        chains.AddRange(KeysOfMaps().Where(k => wanted(k.Namespace, k.Service)).ToList().Select(Build));
        return chains;
    }

    // What the maps alone tell: without the API all services, with it those that it no longer has.
    private IEnumerable<ServicePortKey> KeysOfMaps()
    {
        var found = new List<(string Kind, ServicePortKey Key, string Address, int Port)>();
        foreach (var map in Maps)
        {
            foreach (var (words, _) in (_index.ElementsOf(map)?.All ?? []).Select(e => (e.Words, e)).Where(e => !_claimed.Contains($"{map} {e.Words.Key}")))
            {
                var parts = words.Key.Split(" . ");
                if (!int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var port)) continue;
                if (!NftServiceNames.TryRead(words.Target, out var kind, out var key))
                {
                    if (words.Comment.Length == 0) continue;
                    (kind, key) = ("", ServicePortKey.Parse(words.Comment, parts[^2]));
                }

                found.Add((kind, key, parts.Length == 3 ? parts[0] : "", port));
            }
        }

        foreach (var group in found.GroupBy(f => f.Key))
        {
            var at = group.Where(f => f.Address.Length > 0).ToList();
            var cluster = at.FirstOrDefault(f => f.Kind is "service" or "local") is { Address.Length: > 0 } one ? one : at.FirstOrDefault(f => f.Kind.Length == 0 && IsClusterAddress(f.Address));
            var outside = at.Where(f => f.Address != cluster.Address).Select(f => f.Address).Distinct().ToArray();
            int? nodePort = group.FirstOrDefault(f => f.Address.Length == 0) is { Port: > 0 } to ? to.Port : null;
            yield return group.Key with
            {
                Address = cluster.Address ?? outside.FirstOrDefault(""),
                Port = at.Select(f => f.Port).FirstOrDefault(),
                NodePort = nodePort,
                ExternalIPs = outside,
                Type = nodePort is null ? "ClusterIP" : "NodePort",
                InApi = _api.KnowsServices ? false : null,
            };
        }
    }

    private bool IsClusterAddress(string address) => _index.ElementsOf("cluster-ips") is not { } known || known.Exact(address) is not null;

    private ServiceNatChain Build(ServicePortKey key)
    {
        var trace = new NftTrace();
        var cluster = key.Address.Length > 0 ? Walk(trace, key, key.Address, key.Port, From.Pod) : Walked.Nothing;
        var front = Claim(ServiceMap, $"{key.Address} . {key.Protocol} . {key.Port}");
        var isRefused = Claim("no-endpoint-services", $"{key.Address} . {key.Protocol} . {key.Port}") is not null;
        var others = new List<(string Place, Walked Walked)>();
        foreach (var address in key.ExternalAddresses.Where(a => a != key.Address))
        {
            Claim(ServiceMap, $"{address} . {key.Protocol} . {key.Port}");
            Claim("no-endpoint-services", $"{address} . {key.Protocol} . {key.Port}");
            others.Add((Addresses.Join(address, key.Port), Walk(trace, key, address, key.Port, From.Outside)));
        }

        if (key.NodePort is { } nodePort)
        {
            Claim(NodePortMap, $"{key.Protocol} . {nodePort}");
            Claim("no-endpoint-nodeports", $"{key.Protocol} . {nodePort}");
            if (_nodeAddress.Length > 0) others.Add((string.Create(CultureInfo.InvariantCulture, $"node port {nodePort}"), Walk(trace, key, _nodeAddress, nodePort, From.Outside)));
        }

        var chain = front is { Length: > 0 } ? front : Named(key);
        var known = _api.EndpointsOf(key);
        var isLocal = _api.KnowsNode && (key.IsLocal || chain.StartsWith("local-", StringComparison.Ordinal));
        var expected = isLocal ? known?.Where(e => e.Node == _node).ToArray() : known;
// where the cluster address leads nowhere, others may still lead to the chain
        var endpoints = Endpoints(key, cluster.IsTranslated ? cluster.Translated : Behind(key, chain, trace), known);
        ServiceChainEndpoint[] missing = expected is null ? [] :
            [.. expected.Where(e => e.Ready && !endpoints.Any(r => r.Address == e.Address && r.Port == e.Port)).Select(e => _api.Describe(e, EndpointState.Missing))];
        var (state, reason) = Judge(key, cluster, isRefused, others, expected, endpoints, missing);
        return new()
        {
            Node = _node,
            Mode = "nftables",
            Namespace = key.Namespace,
            Service = key.Service,
            PortName = key.PortName,
            Protocol = key.Protocol,
            Address = key.Address,
            Port = key.Port,
            NodePort = key.NodePort,
            ExternalAddresses = key.ExternalAddresses,
            Type = key.Type,
            InternalTrafficPolicy = key.Of?.InternalTrafficPolicy ?? "",
            ExternalTrafficPolicy = key.Of?.ExternalTrafficPolicy ?? "",
            HealthCheckPort = key.Of?.HealthCheckNodePort,
            AffinitySeconds = endpoints.Select(e => e.AffinitySeconds).FirstOrDefault(s => s is not null),
            Chain = chain,
            Endpoints = endpoints,
            Missing = missing,
            State = state,
            Reason = reason,
            NftObjects = trace.Objects(),
        };
    }

    private IReadOnlyList<NftFlow> Behind(ServicePortKey key, string chain, NftTrace trace) => !_index.Chains.TryGetValue(chain, out var start) ? [] :
        Walk(trace, From.Pod).Chain(start, new(Packet(key, MaskedAddress.Parse(key.Address), key.Port), Fraction.One, NetfilterVerdict.Return));

    private (ServiceChainStatus State, string Reason) Judge(
        ServicePortKey key,
        Walked cluster,
        bool isRefused,
        IReadOnlyList<(string Place, Walked Walked)> others,
        IReadOnlyList<ServiceEndpoint>? known,
        List<ServiceChainEndpoint> endpoints,
        ServiceChainEndpoint[] missing)
    {
        var problems = new List<(ServiceChainStatus State, string Reason)>();
        if (cluster.Final.FirstOrDefault(f => f.End is NetfilterVerdict.Drop or NetfilterVerdict.Reject && f.TranslatedIn.Length == 0) is { } refused && (isRefused || known?.Any(e => e.Ready) == false)) problems.Add(Refused(key, refused, known));
        else if (cluster.Final.FirstOrDefault(f => f.End == NetfilterVerdict.Unknown) is { } lost) problems.Add((ServiceChainStatus.Unknown, $"what becomes of its traffic is not known: {lost.Assumptions[^1]}"));
        else if (cluster.Final.Count > 0 && !cluster.IsTranslated)
        {
            problems.Add(known is not null && !known.Any(e => e.Ready)
                ? (ServiceChainStatus.NoEndpoints, $"the API has no ready endpoint for it{(key.IsLocal ? $" on {_node}" : "")}, and no rule refuses its traffic")
                : (ServiceChainStatus.NoJump, $"no rule of the table kube-proxy translates traffic to {Addresses.Join(key.Address, key.Port)}/{key.Protocol}{(cluster.Final.Any(f => f.End is NetfilterVerdict.Reject or NetfilterVerdict.Drop) ? ": it is refused" : "")}"));
        }

        foreach (var hook in (string[])["prerouting", "output"])
        {
            if (!_index.Hook(hook).Any(c => c.Type == "nat"))
                problems.Add((ServiceChainStatus.NoJump, $"the table kube-proxy has no nat chain at {hook}: {(hook == "output" ? "traffic that begins on the node" : "traffic of pods and from outside")} is not translated"));
        }

        if (key.InApi == true && known?.Any(e => e.Ready) == true)
        {
            foreach (var (place, walked) in others)
            {
                // traffic that may go to endpoints of the node alone is dropped where it has none
                if (!walked.IsTranslated && walked.Final.All(f => f.End == NetfilterVerdict.Accept))
                    problems.Add((ServiceChainStatus.NoJump, $"no rule of the table kube-proxy translates traffic to {place}/{key.Protocol}"));
            }
        }

        if (key.InApi == false) problems.Add((ServiceChainStatus.Stale, "the API has no such service port: the rules were left behind"));
        problems.AddRange(ClusterServices.ProblemsOf(endpoints, known));
        if (missing.Length > 0 && endpoints.Count > 0)
            problems.Add((ServiceChainStatus.Missing, $"no rule leads to {string.Join(", ", missing.Select(e => Addresses.Join(e.Address, e.Port)))}"));
        var left = cluster.Translated.Where(f => f.TranslatedIn.Length == 0 && f.End == NetfilterVerdict.Accept).Aggregate(Fraction.Zero, (sum, f) => sum.Plus(f.Share));
        if (endpoints.Count > 0 && !left.Over.IsZero && cluster.IsTranslated)
            problems.Add((ServiceChainStatus.Missing, $"{left} of new flows meets no endpoint"));
        if (problems.Count == 0 && known is null) problems.Add((ServiceChainStatus.Unknown, $"the service's endpoints are not known: {_api.WhyUnknown()}"));
        return problems.Count == 0 ? (ServiceChainStatus.Ok, "") : (problems.Max(p => p.State), string.Join("; ", problems.OrderByDescending(p => p.State).Select(p => p.Reason)));
    }

    private (ServiceChainStatus State, string Reason) Refused(ServicePortKey key, NftFlow refused, IReadOnlyList<ServiceEndpoint>? known)
    {
        var how = refused.End == NetfilterVerdict.Drop ? "dropped" : "refused";
        var ready = known?.Count(e => e.Ready) ?? 0;
        return ready > 0
            ? (ServiceChainStatus.Missing, $"its traffic is {how} for want of endpoints, while the API has {ready} ready")
            : (ServiceChainStatus.NoEndpoints, $"its traffic is {how}: it has no ready endpoint{(key.IsLocal ? $" on {_node}, and its traffic policy is Local" : "")}");
    }

    private List<ServiceChainEndpoint> Endpoints(ServicePortKey key, IReadOnlyList<NftFlow> flows, IReadOnlyList<ServiceEndpoint>? known)
    {
        var endpoints = new List<ServiceChainEndpoint>();
        foreach (var group in flows.Where(f => f.TranslatedIn.Length > 0).GroupBy(f => (f.Packet.Destination, f.Packet.DestinationPort)))
        {
            var (address, port) = (group.Key.Destination?.ToString() ?? "", group.Key.DestinationPort ?? 0);
            var share = group.Aggregate(Fraction.Zero, (sum, f) => sum.Plus(f.Share));
            var isSure = group.All(f => f.Assumptions.Count == 0);
            var chain = group.First().TranslatedIn;
            endpoints.Add(_api.Describe(key, address, port, known) with
            {
                Chain = chain,
                Probability = isSure ? share.ToDouble() : null,
                Share = isSure ? share.ToDouble() : 0,
                ShareText = isSure ? share.ToString() : "?",
                AffinitySeconds = Affinity(chain),
                Masquerade = IsHairpinMasqueraded(key, chain, group.Key.Destination, group.Key.DestinationPort),
                Packets = _index.Chains[chain].Rules.Select(r => r.Packets).FirstOrDefault(p => p is not null),
            });
        }

        return endpoints;
    }

    // who comes to an endpoint's chain is put on its list
    private int? Affinity(string chain)
    {
        var set = _index.Chains[chain].Rules.Select(r => r.Expression("set")?.Value.TextOf("set")).FirstOrDefault(s => s?.StartsWith('@') == true);
        return set is not null && _index.Sets.TryGetValue(set[1..], out var own) ? (int?)own.Timeout : null;
    }

    // An endpoint that comes to itself by way of its service has to get another address, or it would answer itself.
    private bool IsHairpinMasqueraded(ServicePortKey key, string chain, MaskedAddress? address, int? port)
    {
        var packet = Packet(key, address, port) with { Source = address };
        var walk = new NftWalk(_index, new() { IsNewClient = true, Node = _addresses }, new());
        // before 1.36 the endpoint's own chain marks it
        var after = chain.StartsWith("endpoint-", StringComparison.Ordinal) ? walk.Chain(_index.Chains[chain], new(packet, Fraction.One, NetfilterVerdict.Return)) : [new(packet with { IsDestinationTranslated = true }, Fraction.One, NetfilterVerdict.Accept)];
        return walk.Hook("postrouting", after).All(f => f.Masquerade == Ternary.Yes);
    }

    private enum From
    {
        Pod,
        Outside,
    }

    /// <summary>What became of packets: after their translation, and at the end of their way through the node.</summary>
    private sealed record Walked(IReadOnlyList<NftFlow> Translated, IReadOnlyList<NftFlow> Final)
    {
        public static Walked Nothing { get; } = new([], []);

        public bool IsTranslated => Translated.Any(f => f.TranslatedIn.Length > 0);
    }

    private Walked Walk(NftTrace trace, ServicePortKey key, string address, int port, From from)
    {
        var walk = Walk(trace, from);
        var flows = walk.Hook("prerouting", [new(Packet(key, MaskedAddress.Parse(address), port), Fraction.One, NetfilterVerdict.Return)]);
        return new(flows, [.. flows.SelectMany(f =>
        {
            if (f.End != NetfilterVerdict.Accept) return [f];
            var isLocal = f.Packet.Destination is { } to && _addresses.AddressType!(to, null) == "LOCAL";
            var after = walk.Hook(isLocal ? "input" : "forward", [f]);
            return isLocal || f.TranslatedIn.Length == 0 ? after : walk.Hook("postrouting", after);
        })]);
    }

    private NftWalk Walk(NftTrace trace, From from) =>
        new(_index, new() { IsNewClient = true, Node = _addresses, IsSourceLocal = false, IsSourceIn = p => IsIn(p, from) }, trace);

    // A client that is none of the service's endpoints: a pod is in the networks that hold the cluster's pods, one from outside is not.
    private Ternary IsIn(MaskedAddress pattern, From from)
    {
        if (pattern.Mask == 0) return Ternary.Yes;
        if (_pods is null || _pods.Count == 0) return Ternary.Unknown;
        var inside = _pods.Count(p => p.IsIn(pattern) == Ternary.Yes);
        if (from == From.Pod) return pattern.IsWhole || inside == 0 ? Ternary.No : inside == _pods.Count ? Ternary.Yes : Ternary.Unknown;
        return inside > 0 ? Ternary.No : Ternary.Unknown;
    }

    private NetfilterPacket Packet(ServicePortKey key, MaskedAddress? address, int? port) => new()
    {
        IsIPv6 = _isIPv6,
        Protocol = IpProtocol.Number(key.Protocol),
        Destination = address,
        DestinationPort = port,
        Mark = KnownBits.Of(0),
        State = PacketState.New,
        IsDestinationTranslated = false,
        IsSourceTranslated = false,
    };

    private string? Claim(string map, string element)
    {
        var place = $"{map} {element}";
        _claimed.Add(place);
        return _fronts.GetValueOrDefault(place);
    }

    private string Named(ServicePortKey key) =>
        key.Service.Length == 0 ? "" : NftServiceNames.Kinds.Take(2).Select(k => NftServiceNames.Chain(k, key.Namespace, key.Service, key.Protocol, key.PortName)).FirstOrDefault(_index.Chains.ContainsKey, "");
}
