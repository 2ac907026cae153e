using System.Collections.Frozen;
using GravityNet.Facts;
using GravityNet.Parsing;

namespace GravityNet;

/// <summary>
/// What the Kubernetes API says of the cluster. Each list is null where it is not known, and <see cref="Unknown"/> says why: an empty list
/// means that there are none.
/// </summary>
public sealed class KubeObjects
{
    private readonly Lazy<FrozenDictionary<string, Pod>> _podsByAddress;
    private readonly Lazy<ILookup<(string, string), ServiceEndpoint>> _endpointsByService;
    private readonly Lazy<FrozenDictionary<string, Service>> _servicesByAddress;

    private KubeObjects(
        IReadOnlyList<KubeNode>? nodes,
        IReadOnlyList<Pod>? pods,
        IReadOnlyList<Service>? services,
        IReadOnlyList<ServiceEndpoint>? endpoints,
        IReadOnlyDictionary<string, string> unknown)
    {
        Nodes = nodes;
        Pods = pods;
        Services = services;
        Unknown = unknown;
        _podsByAddress = new(IndexPods);
        Endpoints = Located(endpoints);
        _servicesByAddress = new(() => (Services ?? []).SelectMany(s => s.ClusterIPs.Select(a => (Address: a, Service: s))).DistinctBy(s => s.Address).ToFrozenDictionary(s => s.Address, s => s.Service));
        _endpointsByService = new(() => (Endpoints ?? []).ToLookup(e => (e.Namespace, e.Service)));
    }

    /// <summary>The nodes; null where unknown.</summary>
    public IReadOnlyList<KubeNode>? Nodes { get; }

    /// <summary>The pods; null where unknown.</summary>
    public IReadOnlyList<Pod>? Pods { get; }

    /// <summary>The services; null where unknown.</summary>
    public IReadOnlyList<Service>? Services { get; }

    /// <summary>The endpoints of all services, from EndpointSlices, or from Endpoints where there are no slices; null where both are unknown.</summary>
    public IReadOnlyList<ServiceEndpoint>? Endpoints { get; }

    /// <summary>Why a list is not known, by the fact's name (<c>kube-pods</c>).</summary>
    public IReadOnlyDictionary<string, string> Unknown { get; }

    /// <summary>
    /// Reads the <c>kube-*</c> facts. Others are passed over, so that all facts of the cluster can be handed in. Never throws for what a text holds.
    /// </summary>
    public static KubeObjects From(IEnumerable<FactResult> facts)
    {
        var byName = new Dictionary<string, FactResult>(StringComparer.Ordinal);
        foreach (var fact in facts) byName[fact.Fact] = fact;
        var unknown = new Dictionary<string, string>(StringComparer.Ordinal);

        var nodes = Read("kube-nodes", KubeJson.ReadNodes);
        var pods = Read("kube-pods", KubeJson.ReadPods);
        var services = Read("kube-services", KubeJson.ReadServices);
        var slices = Read("kube-endpointslices", KubeJson.ReadEndpointSlices);
        var endpoints = slices;
        // A cluster before 1.17 serves no slices, or serves an empty list of them: there the older objects hold the truth.
        if (slices is null or [])
        {
            var older = Read("kube-endpoints", KubeJson.ReadEndpoints);
            if (slices is null || older is [_, ..]) endpoints = older;
        }
        return new KubeObjects(nodes, pods, services, endpoints, unknown);

        IReadOnlyList<T>? Read<T>(string name, KubeJson.Reader<T> read)
        {
            string? reason;
            if (!byName.TryGetValue(name, out var fact)) reason = $"'{name}' was not collected: the Kubernetes API was not asked (connect with -KubeConfig or -KubeNode), or the snapshot lacks it";
            else if (!fact.Answered) reason = fact.Reason;
            else if (read(fact, out reason) is { } list) return list;
            unknown[name] = reason ?? "It could not be read.";
            return null;
        }
    }

    /// <summary>
    /// The pod that owns an address in its own network namespace; null where none does or the pods are unknown. Pods on the host's network share
    /// the node's address and are never found by it.
    /// </summary>
    public Pod? PodAt(string address) => _podsByAddress.Value.GetValueOrDefault(address);

    /// <summary>The service with a cluster address; null where none has it or the services are unknown.</summary>
    public Service? ServiceAt(string address) => _servicesByAddress.Value.GetValueOrDefault(address);

    /// <summary>The endpoints of one service.</summary>
    public IEnumerable<ServiceEndpoint> EndpointsOf(string @namespace, string service) => _endpointsByService.Value[(@namespace, service)];

    // Endpoints that kubectl described tell no node: it is that of the pod which has the address, or of the node which has it itself.
    private ServiceEndpoint[]? Located(IReadOnlyList<ServiceEndpoint>? endpoints) => endpoints is null ? null :
    [
        .. endpoints.Select(e => e.Node.Length > 0 ? e : e with
        {
            Node = PodAt(e.Address)?.Node ?? Nodes?.FirstOrDefault(n => n.InternalIP.Length > 0 && n.InternalIP == e.Address)?.Name ?? "",
        }),
    ];

    private FrozenDictionary<string, Pod> IndexPods()
    {
        var index = new Dictionary<string, Pod>(StringComparer.Ordinal);
        foreach (var pod in Pods ?? [])
        {
            if (!pod.IsAlive || pod.HostNetwork) continue;
            foreach (var address in pod.Addresses)
            {
                // Two pods with one address: the one that stays wins over the one that is being deleted.
                if (!index.TryGetValue(address, out var other) || other.Terminating) index[address] = pod;
            }
        }
        return index.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
