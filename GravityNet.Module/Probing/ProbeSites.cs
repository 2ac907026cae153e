using System.Net;

namespace GravityNet.Probing;

/// <summary>
/// The places of a cluster that probes start from and go to.
/// </summary>
internal sealed class ProbeSites
{
    private const int DnsPort = 53;
    private readonly ClusterState _state;
    private readonly IReadOnlyDictionary<string, string> _nodeAddresses;
    private readonly Dictionary<string, NodeState> _states;
    private readonly Dictionary<string, OverlayLease> _leases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _processes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _dnsPods = new(StringComparer.Ordinal);

    /// <param name="state">What is known of the cluster.</param>
    /// <param name="nodes">All nodes of the connection, also those that did not answer.</param>
    /// <param name="nodeAddresses">Their underlay addresses.</param>
    /// <param name="preferred">Addresses of pods that are to be taken before others (those that a recording has flows of).</param>
    public ProbeSites(ClusterState state, IReadOnlyList<string> nodes, IReadOnlyDictionary<string, string> nodeAddresses, IReadOnlySet<string>? preferred = null)
    {
        _state = state;
        _nodeAddresses = nodeAddresses;
        _states = state.Nodes.ToDictionary(n => n.Node, StringComparer.Ordinal);
        Nodes = nodes;
        foreach (var lease in state.Leases.Leases.Where(l => l.Node.Length > 0)) _leases.TryAdd(lease.Node, lease);
        foreach (var node in state.Nodes)
        {
            foreach (var space in node.Namespaces.Where(s => s.Facts.ProcessId > 0))
            {
                foreach (var address in space.Addresses) _processes.TryAdd($"{node.Node} {address}", space.Facts.ProcessId);
            }
        }

        foreach (var service in DnsServices)
        {
            foreach (var endpoint in state.Objects.EndpointsOf(service.Namespace, service.Name)) _dnsPods.Add(endpoint.Address);
        }

        // one pod stands for its node's pods: one that runs, has a network of its own, and rather not DNS, which is tested anyway
        PodOf = Pods.Where(p => p is { HostNetwork: false, Terminating: false } && nodes.Contains(p.Node))
            .OrderByDescending(p => preferred?.Contains(p.Address) == true).ThenByDescending(p => p.Ready).ThenBy(p => _dnsPods.Contains(p.Address))
            .ThenBy(p => p.Namespace, StringComparer.Ordinal).ThenBy(p => p.Name, StringComparer.Ordinal)
            .GroupBy(p => p.Node).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
    }

    /// <summary>The nodes' names.</summary>
    public IReadOnlyList<string> Nodes { get; }

    /// <summary>The pod that stands for each node's pods.</summary>
    public IReadOnlyDictionary<string, Pod> PodOf { get; }

    /// <summary>The pods that run and have an address.</summary>
    public IEnumerable<Pod> Pods => (_state.Objects.Pods ?? []).Where(p => p.Phase == "Running" && IsAddress(p.Address));

    /// <summary>The services with a cluster address.</summary>
    public IEnumerable<Service> Services => (_state.Objects.Services ?? []).Where(s => IsAddress(s.ClusterIP));

    /// <summary>The services that serve DNS to the cluster: those of the name that every installer uses, or in Gravity also those for the workers.</summary>
    public IEnumerable<Service> DnsServices => Services.Where(s => s is { Namespace: "kube-system" } && s.Ports.Any(p => p is { Port: DnsPort, Protocol: "udp" }));

    /// <summary>Whether the pod serves DNS.</summary>
    public bool IsDns(Pod pod) => _dnsPods.Contains(pod.Address);

    /// <summary>A service's endpoints that take connections.</summary>
    public IReadOnlyList<ServiceEndpoint> ReadyEndpoints(Service service) =>
        [.. _state.Objects.EndpointsOf(service.Namespace, service.Name).Where(e => e.Ready && IsAddress(e.Address))];

    /// <summary>The node itself as an origin.</summary>
    public static ProbeOrigin Node(string node) => new(node);

    /// <summary>A pod as an origin.</summary>
    public ProbeOrigin From(Pod pod) =>
        pod.HostNetwork ? new(pod.Node) : new(pod.Node, pod, _processes.GetValueOrDefault($"{pod.Node} {pod.Address}"));

    /// <summary>A node's VXLAN device; null where it holds no lease.</summary>
    public ProbeTarget? Flannel(string node) => _leases.TryGetValue(node, out var lease) ? Of(ProbeTargetKind.Flannel, node, lease.Address) : null;

    /// <summary>A node's pod bridge: its address as the node tells it, or the lease's second address, which CNI gives the bridge; null where neither is known.</summary>
    public ProbeTarget? Bridge(string node)
    {
        var told = _states.GetValueOrDefault(node)?.Link("cni0")?.Inet.FirstOrDefault()?.Address;
        return (told ?? Second(node)) is { } address ? Of(ProbeTargetKind.Bridge, node, address) : null;
    }

    /// <summary>A node's underlay address; null where unknown.</summary>
    public ProbeTarget? Underlay(string node)
    {
        var address = _leases.GetValueOrDefault(node)?.PublicIP;
        if (string.IsNullOrEmpty(address)) address = _nodeAddresses.GetValueOrDefault(node);
        return IsAddress(address) ? Of(ProbeTargetKind.Underlay, node, address!) : null;
    }

    /// <summary>A pod as a target.</summary>
    public static ProbeTarget To(Pod pod) => new(ProbeTargetKind.Pod, $"pod:{pod.Namespace}/{pod.Name}", pod.Node, pod.Address) { Pod = pod };

    /// <summary>A service as a target.</summary>
    public static ProbeTarget To(Service service) => new(ProbeTargetKind.Service, $"service:{service.Namespace}/{service.Name}", "", service.ClusterIP) { Service = service };

    /// <summary>What an address stands for.</summary>
    public ProbeTarget At(string address)
    {
        if (_state.Objects.PodAt(address) is { } pod) return To(pod);
        if (Services.FirstOrDefault(s => s.ClusterIP == address) is { } service) return To(service);
        foreach (var node in Nodes)
        {
            foreach (var target in (ReadOnlySpan<ProbeTarget?>)[Flannel(node), Bridge(node), Underlay(node)])
            {
                if (target?.Address == address) return target;
            }
        }

        return new(ProbeTargetKind.Address, address, OwnerOf(address), address);
    }

    // the node whose leased subnet the address is in
    private string OwnerOf(string address) =>
        IPAddress.TryParse(address, out var ip)
            ? _leases.Values.FirstOrDefault(l => IPNetwork.TryParse(l.Subnet, out var subnet) && subnet.Contains(ip))?.Node ?? ""
            : "";

    private static ProbeTarget? Of(ProbeTargetKind kind, string node, string address) =>
        IsAddress(address) ? new(kind, $"node:{node}", node, address) : null;

    private string? Second(string node)
    {
        if (!_leases.TryGetValue(node, out var lease) || !IPAddress.TryParse(lease.Address, out var first)) return null;
        var bytes = first.GetAddressBytes();
        bytes[^1]++;
        return new IPAddress(bytes).ToString();
    }

    private static bool IsAddress(string? text) => IPAddress.TryParse(text, out _);
}
