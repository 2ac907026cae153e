namespace GravityNet;

/// <summary>
/// A port of a bridge: a veth of which the other end is a pod's interface.
/// </summary>
public sealed record BridgePort
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The bridge.</summary>
    public required string Bridge { get; init; }

    /// <summary>The host's end of the veth pair.</summary>
    public required string Interface { get; init; }

    /// <summary>Its index on the host.</summary>
    public required int Index { get; init; }

    /// <summary>Its MTU in bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>Its operational state.</summary>
    public string State { get; init; } = "";

    /// <summary>The MAC of the host's end.</summary>
    public string Mac { get; init; } = "";

    /// <summary>The pod's namespace in Kubernetes; empty where unknown.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The pod; empty where unknown.</summary>
    public string Pod { get; init; } = "";

    /// <summary>The pod's address; empty where unknown.</summary>
    public string Address { get; init; } = "";

    /// <summary>The MAC of the pod's end; empty where unknown.</summary>
    public string PodMac { get; init; } = "";

    /// <summary>The pod's end, <c>eth0</c>; empty where unknown.</summary>
    public string PodInterface { get; init; } = "";

    /// <summary>
    /// How the pod was found: <c>veth</c> (both ends name each other's index), <c>mac</c> (the MAC learned on the port has a neighbor entry), or empty.
    /// </summary>
    public string PairedBy { get; init; } = "";

    /// <summary>Seconds since a frame of the pod's was last heard; null where unknown.</summary>
    public double? AgeSeconds { get; init; }

    internal Link? Link { get; init; }

    /// <summary>The network namespace of the other end, where both ends were found.</summary>
    internal NamespaceState? Inside { get; init; }

    /// <summary>The pair in one line: <c>veth1a2b3c@if2 pod default/web eth0 10.244.19.6</c>.</summary>
    public override string ToString() => $"{Interface} {(Pod.Length > 0 ? $"{Namespace}/{Pod}" : "?")} {Address}".TrimEnd();
}
