namespace GravityNet.Probing;

/// <summary>
/// Where a probe is sent from: a node's own network namespace, or a pod's.
/// </summary>
/// <param name="Node">The node that runs the command.</param>
/// <param name="Pod">The pod; null for the node itself.</param>
/// <param name="ProcessId">A process in the pod's network namespace, as the node counts it; 0 for the node itself or where unknown.</param>
internal sealed record ProbeOrigin(string Node, Pod? Pod = null, int ProcessId = 0)
{
    /// <summary><c>node:node-2</c> or <c>pod:default/web</c>.</summary>
    public string Name => Pod is null ? $"node:{Node}" : $"pod:{Pod.Namespace}/{Pod.Name}";
}
