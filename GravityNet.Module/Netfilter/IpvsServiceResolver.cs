using System.Globalization;

namespace GravityNet.Netfilter;

/// <summary>
/// One resolution of a node's services in kube-proxy's IPVS mode (<c>pkg/proxy/ipvs</c> of Kubernetes): addresses on the device kube-ipvs0 bring packets to the node's own
/// input, where a virtual server of the kernel's load balancer takes them to a server; iptables rules that match sets tell what is masqueraded.
/// </summary>
internal sealed class IpvsServiceResolver
{
    /// <summary>The device that has the services' addresses.</summary>
    public const string Device = "kube-ipvs0";

    private readonly NodeState _state;
    private readonly ClusterServices _api;
    private readonly bool _isIPv6;
    private readonly Dictionary<(string Protocol, string Address), IpvsService> _services;
    private readonly HashSet<IpvsService> _claimed = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Dictionary<string, IpsetEntry>> _sets;
    private readonly HashSet<string>? _addresses;
    private readonly IptablesTable? _nat;

    public IpvsServiceResolver(NodeState state, KubeObjects? objects, bool isIPv6)
    {
        (_state, _isIPv6) = (state, isIPv6);
        _api = new(state.Node, objects, isIPv6);
        _services = state.Ipvs.Records.Where(s => s.IsIPv6 == isIPv6 && s.Port is not null).DistinctBy(s => (s.Protocol, s.ServiceAddress)).ToDictionary(s => (s.Protocol, s.ServiceAddress));
        _sets = state.Ipsets.Records.DistinctBy(s => s.Name).ToDictionary(s => s.Name, s => s.Entries.DistinctBy(e => e.Element).ToDictionary(e => e.Element), StringComparer.Ordinal);
        _addresses = state.Links.IsKnown ? state.Link(Device)?.Addresses.Select(a => a.Address).ToHashSet(StringComparer.Ordinal) ?? [] : null;
        _nat = state.Iptables.Records.Select(r => r.Table("nat")).FirstOrDefault(t => t?.Chain("KUBE-SERVICES") is not null);
    }

    public IReadOnlyList<ServiceNatChain> Resolve(Func<string, string, bool> wanted)
    {
        var chains = _api.WithoutRules(wanted).Concat(_api.Ports(wanted).Select(Build)).ToList();
        // those that the API does not name
        if (wanted("", "")) chains.AddRange(_services.Values.Where(s => !_claimed.Contains(s)).ToList().Select(s => Build(KeyOf(s))));
        return chains;
    }

    private ServicePortKey KeyOf(IpvsService service) => new("", "", "", service.Protocol)
    {
        Address = service.Address,
        Port = service.Port ?? 0,
        InApi = _api.KnowsServices ? false : null,
    };

    private ServiceNatChain Build(ServicePortKey key)
    {
        var cluster = Claim(key.Protocol, key.Address, key.Port);
        var others = key.ExternalAddresses.Where(a => a != key.Address).Select(a => (Address: a, Service: Claim(key.Protocol, a, key.Port))).ToList();
        // a virtual server for each of the node's addresses
        var nodePorts = key.NodePort is not { } number ? [] : _services.Values.Where(s => s.Protocol == key.Protocol && s.Port == number && s.Address != key.Address).ToList();
        _claimed.UnionWith(nodePorts);

        var known = _api.EndpointsOf(key);
        var expected = _api.KnowsNode && key.IsLocal ? known?.Where(e => e.Node == _state.Node).ToArray() : known;
        var main = cluster ?? others.Select(o => o.Service).Concat(nodePorts).FirstOrDefault(s => s is not null);
        var endpoints = main is null ? [] : Endpoints(key, main, known);
        List<ServiceChainEndpoint> missing = expected is null || main is null ? [] :
            [.. expected.Where(e => e.Ready && !endpoints.Any(r => r.Address == e.Address && r.Port == e.Port)).Select(e => _api.Describe(e, EndpointState.Missing))];
        var entries = Entries(key, endpoints).ToList();
        var (state, reason) = Judge(key, cluster, others, nodePorts, expected, endpoints, missing);
        return new()
        {
            Node = _state.Node,
            Mode = "ipvs",
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
            AffinitySeconds = main?.PersistenceSeconds,
            Endpoints = endpoints,
            Missing = missing,
            State = state,
            Reason = reason,
            Rules = Rules(entries.Select(e => e.Set).ToHashSet(StringComparer.Ordinal)),
            SetEntries = entries,
            VirtualServers = [.. new[] { cluster }.Concat(others.Select(o => o.Service)).Concat(nodePorts).OfType<IpvsService>()],
        };
    }

