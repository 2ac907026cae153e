namespace GravityNet.Netfilter;

/// <summary>
/// One resolution of a node's service chains.
/// </summary>
internal sealed class ServiceChainResolver
{
    private const string MarkMasquerade = "KUBE-MARK-MASQ";

    private readonly string _node;
    private readonly IptablesRuleset _rules;
    private readonly KubeObjects? _objects;
    private readonly IptablesTable? _nat;
    private readonly ServiceFronts _fronts;
    private readonly ServiceFronts _refusals;
    private readonly IptablesRule[] _hooks;
    private readonly IptablesRule? _toNodePorts;
    private readonly bool _knowsNode;
    private readonly string _unread;

    public ServiceChainResolver(string node, IptablesRuleset rules, KubeObjects? objects, string unread)
    {
        (_node, _rules, _objects, _unread) = (node, rules, objects, unread);
        _nat = rules.Table("nat") ?? rules.Table("");
        _fronts = new(_nat, "KUBE-SERVICES", "KUBE-NODEPORTS");
        _refusals = new(rules.Table("filter"), "KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES");
        _hooks = [.. Rules("PREROUTING").Concat(Rules("OUTPUT")).Where(r => r.Target == "KUBE-SERVICES")];
        _toNodePorts = Rules("KUBE-SERVICES").FirstOrDefault(r => r.Target == "KUBE-NODEPORTS");
        _knowsNode = objects?.Nodes?.Any(n => n.Name == node) == true;
    }

    public IReadOnlyList<ServiceNatChain> Resolve(Func<string, string, bool> wanted)
    {
        var chains = new List<ServiceNatChain>();
        foreach (var service in _objects?.Services ?? [])
        {
            if (!HasRows(service) || !wanted(service.Namespace, service.Name)) continue;
            if (service.ClusterIPs.FirstOrDefault(IsOfFamily) is not { } address)
            {
                chains.AddRange(WithoutRules(service));
                continue;
            }

            foreach (var port in service.Ports)
            {
                chains.Add(Build(new(service.Namespace, service.Name, port.Name, port.Protocol)
                {
                    Address = address,
                    Port = port.Port,
                    NodePort = port.NodePort,
                    ExternalAddresses = [.. service.ExternalIPs.Concat(service.LoadBalancerIPs).Where(IsOfFamily)],
                    Type = service.Type,
                    Of = service,
                    IsLocal = service.InternalTrafficPolicy == "Local",
                    InApi = true,
                }));
            }
        }

        foreach (var key in KeysOfRules().Where(k => wanted(k.Namespace, k.Service)).ToArray()) chains.Add(Build(key));
        return chains;
    }

    // A service has rules in each family that it has an address of. One without any address is told of once, beside the IPv4 rules.
    private bool HasRows(Service service) => service.ClusterIPs.Any(IsOfFamily) || (!_rules.IsIPv6 && (service.IsHeadless || service.Type == "ExternalName"));

    // Whose traffic no rule of a node has a part in: DNS gives clients the endpoints' addresses, or another name.
    private IEnumerable<ServiceNatChain> WithoutRules(Service service)
    {
        foreach (var port in service.Ports.DefaultIfEmpty(new("", 0, null, "", "")))
        {
            var endpoints = _objects!.EndpointsOf(service.Namespace, service.Name)
                .Where(e => service.Ports.Count == 0 || (e.PortName == port.Name && e.Protocol == port.Protocol)).DistinctBy(e => (e.Address, e.Port));
            yield return new()
            {
                Node = _node,
                Namespace = service.Namespace,
                Service = service.Name,
                PortName = port.Name,
                Protocol = port.Protocol,
                Port = port.Port,
                Type = service.Type,
                ExternalName = service.ExternalName,
                State = service.IsHeadless ? ServiceChainStatus.Headless : ServiceChainStatus.ExternalName,
                Reason = service.IsHeadless
                    ? "it has no address of its own: clients get its endpoints' addresses from DNS, and no rule has a part in that"
                    : $"DNS answers with the name {service.ExternalName}, and no rule has a part in that",
                Endpoints = service.IsHeadless ? [.. endpoints.Select(e => Describe(e, StateOf(e)) with { ShareText = "" })] : [],
            };
        }
    }

