namespace GravityNet.Netfilter;

/// <summary>
/// One resolution of a node's service chains.
/// </summary>
internal sealed class ServiceChainResolver
{
    // from here on all cores are worth their start
    private const int ManyServices = 200;

    private readonly string _node;
    private readonly IptablesRuleset _rules;
    private readonly KubeObjects? _objects;
    private readonly IptablesTable? _nat;
    private readonly ServiceFronts _fronts;
    private readonly ServiceNode _facts;
    private readonly ServiceWalk _walk;
    private readonly ServiceSender? _from;
    private readonly ClusterServices _api;
    private readonly string _unread;

    public ServiceChainResolver(string node, IptablesRuleset rules, KubeObjects? objects, string unread, NodeState? state, ServiceSender? from)
    {
        (_node, _rules, _objects, _unread, _from) = (node, rules, objects, unread, from?.SeenFrom(node));
        _fronts = ServiceFronts.Of(rules);
        _facts = new(node, rules.IsIPv6, state, objects);
        // an excerpt has one table without a name
        _nat = rules.Table("nat") ?? rules.Table("");
        _walk = new(rules.IsIPv6 || state is null ? [rules] : [rules, .. state.Iptables.Records.Where(r => r.Flavor != rules.Flavor)], _nat, _facts);
        _api = new(node, objects, rules.IsIPv6);
    }

    public IReadOnlyList<ServiceNatChain> Resolve(Func<string, string, bool> wanted)
    {
        var found = new List<(ServicePortKey? Key, ServiceNatChain? WithoutRules)>();
        foreach (var service in _api.Wanted(wanted))
        {
            found.AddRange(_api.WithoutRulesOf(service).Select(c => ((ServicePortKey?)null, (ServiceNatChain?)c)));
            found.AddRange(_api.PortsOf(service).Select(k => ((ServicePortKey?)k, (ServiceNatChain?)null)));
        }

        foreach (var key in KeysOfRules(wanted)) found.Add((key, null));
        return found.Count < ManyServices
            ? [.. found.Select(f => f.WithoutRules ?? Build(f.Key!))]
            : [.. found.AsParallel().AsOrdered().Select(f => f.WithoutRules ?? Build(f.Key!))];
    }

    // What the rules alone tell: without the API all services, with it those that it no longer has.
    private IEnumerable<ServicePortKey> KeysOfRules(Func<string, string, bool> wanted)
    {
        var groups = _fronts.LeftBy(_objects)
            .GroupBy(f => f.ServicePort.Length > 0 ? $"{f.ServicePort.TrimEnd(':')} {f.Protocol}" : f.Rule.Target)
            .Where(g => g.Any(f => f.Refuses || KubeChainNames.IsServiceChain(f.Rule.Target)));
        foreach (var group in groups)
        {
            var key = ServicePortKey.Parse(group.First().ServicePort, group.First().Protocol);
            if (!wanted(key.Namespace, key.Service)) continue;
            var nodePort = group.FirstOrDefault(f => f.Address.Length == 0);
            var at = group.Where(f => f.Address.Length > 0).ToArray();
            var outside = at.Where(IsOutside).DistinctBy(f => f.Address).ToArray();
            var cluster = at.FirstOrDefault(f => !IsOutside(f));
            yield return key with
            {
                Address = cluster?.Address ?? (outside.Length > 0 ? outside[0].Address : ""),
                Port = (cluster ?? at.FirstOrDefault())?.Port ?? 0,
                NodePort = nodePort?.Port,
                ExternalIPs = [.. outside.Where(f => !IsBalanced(f)).Select(f => f.Address)],
                LoadBalancerIPs = [.. outside.Where(IsBalanced).Select(f => f.Address)],
                Type = at.Any(IsBalanced) ? "LoadBalancer" : nodePort is null ? "ClusterIP" : "NodePort",
                InApi = _objects?.Services is null ? null : false,
            };
        }

        static bool IsOutside(ServiceFronts.Front front) => front.Rule.Comment.Contains(" external IP", StringComparison.Ordinal) || IsBalanced(front);

        static bool IsBalanced(ServiceFronts.Front front) => front.Rule.Comment.Contains("loadbalancer IP", StringComparison.Ordinal);
    }

