using System.Net;

namespace GravityNet.Probing;

/// <summary>
/// Says which probes a run sends: from each wanted origin to each wanted target, with what suits it, each once.
/// </summary>
internal sealed class ProbePlan
{
    private const int DnsPort = 53;
    private readonly ProbeSites _sites;
    private readonly ReachabilityOptions _options;
    private readonly Action<string, string, IReadOnlyList<string>> _onNotFound;

    private ProbePlan(ProbeSites sites, ReachabilityOptions options, Action<string, string, IReadOnlyList<string>> onNotFound) =>
        (_sites, _options, _onNotFound) = (sites, options, onNotFound);

    /// <summary>
    /// Makes the plan.
    /// </summary>
    /// <param name="sites">The places that there are.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="onNotFound">Called for a literal name that nothing has: kind, name, known names.</param>
    public static IReadOnlyList<Probe> Make(ProbeSites sites, ReachabilityOptions options, Action<string, string, IReadOnlyList<string>> onNotFound)
    {
        var plan = new ProbePlan(sites, options, onNotFound);
        return [.. options.Selections.SelectMany(plan.Of).DistinctBy(p => p.Key)];
    }

    private IEnumerable<Probe> Of(ProbeSelection selection)
    {
        var targets = Targets(selection).ToList();
        var named = selection.To.Count > 0;
        var protocols = selection.Protocols ?? _options.Protocols;
        foreach (var origin in Origins(selection.From).Where(o => _options.Nodes.Count == 0 || _options.Nodes.Contains(o.Node)))
        {
            foreach (var target in targets.Where(t => named || IsTelling(origin, t)))
            {
                foreach (var probe in Probes(origin, target, protocols, named, selection.Port)) yield return probe;
            }
        }
    }

    private IEnumerable<ProbeOrigin> Origins(IReadOnlyList<NamePattern> patterns)
    {
        if (patterns.Count == 0) return _sites.Nodes.SelectMany(n => (IEnumerable<ProbeOrigin>)(_sites.PodOf.TryGetValue(n, out var pod) ? [ProbeSites.Node(n), _sites.From(pod)] : [ProbeSites.Node(n)]));
        var nodes = _sites.Nodes.Select(n => (Kind: "node", Name: n, Origin: ProbeSites.Node(n)));
        var pods = _sites.Pods.Where(p => _sites.Nodes.Contains(p.Node)).Select(p => (Kind: "pod", Name: $"{p.Namespace}/{p.Name}", Origin: _sites.From(p)));
        var all = nodes.Concat(pods).ToList();
        var found = new List<ProbeOrigin>();
        foreach (var pattern in patterns)
        {
            // an address stands for the node or pod that has it
            var text = IPAddress.TryParse(pattern.Text, out _) && _sites.At(pattern.Text) is { Kind: not ProbeTargetKind.Address } owner ? NamePattern.Literal(owner.Name) : pattern;
            var matches = all.Where(o => text.Means(o.Kind, o.Name)).ToList();
            if (matches.Count == 0 && pattern.IsLiteral) _onNotFound(KindOf(pattern.Text), NameOf(pattern.Text), Known(pattern.Text, all.Select(o => (o.Kind, o.Name))));
            found.AddRange(matches.Select(m => m.Origin));
        }

        return found.DistinctBy(o => o.Name);
    }

    private IEnumerable<ProbeTarget> Targets(ProbeSelection selection)
    {
        if (selection.To.Count == 0) return _sites.Nodes.SelectMany(OfNode).Concat(DnsTargets()).Concat(TcpServices(selection)).DistinctBy(t => t.Address);
        var nodes = _sites.Nodes.Select(n => (Kind: "node", Name: n, Targets: (Func<IEnumerable<ProbeTarget>>)(() => OfNode(n))));
        var pods = _sites.Pods.Select(p => (Kind: "pod", Name: $"{p.Namespace}/{p.Name}", Targets: (Func<IEnumerable<ProbeTarget>>)(() => [ProbeSites.To(p)])));
        var services = _sites.Services.Select(s => (Kind: "service", Name: $"{s.Namespace}/{s.Name}", Targets: (Func<IEnumerable<ProbeTarget>>)(() => [ProbeSites.To(s)])));
        var all = nodes.Concat(pods).Concat(services).ToList();
        var found = new List<ProbeTarget>();
        foreach (var pattern in selection.To)
        {
            if (IPAddress.TryParse(pattern.Text, out var address))
            {
                found.Add(_sites.At(address.ToString()));
                continue;
            }

            var matches = all.Where(t => pattern.Means(t.Kind, t.Name)).ToList();
            if (matches.Count == 0 && pattern.IsLiteral) _onNotFound(KindOf(pattern.Text), NameOf(pattern.Text), Known(pattern.Text, all.Select(t => (t.Kind, t.Name))));
            found.AddRange(matches.SelectMany(m => m.Targets()));
        }

        return found.DistinctBy(t => t.Address);
    }

