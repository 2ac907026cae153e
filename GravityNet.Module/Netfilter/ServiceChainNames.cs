using System.Collections.Concurrent;

namespace GravityNet.Netfilter;

/// <summary>
/// Whose chains they are, by their names: those of all service ports and endpoints that the API has, in both spellings of a port without a name.
/// </summary>
internal sealed class ServiceChainNames
{
    private const string EndpointPrefix = "KUBE-SEP-";
    private static readonly string[] PortPrefixes = ["KUBE-SVC-", "KUBE-SVL-", "KUBE-EXT-", "KUBE-XLB-", "KUBE-FW-"];

    private readonly List<Owner> _owners = [];
    private readonly Lazy<HashSet<(string, string, string, string)>> _keys;

    /// <summary>Who a chain is of.</summary>
    /// <param name="Port">The service port.</param>
    /// <param name="Words"><c>NAMESPACE/NAME:PORT</c> as the chain's name has it.</param>
    /// <param name="Endpoint"><c>ADDRESS:PORT</c> for an endpoint's chain; empty for a service port's.</param>
    internal sealed record Owner(ServicePortKey Port, string Words, string Endpoint);

    public ServiceChainNames(KubeObjects? objects)
    {
        KnowsPorts = objects?.Services is not null;
        KnowsEndpoints = KnowsPorts && objects?.Endpoints is not null;
        _keys = new(() => [.. _owners.Select(o => (o.Port.Namespace, o.Port.Service, o.Port.PortName, o.Port.Protocol))]);
        foreach (var service in objects?.Services ?? [])
        {
            // kube-proxy writes nothing for these
            if (service.IsHeadless || service.Type == "ExternalName") continue;
            foreach (var port in service.Ports)
            {
                var key = new ServicePortKey(service.Namespace, service.Name, port.Name, port.Protocol) { IsLocal = service.InternalTrafficPolicy == "Local" };
                foreach (var words in KubeChainNames.ServicePort(service.Namespace, service.Name, port.Name))
                {
                    _owners.Add(new(key, words, ""));
                    if (!KnowsEndpoints) continue;
                    foreach (var endpoint in objects!.EndpointsOf(service.Namespace, service.Name))
                    {
                        if (endpoint.PortName == port.Name && endpoint.Protocol == port.Protocol) _owners.Add(new(key, words, Addresses.Join(endpoint.Address, endpoint.Port)));
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
    public bool Has(string @namespace, string service, string portName, string protocol) => _keys.Value.Contains((@namespace, service, portName, protocol));

    /// <summary>Tells whose each chain of a table is, by the chain's number; null for one that is of nobody.</summary>
    public Owner?[] OwnersOf(IptablesTable table)
    {
        var owners = new Owner?[table.Chains.Count];
        if (_owners.Count == 0) return owners;
        // a hash for each is most of what all this costs
        Parallel.ForEach(Partitioner.Create(0, _owners.Count), range =>
        {
            Span<char> name = stackalloc char[EndpointPrefix.Length + KubeChainNames.HashLength];
            Span<char> hash = stackalloc char[KubeChainNames.HashLength];
            for (var i = range.Item1; i < range.Item2; i++)
            {
                var owner = _owners[i];
                KubeChainNames.Hash($"{owner.Words}{owner.Port.Protocol}{owner.Endpoint}", hash);
                foreach (var prefix in owner.Endpoint.Length > 0 ? [EndpointPrefix] : PortPrefixes)
                {
                    prefix.CopyTo(name);
                    hash.CopyTo(name[prefix.Length..]);
                    if (table.IndexOf(name[..(prefix.Length + hash.Length)]) is >= 0 and var at) owners[at] = owner;
                }
            }
        });

        return owners;
    }

    /// <summary>What stands behind the prefix: <c>KUBE-SVC-</c>, <c>KUBE-FW-</c>.</summary>
    public static ReadOnlySpan<char> Identity(ReadOnlySpan<char> chain) => chain[(chain.LastIndexOf('-') + 1)..];
}
