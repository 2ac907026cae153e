namespace GravityNet.Netfilter;

/// <summary>
/// Whose chains they are, by what stands in their names behind the prefix: the names of all service ports and endpoints that the API has, in both spellings
/// of a port without a name.
/// </summary>
internal sealed class ServiceChainNames
{
    private readonly Dictionary<string, Owner> _ports = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Owner> _endpoints = new(StringComparer.Ordinal);
    private readonly HashSet<(string Namespace, string Service, string PortName, string Protocol)> _keys = [];

    /// <summary>Who a chain is of.</summary>
    /// <param name="Port">The service port.</param>
    /// <param name="Words"><c>NAMESPACE/NAME:PORT</c> as the chain's name has it.</param>
    /// <param name="Endpoint"><c>ADDRESS:PORT</c> for an endpoint's chain; empty for a service port's.</param>
    internal sealed record Owner(ServicePortKey Port, string Words, string Endpoint);

    public ServiceChainNames(KubeObjects? objects)
    {
        KnowsPorts = objects?.Services is not null;
        KnowsEndpoints = KnowsPorts && objects?.Endpoints is not null;
        foreach (var service in objects?.Services ?? [])
        {
            // kube-proxy writes nothing for these
            if (service.IsHeadless || service.Type == "ExternalName") continue;
            var endpoints = KnowsEndpoints ? objects!.EndpointsOf(service.Namespace, service.Name).ToList() : [];
            foreach (var port in service.Ports)
            {
                var key = new ServicePortKey(service.Namespace, service.Name, port.Name, port.Protocol) { IsLocal = service.InternalTrafficPolicy == "Local" };
                _keys.Add((key.Namespace, key.Service, key.PortName, key.Protocol));
                foreach (var words in KubeChainNames.ServicePort(service.Namespace, service.Name, port.Name))
                {
                    _ports[KubeChainNames.Hash(words + port.Protocol)] = new(key, words, "");
                    foreach (var endpoint in endpoints)
                    {
                        if (endpoint.PortName != port.Name || endpoint.Protocol != port.Protocol) continue;
                        var at = Addresses.Join(endpoint.Address, endpoint.Port);
                        _endpoints[KubeChainNames.Hash(words + port.Protocol + at)] = new(key, words, at);
                    }
                }
            }
        }
    }

    /// <summary>Whether the API's services are known.</summary>
    public bool KnowsPorts { get; }

    /// <summary>Whether the API's services and endpoints are known.</summary>
    public bool KnowsEndpoints { get; }

    /// <summary>Whether the API has a service port that kube-proxy writes chains for.</summary>
    public bool Has(string @namespace, string service, string portName, string protocol) => _keys.Contains((@namespace, service, portName, protocol));

    /// <summary>Whose chain it is; null where it is of nobody that the API has.</summary>
    /// <param name="chain">The chain's name: a service port's or an endpoint's.</param>
    public Owner? OwnerOf(ReadOnlySpan<char> chain)
    {
        var names = chain.StartsWith("KUBE-SEP-") ? _endpoints : _ports;
        return names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(Identity(chain), out var owner) ? owner : null;
    }

    /// <summary>What stands behind the prefix, of three words with a dash after each: <c>KUBE-SVC-</c>, <c>KUBE-FW-</c>.</summary>
    public static ReadOnlySpan<char> Identity(ReadOnlySpan<char> chain) => chain[(chain.LastIndexOf('-') + 1)..];
}