    private ServiceNatChain Build(ServicePortKey key)
    {
        var cluster = _fronts.At(key.Address, key.Port, key.Protocol);
        // a text that describes services may leave the policy out; the rule that drops tells it
        if (cluster.Any(f => f.Refuses && f.Rule.Comment.EndsWith("has no local endpoints", StringComparison.Ordinal))) key = key with { IsLocal = true };
        var nodePort = key.NodePort is { } number ? _fronts.At("", number, key.Protocol) : [];
        var outside = key.ExternalAddresses.Where(a => a != key.Address).SelectMany(a => _fronts.At(a, key.Port, key.Protocol));

        var chain = cluster.Select(f => f.Rule.Target).FirstOrDefault(KubeChainNames.IsBalancer) ?? ChainByName(key) ?? BalancerBehind([.. outside, .. nodePort]);
        var all = _api.EndpointsOf(key);
        // Traffic that may go to endpoints of the node alone is to be compared with these.
        var onlyHere = _api.KnowsNode && (chain.StartsWith("KUBE-SVL-", StringComparison.Ordinal) || (key.IsLocal && cluster.All(f => f.Rule.Target != chain)));
        var known = onlyHere ? all?.Where(e => (e.Node.Length > 0 ? e.Node : _objects!.PodAt(e.Address)?.Node) == _node).ToArray() : all;
        var endpoints = Endpoints(key, chain, all, out var lost);
        ServiceChainEndpoint[] missing = known is null ? [] :
        [
            .. known.Where(e => e.Ready && !endpoints.Any(r => r.Address == e.Address && r.Port == e.Port)).Select(e => _api.Describe(e, EndpointState.Missing)),
        ];

        var met = new RulesMet();
        var entries = Entries(key, all ?? [], met);
        var (state, reason) = Judge(new(key, chain, all, known, endpoints, missing, entries, lost));
        return new()
        {
            Node = _node,
            Flavor = _rules.Flavor,
            From = _from?.Name ?? "",
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
            Entries = entries,
            State = state,
            Reason = reason,
            WalkedRules = new(() => InWalkOrder(chain, entries, met)),
        };
    }

    // Who asked by name what one sender's packets meet gets these rules alone; else all rules of the service's own chains are shown.
    private IReadOnlyList<IptablesRule> InWalkOrder(string chain, IReadOnlyList<ServiceChainEntry> entries, RulesMet met)
    {
        var rules = WalkOrder.Of(_nat, met, IsWhole, entries.SelectMany(e => e.Outcomes).Select(o => o.Rule).OfType<IptablesRule>());
        // a chain that nothing comes to is shown behind the others
        return _from is null && chain.Length > 0 && !rules.Any(r => r.Chain == chain)
            ? [.. rules, .. Rules(chain), .. Rules(chain).Select(r => r.Target).Where(KubeChainNames.IsEndpoint).Distinct().SelectMany(Rules)]
            : rules;

        bool IsWhole(string name) => _from is null && (KubeChainNames.IsServiceChain(name) || KubeChainNames.IsEndpoint(name));
    }

