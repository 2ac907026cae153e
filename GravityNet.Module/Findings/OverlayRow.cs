using GravityNet.Overlay;

namespace GravityNet.Findings;

/// <summary>
/// A node whose FDB row, neighbor entry or route for another node's subnet, or whose own VXLAN device, is not what the leases say.
/// </summary>
internal sealed class OverlayRow : IDetector
{
    public string Id => "overlay-row";

    public IEnumerable<Finding> Find(ClusterState state)
    {
        var nodes = state.Nodes.ToDictionary(n => n.Node, StringComparer.Ordinal);
        return from node in state.Nodes
               from entry in VxlanFdb.Compare(node, state.Leases, nodes)
               where entry.State is not (OverlayStatus.Ok or OverlayStatus.Unknown)
               select new Finding
               {
                   Id = Id,
                   Severity = BreaksTraffic(entry, nodes) ? "error" : "warning",
                   Node = entry.Node,
                   RemoteNode = entry.IsOwn ? "" : entry.RemoteNode,
                   Message = entry.IsOwn ? $"{entry.Node}'s own VXLAN device: {entry.Reason}" : $"{entry.Node} to {(entry.RemoteNode.Length > 0 ? entry.RemoteNode : entry.Destination)}: {entry.Reason}",
                   Evidence = entry.Evidence,
                   Remedy = $"Restart flannel on {entry.Node}: it programs device, rows, entries and routes from the leases.",
                   Part = PathPart.Overlay,
               };
    }

    // A lease that is older than the entries breaks nothing until a node programs it. A node's own device breaks the others' entries, and those say so.
    private static bool BreaksTraffic(VxlanFdbEntry entry, Dictionary<string, NodeState> nodes)
    {
        if (entry.IsOwn) return entry.Device is null or { IsUp: false };
        if (entry.RemoteNode.Length == 0) return false;
        if (entry.State is OverlayStatus.Missing or OverlayStatus.Mismatch) return true;
        var real = nodes.TryGetValue(entry.RemoteNode, out var remote) ? VxlanFdb.DeviceOf(remote)?.Mac : null;
        return entry.State == OverlayStatus.Stale && real is { Length: > 0 } && entry.Neighbor is { Mac.Length: > 0 } neighbor && neighbor.Mac != real;
    }
}