    private List<ServiceChainEndpoint> Endpoints(ServicePortKey key, IpvsService service, IReadOnlyList<ServiceEndpoint>? known)
    {
        var shares = IpvsShares.Of(service);
        return [.. service.Servers.Select((server, i) => _api.Describe(key, server.Address, server.Port is null or 0 ? service.Port ?? 0 : server.Port.Value, known) with
        {
            Probability = shares[i]?.ToDouble(),
            Share = shares[i]?.ToDouble() ?? 0,
            ShareText = shares[i]?.ToString() ?? "?",
            AffinitySeconds = service.PersistenceSeconds,
            Masquerade = Entry("KUBE-LOOP-BACK", $"{server.Address},{key.Protocol}:{server.Port},{server.Address}") is not null,
        })];
    }

    private (ServiceChainStatus State, string Reason) Judge(
        ServicePortKey key,
        IpvsService? cluster,
        List<(string Address, IpvsService? Service)> others,
        List<IpvsService> nodePorts,
        IReadOnlyList<ServiceEndpoint>? known,
        List<ServiceChainEndpoint> endpoints,
        List<ServiceChainEndpoint> missing)
    {
        if (!_state.Ipvs.IsKnown) return (ServiceChainStatus.Unknown, $"kube-proxy works in IPVS mode there, and its virtual servers are not known: {_state.Ipvs.Reason}");
        var problems = new List<(ServiceChainStatus State, string Reason)>();
        if (cluster is null) problems.Add((ServiceChainStatus.NoJump, $"there is no virtual server for {Addresses.Join(key.Address, key.Port)}/{key.Protocol}"));
        else if (!cluster.Servers.Any(s => s.Weight != 0))
        {
            var ready = known?.Count(e => e.Ready) ?? 0;
            problems.Add(ready > 0
                ? (ServiceChainStatus.Missing, $"its traffic is refused: the virtual server has no server that takes new clients, while the API has {ready} ready")
                : (ServiceChainStatus.NoEndpoints, $"its traffic is refused: it has no ready endpoint{(key.IsLocal ? $" on {_state.Node}, and its traffic policy is Local" : "")}"));
        }

        foreach (var address in others.Select(o => o.Address).Prepend(key.Address))
        {
            if (key.InApi != false && _addresses?.Contains(address) == false)
                problems.Add((ServiceChainStatus.NoJump, $"{Device} has no address {address}: what is sent there is not taken for the node's own, and comes to no virtual server"));
        }

        if (key.InApi == true)
        {
            problems.AddRange(others.Where(o => o.Service is null).Select(o => (ServiceChainStatus.NoJump, $"there is no virtual server for {Addresses.Join(o.Address, key.Port)}/{key.Protocol}")));
            if (key.NodePort is { } nodePort && nodePorts.Count == 0) problems.Add((ServiceChainStatus.NoJump, string.Create(CultureInfo.InvariantCulture, $"there is no virtual server for node port {nodePort}/{key.Protocol}")));
        }

        if (key.InApi == false) problems.Add((ServiceChainStatus.Stale, "the API has no such service port: the virtual server was left behind"));
        problems.AddRange(ClusterServices.ProblemsOf(endpoints, known));
        if (missing.Count > 0 && endpoints.Count > 0)
            problems.Add((ServiceChainStatus.Missing, $"no server is {string.Join(", ", missing.Select(e => Addresses.Join(e.Address, e.Port)))}"));
        if (problems.Count == 0 && known is null) problems.Add((ServiceChainStatus.Unknown, $"the service's endpoints are not known: {_api.WhyUnknown()}"));
        // what is not told of the shares is no fault
        if (problems.Count == 0)
            return (ServiceChainStatus.Ok, endpoints.Exists(e => e.ShareText == "?") ? $"shares are not told: the scheduler {cluster!.Scheduler} chooses {IpvsShares.ChoosesBy(cluster.Scheduler)}" : "");
        return (problems.Max(p => p.State), string.Join("; ", problems.OrderByDescending(p => p.State).Select(p => p.Reason)));
    }

