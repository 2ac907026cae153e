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
                   Severity = BreaksTraffic(entry, nodes, state.Leases) ? "error" : "warning",
                   Node = entry.Node,
                   RemoteNode = entry.IsOwn ? "" : entry.RemoteNode,
                   Message = entry.IsOwn ? $"{entry.Node}'s own VXLAN device: {entry.Reason}" : $"{entry.Node} to {(entry.RemoteNode.Length > 0 ? entry.RemoteNode : entry.Destination)}: {entry.Reason}",
                   Evidence = entry.Evidence,
                   Remedy = $"Restart flannel on {entry.Node}: it programs device, rows, entries and routes from the leases.",
                   Part = PathPart.Overlay,
               };
    }

    // A lease that is older than the entries breaks nothing until a node programs it. A MAC of a node's own device breaks the others' entries, and those say so.
    private static bool BreaksTraffic(VxlanFdbEntry entry, Dictionary<string, NodeState> nodes, LeaseTable leases)
    {
        if (entry.IsOwn) return entry.Device is null or { IsUp: false }
            || (entry.Lease is null && leases.Leases.Count > 0)
            || SpeaksAnother(entry.Device.Vxlan, entry.Lease, leases.Config) || HasTwin(entry, nodes);
        if (entry.RemoteNode.Length == 0) return false;
        if (entry.State is OverlayStatus.Missing or OverlayStatus.Mismatch) return true;
        var real = nodes.TryGetValue(entry.RemoteNode, out var remote) ? VxlanFdb.DeviceOf(remote)?.Mac : null;
        return entry.State == OverlayStatus.Stale && real is { Length: > 0 } && entry.Neighbor is { Mac.Length: > 0 } neighbor && neighbor.Mac != real;
    }

    // the one FDB row for the MAC can lead to one of the two only, and to each other they send nothing
    private static bool HasTwin(VxlanFdbEntry entry, Dictionary<string, NodeState> nodes) =>
        entry.Device is { Mac.Length: > 0 } own && nodes.Values.Any(n => n.Node != entry.Node && VxlanFdb.DeviceOf(n)?.Mac == own.Mac);

    // no entry of another node can make up for a device with another VNI or port
    private static bool SpeaksAnother(VxlanDevice? device, OverlayLease? lease, OverlayConfig? config) =>
        (device?.Vni is { } vni && (lease?.Vni ?? config?.Vni) is { } wanted && vni != wanted) || (device?.Port is { } port && config is not null && port != config.Port);
}
