namespace GravityNet.Netfilter;

/// <summary>
/// What the API says of services, for the rows of one node and one IP family: what is held against a node's rules in any mode of kube-proxy.
/// </summary>
internal sealed class ClusterServices
{
    private readonly string _node;
    private readonly KubeObjects? _objects;
    private readonly bool _isIPv6;

    public ClusterServices(string node, KubeObjects? objects, bool isIPv6)
    {
        (_node, _objects, _isIPv6) = (node, objects, isIPv6);
        KnowsNode = objects?.Nodes?.Any(n => n.Name == node) == true;
    }

    /// <summary>Whether the node's name is one of the API's.</summary>
    public bool KnowsNode { get; }

    /// <summary>Whether the services are known.</summary>
    public bool KnowsServices => _objects?.Services is not null;

    /// <summary>The node's address in the API; empty where unknown.</summary>
    public string NodeAddress => _objects?.Nodes?.FirstOrDefault(n => n.Name == _node)?.InternalIP ?? "";

    /// <summary>The addresses of the pods that have their own network; null where they are not known.</summary>
    public IEnumerable<string>? PodAddresses => _objects?.Pods?.Where(p => !p.HostNetwork && p.IsAlive).SelectMany(p => p.Addresses);

    /// <summary>The wanted service ports that have an address of the family.</summary>
    public IEnumerable<ServicePortKey> Ports(Func<string, string, bool> wanted) => Wanted(wanted).SelectMany(PortsOf);

    /// <summary>The wanted services that no rule of a node has a part in; see <see cref="WithoutRulesOf"/>.</summary>
    public IEnumerable<ServiceNatChain> WithoutRules(Func<string, string, bool> wanted) => Wanted(wanted).SelectMany(WithoutRulesOf);

    /// <summary>The services that are asked for.</summary>
    public IEnumerable<Service> Wanted(Func<string, string, bool> wanted) => (_objects?.Services ?? []).Where(s => wanted(s.Namespace, s.Name) && HasRows(s));

    /// <summary>The ports of a service that has an address of the family; none of another.</summary>
    public IEnumerable<ServicePortKey> PortsOf(Service service) => service.ClusterIPs.FirstOrDefault(IsOfFamily) is not { } address ? [] :
        service.Ports.Select(port => new ServicePortKey(service.Namespace, service.Name, port.Name, port.Protocol)
        {
            Address = address,
            Port = port.Port,
            NodePort = port.NodePort,
            ExternalIPs = [.. service.ExternalIPs.Where(IsOfFamily)],
            LoadBalancerIPs = [.. service.LoadBalancerIPs.Where(IsOfFamily)],
            Type = service.Type,
            Of = service,
            IsLocal = service.InternalTrafficPolicy == "Local",
            InApi = true,
        });

    /// <summary>
    /// The rows of a service that no rule of a node has a part in, as DNS gives clients the endpoints' addresses, or another name: it is told of once, beside the IPv4
    /// rules. None of another service.
    /// </summary>
    public IEnumerable<ServiceNatChain> WithoutRulesOf(Service service) =>
        from port in IsWithoutRules(service) ? service.Ports.DefaultIfEmpty(new("", 0, null, "", "")) : []
        let endpoints = _objects!.EndpointsOf(service.Namespace, service.Name)
            .Where(e => service.Ports.Count == 0 || (e.PortName == port.Name && e.Protocol == port.Protocol)).DistinctBy(e => (e.Address, e.Port))
        select new ServiceNatChain
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

    /// <summary>The endpoints that the API has for a service port; null where they are not known.</summary>
    public ServiceEndpoint[]? EndpointsOf(ServicePortKey key) => _objects?.Endpoints is null || key.Service.Length == 0 ? null :
    [
        .. _objects.EndpointsOf(key.Namespace, key.Service)
            .Where(e => e.PortName == key.PortName && e.Protocol == key.Protocol && IsOfFamily(e.Address))
            .DistinctBy(e => (e.Address, e.Port)),
    ];

    /// <summary>An endpoint that rules lead to: how it stands in the API, and which pod has the address.</summary>
    public ServiceChainEndpoint Describe(ServicePortKey key, string address, int port, IReadOnlyList<ServiceEndpoint>? known)
    {
        var api = known?.FirstOrDefault(e => e.Address == address && e.Port == port);
        var state = api is not null ? StateOf(api) : known is null || address.Length == 0 ? EndpointState.Unknown : EndpointState.Stale;
        return Describe(api ?? new ServiceEndpoint(key.Namespace, key.Service, address, port) { Source = new(_node, "", 0, "") }, state);
    }

    /// <summary>An endpoint of the API.</summary>
    public ServiceChainEndpoint Describe(ServiceEndpoint endpoint, EndpointState state)
    {
        var pod = _objects?.PodAt(endpoint.Address);
        var name = endpoint.Pod.Length > 0 ? endpoint.Pod : pod?.Name ?? "";
        return new()
        {
            Address = endpoint.Address,
            Port = endpoint.Port,
            ShareText = "0",
            Namespace = name.Length == 0 ? "" : endpoint.Pod.Length > 0 ? endpoint.Namespace : pod!.Namespace,
            Pod = name,
            Node = endpoint.Node.Length > 0 ? endpoint.Node
                : pod?.Node ?? _objects?.Nodes?.FirstOrDefault(n => n.InternalIP.Length > 0 && n.InternalIP == endpoint.Address)?.Name ?? "",
            EndpointState = state,
        };
    }

    /// <summary>How an endpoint of the API stands.</summary>
    public static EndpointState StateOf(ServiceEndpoint endpoint) =>
        endpoint.Ready ? EndpointState.Live : endpoint.Terminating ? EndpointState.Terminating : EndpointState.NotReady;

    /// <summary>What is to be said of endpoints that traffic goes to, and should not; empty parts are none.</summary>
    public static IEnumerable<(ServiceChainStatus State, string Reason)> ProblemsOf(IReadOnlyList<ServiceChainEndpoint> endpoints, IReadOnlyList<ServiceEndpoint>? known)
    {
        foreach (var endpoint in endpoints)
        {
            var words = endpoint.EndpointState switch
            {
                EndpointState.Stale => "is no endpoint of the service",
                EndpointState.NotReady => "is not ready",
                EndpointState.Terminating when known!.Any(e => e.Ready) => "is terminating",
                _ => "",
            };
            // what gets no new flows harms none
            if (words.Length > 0 && endpoint.ShareText != "0")
                yield return (ServiceChainStatus.Stale, $"{endpoint.ShareText} of new flows goes to {Addresses.Join(endpoint.Address, endpoint.Port)}, which {words}");
        }
    }

    /// <summary>Why a service's endpoints are not known.</summary>
    public string WhyUnknown() =>
        _objects is null ? "the Kubernetes API was not asked"
        : _objects.Endpoints is null ? _objects.Unknown.GetValueOrDefault("kube-endpointslices", _objects.Unknown.GetValueOrDefault("kube-endpoints", "they could not be read"))
        : "the rules do not name it";

    private bool HasRows(Service service) => service.ClusterIPs.Any(IsOfFamily) || IsWithoutRules(service);

    private bool IsWithoutRules(Service service) => !_isIPv6 && (service.IsHeadless || service.Type == "ExternalName") && !service.ClusterIPs.Any(IsOfFamily);

    /// <summary>Whether an address is of the family.</summary>
    public bool IsOfFamily(string address) => address.Length > 0 && Addresses.IsIPv6(address) == _isIPv6;
}