    // What the rules alone tell: without the API all services, with it those that it no longer has.
    private IEnumerable<ServicePortKey> KeysOfRules()
    {
        var groups = _fronts.Unclaimed.Concat(_refusals.Unclaimed)
            .GroupBy(f => f.ServicePort.Length > 0 ? $"{f.ServicePort.TrimEnd(':')} {f.Protocol}" : f.Rule.Target)
            .Where(g => g.Any(f => f.Refuses || KubeChainNames.IsServiceChain(f.Rule.Target)));
        foreach (var group in groups)
        {
            var nodePort = group.FirstOrDefault(f => f.Address.Length == 0);
            var at = group.Where(f => f.Address.Length > 0).ToArray();
            var outside = at.Where(IsOutside).Select(f => f.Address).Distinct().ToArray();
            var cluster = at.FirstOrDefault(f => !IsOutside(f));
            yield return ServicePortKey.Parse(group.First().ServicePort, group.First().Protocol) with
            {
                Address = cluster?.Address ?? outside.FirstOrDefault(""),
                Port = (cluster ?? at.FirstOrDefault())?.Port ?? 0,
                NodePort = nodePort?.Port,
                ExternalAddresses = outside,
                Type = at.Any(f => f.Rule.Comment.Contains("loadbalancer IP", StringComparison.Ordinal)) ? "LoadBalancer" : nodePort is null ? "ClusterIP" : "NodePort",
                InApi = _objects?.Services is null ? null : false,
            };
        }

        static bool IsOutside(ServiceFronts.Front front) =>
            front.Rule.Comment.Contains(" external IP", StringComparison.Ordinal) || front.Rule.Comment.Contains(" loadbalancer IP", StringComparison.Ordinal);
    }

    private ServiceNatChain Build(ServicePortKey key)
    {
        var cluster = _fronts.Claim(key.Address, key.Port, key.Protocol);
        ServiceFronts.Front[] outside =
            [.. key.ExternalAddresses.Where(a => a != key.Address).SelectMany(a => _fronts.Claim(a, key.Port, key.Protocol))];
        var nodePort = key.NodePort is { } number ? _fronts.Claim("", number, key.Protocol) : [];
        ServiceFronts.Front[] refusals =
        [
            .. _refusals.Claim(key.Address, key.Port, key.Protocol),
            .. key.ExternalAddresses.Where(a => a != key.Address).SelectMany(a => _refusals.Claim(a, key.Port, key.Protocol)),
            .. key.NodePort is { } n ? _refusals.Claim("", n, key.Protocol) : [],
        ];

        var chain = cluster.Select(f => f.Rule.Target).FirstOrDefault(KubeChainNames.IsBalancer) ?? ChainByName(key) ?? BalancerBehind([.. outside, .. nodePort]);
        var all = KnownEndpoints(key);
        // Traffic that may go to endpoints of the node alone is to be compared with these.
        var onlyHere = _knowsNode && (chain.StartsWith("KUBE-SVL-", StringComparison.Ordinal) || (key.IsLocal && cluster.All(f => f.Rule.Target != chain)));
        var known = onlyHere ? all?.Where(e => e.Node == _node).ToArray() : all;
        var endpoints = Endpoints(key, chain, all, out var left);
        ServiceChainEndpoint[] missing = known is null ? [] :
        [
            .. known.Where(e => e.Ready && !endpoints.Any(r => r.Address == e.Address && r.Port == e.Port)).Select(e => Describe(e, EndpointState.Missing)),
        ];

        var (state, reason) = Judge(new(key, chain, cluster, outside, nodePort, refusals, known, endpoints, missing, left));
        return new()
        {
            Node = _node,
            Flavor = _rules.Flavor,
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
            AffinitySeconds = ServiceChains.AffinitySeconds(Rules(chain)),
            Chain = chain,
            Endpoints = endpoints,
            Missing = missing,
            State = state,
            Reason = reason,
            Rules = Walk(chain, cluster, outside, nodePort, refusals),
        };
    }

    private sealed record Found(
        ServicePortKey Key,
        string Chain,
        IReadOnlyList<ServiceFronts.Front> Cluster,
        IReadOnlyList<ServiceFronts.Front> Outside,
        IReadOnlyList<ServiceFronts.Front> NodePort,
        IReadOnlyList<ServiceFronts.Front> Refusals,
        IReadOnlyList<ServiceEndpoint>? Known,
        IReadOnlyList<ServiceChainEndpoint> Endpoints,
        IReadOnlyList<ServiceChainEndpoint> Missing,
        double Left);

