using GravityNet.Overlay;

namespace GravityNet;

/// <summary>
/// What is known of a cluster at one moment: the nodes that answered, the leases, the Kubernetes objects. Immutable, and all that a question needs.
/// </summary>
/// <param name="Nodes">The nodes that answered.</param>
/// <param name="Leases">The leases.</param>
/// <param name="Objects">The Kubernetes objects.</param>
public sealed record ClusterState(IReadOnlyList<NodeState> Nodes, LeaseTable Leases, KubeObjects Objects);
