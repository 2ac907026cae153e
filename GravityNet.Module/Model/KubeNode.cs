namespace GravityNet;

/// <summary>
/// A node as the Kubernetes API knows it, with what flannel's kube subnet manager writes into its annotations.
/// </summary>
/// <param name="Name">The node's name.</param>
public sealed record KubeNode(string Name)
{
    /// <summary>The first address of type <c>InternalIP</c>; empty where there is none.</summary>
    public string InternalIP { get; init; } = "";

    /// <summary><c>spec.podCIDR</c>: the node's pod subnet when the cluster hands them out; empty where it does not.</summary>
    public string PodCidr { get; init; } = "";

    /// <summary>Annotation <c>flannel.alpha.coreos.com/backend-type</c>, such as <c>vxlan</c>; empty where there is none.</summary>
    public string BackendType { get; init; } = "";

    /// <summary>Annotation <c>flannel.alpha.coreos.com/backend-data</c>: JSON text with VtepMAC and VNI; empty where there is none.</summary>
    public string BackendData { get; init; } = "";

    /// <summary>Annotation <c>flannel.alpha.coreos.com/public-ip</c>; empty where there is none.</summary>
    public string PublicIP { get; init; } = "";

    /// <summary>Annotation <c>flannel.alpha.coreos.com/kube-subnet-manager</c> is <c>true</c>: this node's lease lives in these annotations.</summary>
    public bool KubeSubnetManager { get; init; }

    /// <summary>The node's condition <c>Ready</c> is <c>True</c>.</summary>
    public bool Ready { get; init; }

    /// <summary>What this was read from.</summary>
    public required SourceLine Source { get; init; }
}