    private List<ServiceChainEntry> Entries(ServicePortKey key, IReadOnlyList<ServiceEndpoint> endpoints, RulesMet met)
    {
        if (_nat is null) return [];
        var entries = new List<ServiceChainEntry>();
        var everybody = _from is { } one ? new[] { one } : [ServiceSender.Pod, ServiceSender.Node, ServiceSender.Outside];
        // to a cluster address nobody outside has a route, unless somebody made one
        Add("ClusterIP", key.Address, key.Port, key.Protocol, _from is null ? everybody[..2] : everybody);
        if (key.NodePort is { } nodePort) Add("NodePort", _facts.Address, nodePort, key.Protocol, everybody);
        foreach (var address in key.ExternalIPs) Add("ExternalIP", address, key.Port, key.Protocol, everybody);
        foreach (var address in key.LoadBalancerIPs)
        {
            Add("LoadBalancer", address, key.Port, key.Protocol, everybody);
            if (_from is null) Add("LoadBalancer", address, key.Port, key.Protocol, [.. (key.Of?.LoadBalancerSourceRanges ?? []).Where(_api.IsOfFamily).Select(r => new ServiceSender(ServiceSenderKind.Outside, r) { Address = r })]);
        }

        if (key.Of?.HealthCheckNodePort is { } health) Add("HealthCheck", _facts.Address, health, "tcp", _from is null ? everybody[2..] : everybody);
        foreach (var front in endpoints.SelectMany(e => _fronts.HostPortsTo(e.Address, e.Port, key.Protocol)).DistinctBy(f => f.Port)) Add("HostPort", _facts.Address, front.Port, key.Protocol, everybody);
        return entries;

        void Add(string kind, string address, int port, string protocol, ReadOnlySpan<ServiceSender> senders)
        {
            if (address.Length == 0 && kind == "ClusterIP") return;
            foreach (var sender in senders) entries.Add(Entry(kind, address, port, protocol, sender, endpoints, met));
        }
    }

    private ServiceChainEntry Entry(string kind, string address, int port, string protocol, ServiceSender sender, IReadOnlyList<ServiceEndpoint> endpoints, RulesMet met)
    {
        var packet = _facts.First(sender, MaskedAddress.Parse(address), port, protocol, endpoints);
        var outcomes = packet.Destination is null
            ? [new EntryOutcome(EntryVerdict.Unknown, "", 0, "", null) { Reason = $"{_node}'s own address is not known" }]
            : _walk.Walk(packet, sender.Kind == ServiceSenderKind.Node, met);
        var verdicts = outcomes.Select(o => o.Verdict).Distinct().ToList();
        var isSure = verdicts.Count < 2 || outcomes.All(o => o.Share is not null);
        var going = outcomes.Where(o => o.Verdict is EntryVerdict.Dnat or EntryVerdict.Untranslated).ToList();
        var fate = isSure ? verdicts.DefaultIfEmpty(EntryVerdict.Unknown).Max() : EntryVerdict.Unknown;
        var worst = outcomes.Where(o => o.Verdict == fate).ToList();
        var front = fate == EntryVerdict.Dnat && worst.Count > 1
            ? _fronts.At(kind is "NodePort" or "HostPort" ? "" : address, port, protocol).FirstOrDefault(f => f.Rule.Table == _nat!.Name && met.Has(f.Rule) && !f.Refuses && f.Rule.Target != KubeChainNames.MarkMasquerade)?.Rule
            : worst.FirstOrDefault()?.Rule;
        var masquerade = going.Count == 0 ? "" : going.Exists(o => o.IsMasqueraded is null) ? "unknown"
            : going.TrueForAll(o => o.IsMasqueraded == true) ? "yes" : going.TrueForAll(o => o.IsMasqueraded == false) ? "no" : "some";
        return new()
        {
            Kind = kind,
            From = sender.Name,
            Source = packet.Source?.ToString() ?? "",
            Address = address,
            Port = port,
            Protocol = protocol,
            Fate = fate,
            Outcomes = outcomes,
            Shares = string.Join(", ", outcomes.Select(o => $"{o.Share?.ToString() ?? "?"} {o.Place}{(masquerade == "some" && o.IsMasqueraded == true ? " masqueraded" : "")}").Distinct()),
            Masquerade = masquerade,
            DecidedBy = front?.Evidence ?? "",
            MasqueradedBy = going.Select(o => o.Masquerades).FirstOrDefault(r => r is not null)?.Evidence ?? "",
            Reason = outcomes.Select(o => o.Reason).FirstOrDefault(r => r.Length > 0) ?? "",
        };
    }

    private sealed record Found(
        ServicePortKey Key,
        string Chain,
        IReadOnlyList<ServiceEndpoint>? All,
        IReadOnlyList<ServiceEndpoint>? Known,
        IReadOnlyList<ServiceChainEndpoint> Endpoints,
        IReadOnlyList<ServiceChainEndpoint> Missing,
        IReadOnlyList<ServiceChainEntry> Entries,
        Fraction? Lost);