    private IEnumerable<ProbeTarget> OfNode(string node)
    {
        if (_sites.Flannel(node) is { } flannel) yield return flannel;
        if (_sites.Bridge(node) is { } bridge) yield return bridge;
        if (_sites.PodOf.TryGetValue(node, out var pod)) yield return ProbeSites.To(pod);
    }

    // a service without endpoints has nothing to answer with: it is tested when it is asked for by name
    private IEnumerable<ProbeTarget> DnsTargets()
    {
        var services = _sites.DnsServices.Where(s => _sites.ReadyEndpoints(s).Count > 0).ToList();
        return services.Select(ProbeSites.To).Concat(_sites.Pods.Where(p => !p.HostNetwork && _sites.IsDns(p)).Select(ProbeSites.To));
    }

    private IEnumerable<ProbeTarget> TcpServices(ProbeSelection selection) =>
        (selection.Protocols ?? _options.Protocols).HasFlag(ProbeProtocols.Tcp)
            ? _sites.Services.Where(s => s.InternalTrafficPolicy != "Local" && _sites.ReadyEndpoints(s).Count > 0).Select(ProbeSites.To)
            : [];

    // A node's own addresses always answer itself and say nothing of the network; from a pod only the bridge does.
    private static bool IsTelling(ProbeOrigin origin, ProbeTarget target) =>
        target.Node != origin.Node
        || target.Kind == ProbeTargetKind.Service
        || (target.Kind == ProbeTargetKind.Pod && target.Address != origin.Pod?.Address)
        || (target.Kind == ProbeTargetKind.Bridge && origin.Pod is not null);

    private IEnumerable<Probe> Probes(ProbeOrigin origin, ProbeTarget target, ProbeProtocols protocols, bool named, int port)
    {
        var suitable = protocols == ProbeProtocols.Suitable;
        if (target.Service is { } service)
        {
            // kube-proxy translates a service's ports and nothing else: a cluster address answers no ping
            var isDns = service.Ports.Any(p => p is { Port: DnsPort, Protocol: "udp" }) && port is 0 or DnsPort;
            if (isDns && (suitable || protocols.HasFlag(ProbeProtocols.Dns))) yield return new(origin, target, ProbeProtocols.Dns, DnsPort);
            if (!protocols.HasFlag(ProbeProtocols.Tcp) && (!suitable || !named || isDns)) yield break;
            foreach (var own in service.Ports.Where(p => p.Protocol == "tcp" && (port == 0 || p.Port == port))) yield return new(origin, target, ProbeProtocols.Tcp, own.Port);
            yield break;
        }

        if (suitable || protocols.HasFlag(ProbeProtocols.Icmp)) yield return new(origin, target, ProbeProtocols.Icmp);
        var servesDns = target.Pod is { } pod && _sites.IsDns(pod);
        if (servesDns ? suitable || protocols.HasFlag(ProbeProtocols.Dns) : protocols == ProbeProtocols.Dns && named) yield return new(origin, target, ProbeProtocols.Dns, port > 0 ? port : DnsPort);
        if (!protocols.HasFlag(ProbeProtocols.Tcp)) yield break;
        var ports = port > 0 ? [port] : target.Pod?.ContainerPorts.Where(p => p.Protocol == "tcp").Select(p => p.Port) ?? [];
        foreach (var one in ports) yield return new(origin, target, ProbeProtocols.Tcp, one);
    }

    private static string KindOf(string text) => text.Split(':') switch
    {
        ["node" or "pod" or "service", _] => text.Split(':')[0],
        _ => text.Contains('/', StringComparison.Ordinal) ? "pod" : "node",
    };

    private static string NameOf(string text) => text.Split(':') is ["node" or "pod" or "service", var name] ? name : text;

    private static List<string> Known(string text, IEnumerable<(string Kind, string Name)> all) => [.. all.Where(a => a.Kind == KindOf(text)).Select(a => a.Name).Order(StringComparer.Ordinal)];
}