    private IpvsService? Claim(string protocol, string address, int port)
    {
        var service = _services.GetValueOrDefault((protocol, Addresses.Join(address, port)));
        if (service is not null) _claimed.Add(service);
        return service;
    }

    // The entries by which rules know the service's addresses, its node port, and endpoints that come to themselves.
    private IEnumerable<IpsetEntry> Entries(ServicePortKey key, List<ServiceChainEndpoint> endpoints)
    {
        IEnumerable<IpsetEntry?> found =
        [
            Entry("KUBE-CLUSTER-IP", $"{key.Address},{key.Protocol}:{key.Port}"),
            .. from address in key.ExternalAddresses
               from set in (string[])["KUBE-EXTERNAL-IP", "KUBE-EXTERNAL-IP-LOCAL", "KUBE-LOAD-BALANCER", "KUBE-LOAD-BALANCER-LOCAL", "KUBE-LOAD-BALANCER-FW"]
               select Entry(set, $"{address},{key.Protocol}:{key.Port}"),
            .. key.NodePort is not { } port ? [] : NodePortEntries(key.Protocol, port),
            .. endpoints.Select(e => Entry("KUBE-LOOP-BACK", $"{e.Address},{key.Protocol}:{e.Port},{e.Address}")),
        ];
        return found.OfType<IpsetEntry>();
    }

    private IEnumerable<IpsetEntry?> NodePortEntries(string protocol, int port)
    {
        var number = port.ToString(CultureInfo.InvariantCulture);
        if (protocol == "tcp") return [Entry("KUBE-NODE-PORT-TCP", number), Entry("KUBE-NODE-PORT-LOCAL-TCP", number)];
        if (protocol == "udp") return [Entry("KUBE-NODE-PORT-UDP", number), Entry("KUBE-NODE-PORT-LOCAL-UDP", number)];
        return from name in (string[])["KUBE-NODE-PORT-SCTP-HASH", "KUBE-NODE-PORT-LOCAL-SCTP-HASH"]
               from entry in _sets.GetValueOrDefault(NameOf(name))?.Values ?? Enumerable.Empty<IpsetEntry>()
               where entry.Element.EndsWith($",sctp:{number}", StringComparison.Ordinal)
               select entry;
    }

    private IpsetEntry? Entry(string set, string element) => _sets.GetValueOrDefault(NameOf(set))?.GetValueOrDefault(element);

    // both families have sets of their own
    private string NameOf(string set) => _isIPv6 ? "KUBE-6-" + set["KUBE-".Length..] : set;

    // The hooks, the rules that match the service's sets, and where these lead.
    private List<IptablesRule> Rules(HashSet<string> sets)
    {
        if (_nat is null || _isIPv6) return [];
        var chains = new[] { "PREROUTING", "OUTPUT", "KUBE-SERVICES", "KUBE-NODE-PORT", "KUBE-LOAD-BALANCER", "KUBE-FIREWALL", "KUBE-MARK-MASQ", "POSTROUTING", "KUBE-POSTROUTING" };
        return
        [
            .. from chain in chains
               from rule in _nat.RulesOf(chain)
               let set = rule.MatchValue("set", "--match-set")
               where set is not null ? sets.Contains(set)
                   : chain is "KUBE-MARK-MASQ" or "KUBE-POSTROUTING" || rule.Target is "KUBE-SERVICES" or "KUBE-POSTROUTING"
                       || (rule.Target == "KUBE-NODE-PORT" && sets.Any(s => s.Contains("NODE-PORT", StringComparison.Ordinal)))
                       || (chain is "KUBE-LOAD-BALANCER" or "KUBE-FIREWALL" && sets.Any(s => s.Contains("LOAD-BALANCER", StringComparison.Ordinal)))
               select rule,
        ];
    }
}