    private (ServiceChainStatus State, string Reason) Judge(Found found)
    {
        if (_nat is null) return (ServiceChainStatus.Unknown, $"{_rules.Fact} on {_node} shows no nat table: {(_unread.Length > 0 ? _unread : "the rules may be in iptables' other flavour")}");
        if (_nat.IsComplete && _nat.Chain("KUBE-SERVICES") is null)
            return (ServiceChainStatus.Unknown, $"{_rules.Fact} on {_node} has no chain KUBE-SERVICES in nat: {(_unread.Length > 0 ? _unread : "kube-proxy works in another mode or iptables flavour")}");

        var key = found.Key;
        var problems = new List<(ServiceChainStatus State, string Reason)>();
        foreach (var entry in found.Entries) Judge(found, entry, problems);
        if (!_nat.IsComplete && found.Chain.Length == 0 && problems.Count == 0)
            problems.Add((ServiceChainStatus.Unknown, $"the rules are incomplete, and show none for {Addresses.Join(key.Address, key.Port)}/{key.Protocol}"));

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
        if (found.Endpoints.Count > 0 && found.Endpoints.All(e => e.Address.Length > 0) && found.Lost is { } lost && lost != Fraction.Zero)
            problems.Add((ServiceChainStatus.Missing, $"{lost} of new flows meets no rule of {found.Chain}"));

        if (problems.Count == 0 && found.Known is null)
            problems.Add((ServiceChainStatus.Unknown, $"the service's endpoints are not known: {WhyUnknown()}"));
        return problems.Count == 0
            ? (ServiceChainStatus.Ok, "")
            : (problems.Max(p => p.State), string.Join("; ", problems.OrderByDescending(p => p.State).Select(p => p.Reason).Distinct()));
    }

    // What is wrong with one way in. A text cut short, or an excerpt, does not show what is not there.
    private void Judge(Found found, ServiceChainEntry entry, List<(ServiceChainStatus State, string Reason)> problems)
    {
        var key = found.Key;
        var place = $"{Addresses.Join(entry.Address, entry.Port)}/{entry.Protocol}";
        var isCluster = entry.Kind == "ClusterIP";
        var ready = found.Known?.Count(e => e.Ready) ?? 0;
        // by design: a local policy lets nobody in from outside on a node without endpoints, and a load balancer's source ranges let in only some
        var mayStop = !isCluster && ((key.Of?.ExternalTrafficPolicy == "Local" && found.All?.Any(e => e.Ready && e.Node == _node) != true) || key.Of?.LoadBalancerSourceRanges.Count > 0);
        foreach (var outcome in entry.Outcomes)
        {
            var part = outcome.Share is { } share && share != Fraction.One ? $"{share} of new flows" : "";
            switch (outcome.Verdict)
            {
                case EntryVerdict.Dnat when outcome.Address.Length > 0 && found.All is { } all && !found.Endpoints.Any(e => e.Address == outcome.Address && e.Port == outcome.Port)
                    && !all.Any(e => e.Address == outcome.Address && e.Port == outcome.Port):
                    problems.Add((ServiceChainStatus.Stale, $"{(part.Length > 0 ? part : "what comes")} from {entry.From} to {place} goes to {outcome.Place}, which is no endpoint of the service ({outcome.Rule?.Chain})"));
                    break;
                case EntryVerdict.Reject or EntryVerdict.Drop when isCluster || (ready > 0 && !mayStop):
                    var how = outcome.Verdict == EntryVerdict.Drop ? "dropped" : "refused";
                    if (ready == 0 && found.Known is not null) NoEndpoints(how);
                    else if (outcome.Rule is not { } refusal || !_fronts.At(entry.Address, entry.Port, entry.Protocol).Any(f => ReferenceEquals(f.Rule, refusal))) Stopped(outcome, part, how);
                    else if (found.Known is null) NoEndpoints(how);
                    else problems.Add((ServiceChainStatus.Missing, $"its traffic is {how} for want of endpoints, while the API has {ready} ready"));
                    break;
                case EntryVerdict.Untranslated or EntryVerdict.Local when entry.Kind != "HealthCheck" && part.Length == 0 && outcome.Share is not null && _nat!.IsComplete:
                    if (ready > 0 || found.Known is null || !isCluster) NotTranslated();
                    else problems.Add((ServiceChainStatus.NoEndpoints, $"the API has no ready endpoint for it{(key.IsLocal ? $" on {_node}" : "")}, and no rule refuses its traffic"));
                    break;
                case EntryVerdict.Unknown when isCluster && outcome.Rule is not null && _rules.Tables.All(t => t.IsComplete):
                    problems.Add((ServiceChainStatus.Unknown, $"what becomes of packets from {entry.From} is not known: {outcome.Reason}"));
                    break;
                default: break;
            }
        }

        void NoEndpoints(string how) =>
            problems.Add((ServiceChainStatus.NoEndpoints, $"its traffic is {how}: it has no ready endpoint{(key.IsLocal ? $" on {_node}, and its traffic policy is Local" : "")}"));

        void Stopped(EntryOutcome outcome, string part, string how) =>
            problems.Add((ServiceChainStatus.Missing, $"{(part.Length > 0 ? part : "what comes")} from {entry.From} to {place} is {how} ({outcome.Rule?.Table ?? ""} {outcome.Chain})"));

        void NotTranslated()
        {
            // before 1.24 kube-proxy left what pods and nodes send to external addresses to the network outside, and source ranges let only some through
            var hook = _from is { Kind: ServiceSenderKind.Node } || entry.From == "node" ? "OUTPUT" : "PREROUTING";
            if (!Rules(hook).Any(r => r.Target == "KUBE-SERVICES"))
            {
                var whose = hook == "OUTPUT" ? "traffic that begins on the node" : "traffic of pods and from outside";
                problems.Add((ServiceChainStatus.NoJump, $"nat {hook} has no jump to KUBE-SERVICES: {whose} is not translated"));
            }
            else if (key.InApi != true || (!isCluster && ready == 0))
            {
                return;
            }
            else if (entry.Kind == "NodePort" && !Leads(_fronts.At("", entry.Port, entry.Protocol)))
            {
                problems.Add((ServiceChainStatus.NoJump, $"KUBE-NODEPORTS has no rule for node port {entry.Port}/{entry.Protocol}"));
            }
            else if (entry.Kind == "NodePort" && !Rules("KUBE-SERVICES").Any(r => r.Target == "KUBE-NODEPORTS"))
            {
                problems.Add((ServiceChainStatus.NoJump, "KUBE-SERVICES has no jump to KUBE-NODEPORTS"));
            }
            else if (entry.Kind is "ClusterIP" or "ExternalIP" or "LoadBalancer" && !Leads(_fronts.At(entry.Address, entry.Port, entry.Protocol)))
            {
                problems.Add((ServiceChainStatus.NoJump, $"KUBE-SERVICES has no rule for {place}"));
            }
            else if (isCluster || (entry.From == ServiceSender.Outside.Name && key.Of?.ExternalTrafficPolicy != "Local" && key.Of?.LoadBalancerSourceRanges.Count is null or 0))
            {
                problems.Add((ServiceChainStatus.NoJump, $"what comes from {entry.From} to {place} passes all rules untranslated"));
            }
        }

        static bool Leads(IEnumerable<ServiceFronts.Front> fronts) => fronts.Any(f => KubeChainNames.IsServiceChain(f.Rule.Target));
    }

    // The endpoints that the chain's rules name, in their order, with what really comes to each; lost is what comes to none.
    private List<ServiceChainEndpoint> Endpoints(ServicePortKey key, string chain, ServiceEndpoint[]? known, out Fraction? lost)
    {
        lost = null;
        var endpoints = new List<ServiceChainEndpoint>();
        if (chain.Length == 0) return endpoints;
        var all = Rules(chain);
        // the shares are the same for everybody; a stranger's address is always known
        var packet = _facts.First(_from ?? ServiceSender.Outside, MaskedAddress.Parse(key.Address), key.Port, key.Protocol, known ?? []);
        var outcomes = _walk.Chain(chain, packet);
        lost = outcomes.Where(o => o.Verdict == EntryVerdict.Untranslated).Select(o => o.Share).FirstOrDefault(Fraction.Zero);
        // an endpoint whose rule stands twice is one all the same, with the share of both
        foreach (var rules in all.Where(r => KubeChainNames.IsEndpoint(r.Target) && !ServiceChains.IsAffinity(r)).GroupBy(r => r.Target, StringComparer.Ordinal))
        {
            var rule = rules.First();
            var own = Rules(rule.Target);
            var translation = own.FirstOrDefault(r => r.ToDestination.Length > 0)?.ToDestination ?? "";
            var api = Addresses.TrySplit(translation, out var address, out var port)
                ? known?.FirstOrDefault(e => e.Address == address && e.Port == port)
                : null;
            if (address.Length == 0 && _nat?.IsComplete == false && Named(key, rule.Target, known) is { } named)
                (api, address, port) = (named, named.Address, named.Port);

            var state = api is null ? (known is null || address.Length == 0 ? EndpointState.Unknown : EndpointState.Stale) : ClusterServices.StateOf(api);
            var share = Share(outcomes, rule.Target);
            // without a DNAT rule its share comes back from the chain
            if (address.Length == 0 && share == Fraction.Zero) share = lost;
            endpoints.Add(_api.Describe(api ?? new ServiceEndpoint(key.Namespace, key.Service, address, port) { Source = rule.Source }, state) with
            {
                Chain = rule.Target,
                Probability = ServiceChains.Probability(rule) is { } p && !double.IsNaN(p) ? p : null,
                Share = share?.ToDouble() ?? 0,
                ShareText = share?.ToString() ?? "?",
                AffinitySeconds = ServiceChains.AffinitySeconds(all.Where(r => r.Target == rule.Target)),
                Masquerade = own.Any(r => r.Target == KubeChainNames.MarkMasquerade),
                Packets = rules.Aggregate((long?)0, (sum, r) => sum + r.Packets),
            });
        }

        return endpoints;
    }

    private static Fraction? Share(IReadOnlyList<EntryOutcome> outcomes, string chain)
    {
        Fraction? share = Fraction.Zero;
        foreach (var outcome in outcomes.Where(o => o.Chain == chain)) share = share is { } sum && outcome.Share is { } more ? sum.Plus(more) : null;
        return share;
    }

    // An excerpt may show the jump to an endpoint's chain and not the chain: its name tells the endpoint.
    private static ServiceEndpoint? Named(ServicePortKey key, string chain, ServiceEndpoint[]? known) =>
        known?.FirstOrDefault(e => KubeChainNames.ServicePort(key.Namespace, key.Service, key.PortName)
            .Any(words => KubeChainNames.Endpoint(words, key.Protocol, Addresses.Join(e.Address, e.Port)) == chain));

    private string? ChainByName(ServicePortKey key) =>
        key.Service.Length == 0 ? null : KubeChainNames.ServicePort(key.Namespace, key.Service, key.PortName)
            .Select(words => KubeChainNames.Service(words, key.Protocol)).FirstOrDefault(name => _nat?.Chain(name) is not null);

    private string BalancerBehind(IEnumerable<ServiceFronts.Front> fronts) =>
        fronts.Select(f => f.Rule.Target).SelectMany(t => KubeChainNames.IsBalancer(t) ? [t] : Rules(t).Select(r => r.Target)).FirstOrDefault(KubeChainNames.IsBalancer, "");

    private IReadOnlyList<IptablesRule> Rules(string chain) => _nat?.RulesOf(chain) ?? [];

    private string WhyUnknown() =>
        _objects is null ? "the Kubernetes API was not asked"
        : _objects.Endpoints is null ? _objects.Unknown.GetValueOrDefault("kube-endpointslices", _objects.Unknown.GetValueOrDefault("kube-endpoints", "they could not be read"))
        : "the rules carry no comment that names it";
}
