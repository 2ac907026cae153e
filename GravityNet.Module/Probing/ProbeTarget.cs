namespace GravityNet.Probing;

/// <summary>
/// Where a probe is sent to.
/// </summary>
/// <param name="Kind">What the address stands for.</param>
/// <param name="Name"><c>node:node-1</c>, <c>pod:default/web</c>, <c>service:default/web</c>, or the address.</param>
/// <param name="Node">The node that the address is on; empty where unknown or on none (a service).</param>
/// <param name="Address">The address.</param>
internal sealed record ProbeTarget(ProbeTargetKind Kind, string Name, string Node, string Address)
{
    /// <summary>The pod; null for other kinds.</summary>
    public Pod? Pod { get; init; }

    /// <summary>The service; null for other kinds.</summary>
    public Service? Service { get; init; }

    /// <summary>The word for the kind: <c>flannel.1</c>, <c>cni0</c>, <c>pod</c>, <c>service</c>, <c>address</c>.</summary>
    public string Word => Kind switch
    {
        ProbeTargetKind.Flannel => "flannel.1",
        ProbeTargetKind.Bridge => "cni0",
        ProbeTargetKind.Pod => "pod",
        ProbeTargetKind.Service => "service",
        _ => "address",
    };

    /// <summary>The target in a sentence: <c>flannel.1 of node-1</c>, <c>pod default/web</c>.</summary>
    public string Text => Kind switch
    {
        ProbeTargetKind.Flannel or ProbeTargetKind.Bridge => $"{Word} of {Node}",
        ProbeTargetKind.Underlay => $"underlay address of {Node}",
        ProbeTargetKind.Address => Address,
        _ => Name.Replace(':', ' '),
    };
}