    private (ServiceChainStatus State, string Reason) Judge(Found found)
    {
        if (_nat is null) return (ServiceChainStatus.Unknown, $"{_rules.Fact} on {_node} shows no nat table: {(_unread.Length > 0 ? _unread : "the rules may be in iptables' other flavour")}");
        if (_nat.IsComplete && _nat.Chain("KUBE-SERVICES") is null)
            return (ServiceChainStatus.Unknown, $"{_rules.Fact} on {_node} has no chain KUBE-SERVICES in nat: {(_unread.Length > 0 ? _unread : "kube-proxy works in another mode or iptables flavour")}");

        var key = found.Key;
        var place = $"{Addresses.Join(key.Address, key.Port)}/{key.Protocol}";
        var problems = new List<(ServiceChainStatus State, string Reason)>();
        var jumps = found.Cluster.Any(f => KubeChainNames.IsServiceChain(f.Rule.Target));
        if (found.Refusals.FirstOrDefault(f => f.Address == key.Address) is { } refusal && !jumps) problems.Add(Refused(found, refusal));
        else if (!jumps && found.Known is { } known && !known.Any(e => e.Ready) && _nat.IsComplete)
            problems.Add((ServiceChainStatus.NoEndpoints, $"the API has no ready endpoint for it{(key.IsLocal ? $" on {_node}" : "")}, and no rule refuses its traffic"));
        else Jumps(found, jumps, place, problems);

        if (key.InApi == false) problems.Add((ServiceChainStatus.Stale, "the API has no such service port: the rules were left behind"));
        foreach (var endpoint in found.Endpoints)
        {
            var words = endpoint.EndpointState switch
            {
                EndpointState.Stale => "is no endpoint of the service",
                EndpointState.NotReady => "is not ready",
                EndpointState.Terminating when found.Known!.Any(e => e.Ready) => "is terminating",
                _ => "",
            };
            if (words.Length > 0)
                problems.Add((ServiceChainStatus.Stale, $"{endpoint.ShareText} of new flows goes to {Addresses.Join(endpoint.Address, endpoint.Port)}, which {words}"));
            else if (endpoint.Address.Length == 0 && _nat.IsComplete)
                problems.Add((ServiceChainStatus.Stale, $"{endpoint.ShareText} of new flows goes to {endpoint.Chain}, which has no DNAT rule"));
        }

        if (found.Missing.Count > 0 && found.Chain.Length > 0)
            problems.Add((ServiceChainStatus.Missing, $"no rule leads to {string.Join(", ", found.Missing.Select(e => Addresses.Join(e.Address, e.Port)))}"));
        if (found.Endpoints.Count > 0 && found.Left > 1e-4)
            problems.Add((ServiceChainStatus.Missing, $"{found.Left:P1} of new flows meets no rule of {found.Chain}"));

        if (problems.Count == 0 && found.Known is null)
            problems.Add((ServiceChainStatus.Unknown, $"the service's endpoints are not known: {WhyUnknown()}"));
        return problems.Count == 0
            ? (ServiceChainStatus.Ok, "")
            : (problems.Max(p => p.State), string.Join("; ", problems.OrderByDescending(p => p.State).Select(p => p.Reason)));
    }

    private (ServiceChainStatus State, string Reason) Refused(Found found, ServiceFronts.Front refusal)
    {
        // kubectl describe does not tell the internal policy; kube-proxy's comment does
        var isLocal = found.Key.IsLocal || refusal.Rule.Comment.Contains("no local endpoints", StringComparison.Ordinal);
        var ready = found.Known?.Count(e => e.Ready && (!isLocal || !_knowsNode || e.Node == _node)) ?? 0;
        var how = refusal.Rule.Target == "DROP" ? "dropped" : "refused";
        return ready > 0
            ? (ServiceChainStatus.Missing, $"its traffic is {how} for want of endpoints, while the API has {ready} ready")
            : (ServiceChainStatus.NoEndpoints, $"its traffic is {how}: it has no ready endpoint{(isLocal ? $" on {_node}, and its traffic policy is Local" : "")}");
    }

    private void Jumps(Found found, bool jumps, string place, List<(ServiceChainStatus State, string Reason)> problems)
    {
        // A text cut short, or an excerpt, does not show what is not there.
        if (!_nat!.IsComplete)
        {
            if (!jumps && found.NodePort.Count == 0) problems.Add((ServiceChainStatus.Unknown, $"the rules are incomplete, and show none for {place}"));
            return;
        }

        foreach (var hook in (string[])["PREROUTING", "OUTPUT"])
        {
            if (!_hooks.Any(r => r.Chain == hook))
            {
                var whose = hook == "OUTPUT" ? "traffic that begins on the node" : "traffic of pods and from outside";
                problems.Add((ServiceChainStatus.NoJump, $"nat {hook} has no jump to KUBE-SERVICES: {whose} is not translated"));
            }
        }

        var key = found.Key;
        if (key.InApi != true) return;
        if (!jumps) problems.Add((ServiceChainStatus.NoJump, $"KUBE-SERVICES has no rule for {place}"));
        if (found.Known?.Any(e => e.Ready) != true) return;
        if (key.NodePort is { } port && !found.NodePort.Any(Leads) && !found.Refusals.Any(f => f.Address.Length == 0))
            problems.Add((ServiceChainStatus.NoJump, $"KUBE-NODEPORTS has no rule for node port {port}/{key.Protocol}"));
        else if (key.NodePort is not null && _toNodePorts is null)
            problems.Add((ServiceChainStatus.NoJump, "KUBE-SERVICES has no jump to KUBE-NODEPORTS"));
        foreach (var address in key.ExternalAddresses)
        {
            if (!found.Outside.Any(f => f.Address == address && Leads(f)) && !found.Refusals.Any(f => f.Address == address))
                problems.Add((ServiceChainStatus.NoJump, $"KUBE-SERVICES has no rule for {Addresses.Join(address, key.Port)}/{key.Protocol}"));
        }

        static bool Leads(ServiceFronts.Front front) => KubeChainNames.IsServiceChain(front.Rule.Target);
    }

    // The endpoints that the API has for a service port; null where they are not known.
    private ServiceEndpoint[]? KnownEndpoints(ServicePortKey key) => _objects?.Endpoints is null || key.Service.Length == 0 ? null :
    [
        .. _objects.EndpointsOf(key.Namespace, key.Service)
            .Where(e => e.PortName == key.PortName && e.Protocol == key.Protocol && IsOfFamily(e.Address))
            .DistinctBy(e => (e.Address, e.Port)),
    ];

    private List<ServiceChainEndpoint> Endpoints(ServicePortKey key, string chain, ServiceEndpoint[]? known, out double left)
    {
        var all = Rules(chain);
        var rules = all.Where(r => KubeChainNames.IsEndpoint(r.Target) && !ServiceChains.IsAffinity(r)).ToArray();
        var probabilities = rules.Select(ServiceChains.Probability).ToArray();
        var shares = BalancerShares.Compute(probabilities, out left);
        var endpoints = new List<ServiceChainEndpoint>();
        for (var i = 0; i < rules.Length; i++)
        {
            var own = Rules(rules[i].Target);
            var translation = own.FirstOrDefault(r => r.ToDestination.Length > 0)?.ToDestination ?? "";
            var api = Addresses.TrySplit(translation, out var address, out var port)
                ? known?.FirstOrDefault(e => e.Address == address && e.Port == port)
                : null;
            if (address.Length == 0 && _nat?.IsComplete == false && Named(key, rules[i].Target, known) is { } named)
                (api, address, port) = (named, named.Address, named.Port);

            var state = api is null ? (known is null || address.Length == 0 ? EndpointState.Unknown : EndpointState.Stale) : StateOf(api);
            endpoints.Add(Describe(api ?? new ServiceEndpoint(key.Namespace, key.Service, address, port) { Source = rules[i].Source }, state) with
            {
                Chain = rules[i].Target,
                Probability = probabilities[i] is { } p && !double.IsNaN(p) ? p : null,
                Share = shares[i].Value,
                ShareText = shares[i].Text,
                AffinitySeconds = ServiceChains.AffinitySeconds(all.Where(r => r.Target == rules[i].Target)),
                Masquerade = own.Any(r => r.Target == MarkMasquerade),
                Packets = rules[i].Packets,
            });
        }

        return endpoints;
    }

    private static EndpointState StateOf(ServiceEndpoint endpoint) =>
        endpoint.Ready ? EndpointState.Live : endpoint.Terminating ? EndpointState.Terminating : EndpointState.NotReady;

    // An excerpt may show the jump to an endpoint's chain and not the chain: its name tells the endpoint.
    private static ServiceEndpoint? Named(ServicePortKey key, string chain, ServiceEndpoint[]? known) =>
        known?.FirstOrDefault(e => KubeChainNames.ServicePort(key.Namespace, key.Service, key.PortName)
            .Any(words => KubeChainNames.Endpoint(words, key.Protocol, Addresses.Join(e.Address, e.Port)) == chain));

    private ServiceChainEndpoint Describe(ServiceEndpoint endpoint, EndpointState state)
    {
        var pod = _objects?.PodAt(endpoint.Address);
        var name = endpoint.Pod.Length > 0 ? endpoint.Pod : pod?.Name ?? "";
        var node = endpoint.Node.Length > 0 ? endpoint.Node
            : pod?.Node ?? _objects?.Nodes?.FirstOrDefault(n => n.InternalIP.Length > 0 && n.InternalIP == endpoint.Address)?.Name ?? "";
        return new()
        {
            Address = endpoint.Address,
            Port = endpoint.Port,
            ShareText = "0",
            Namespace = name.Length == 0 ? "" : endpoint.Pod.Length > 0 ? endpoint.Namespace : pod!.Namespace,
            Pod = name,
            Node = node,
            EndpointState = state,
        };
    }

    private IptablesRule[] Walk(
        string chain,
        IReadOnlyList<ServiceFronts.Front> cluster,
        IReadOnlyList<ServiceFronts.Front> outside,
        IReadOnlyList<ServiceFronts.Front> nodePort,
        IReadOnlyList<ServiceFronts.Front> refusals)
    {
        var rules = new List<IptablesRule>(_hooks);
        rules.AddRange(cluster.Concat(outside).Select(f => f.Rule));
        if (nodePort.Count > 0 && _toNodePorts is not null) rules.Add(_toNodePorts);
        rules.AddRange(nodePort.Select(f => f.Rule));

        var targets = rules.Select(r => r.Target).Append(chain).Distinct().ToList();
        foreach (var isNext in (Func<string, bool>[])[KubeChainNames.IsExternal, KubeChainNames.IsBalancer, KubeChainNames.IsEndpoint])
        {
            foreach (var target in targets.Where(isNext).ToArray())
            {
                var own = Rules(target);
                rules.AddRange(own);
                foreach (var rule in own.Where(r => !targets.Contains(r.Target))) targets.Add(rule.Target);
            }
        }

        rules.AddRange(refusals.Select(f => f.Rule));
        return [.. rules.Distinct(ReferenceEqualityComparer.Instance).Cast<IptablesRule>()];
    }

    private string? ChainByName(ServicePortKey key) =>
        key.Service.Length == 0 ? null : KubeChainNames.ServicePort(key.Namespace, key.Service, key.PortName)
            .Select(words => KubeChainNames.Service(words, key.Protocol)).FirstOrDefault(name => _nat?.Chain(name) is not null);

    private string BalancerBehind(IEnumerable<ServiceFronts.Front> fronts) =>
        fronts.Select(f => f.Rule.Target).SelectMany(t => KubeChainNames.IsBalancer(t) ? [t] : Rules(t).Select(r => r.Target)).FirstOrDefault(KubeChainNames.IsBalancer, "");

    private IReadOnlyList<IptablesRule> Rules(string chain) => _nat?.RulesOf(chain) ?? [];

    private bool IsOfFamily(string address) => address.Length > 0 && Addresses.IsIPv6(address) == _rules.IsIPv6;

    private string WhyUnknown() =>
        _objects is null ? "the Kubernetes API was not asked"
        : _objects.Endpoints is null ? _objects.Unknown.GetValueOrDefault("kube-endpointslices", _objects.Unknown.GetValueOrDefault("kube-endpoints", "they could not be read"))
        : "the rules carry no comment that names it";
}
