using GravityNet.Overlay;

namespace GravityNet.Findings;

/// <summary>
/// A node with a strict reverse-path filter on its VXLAN device whose route to another node's pods leads out of another interface: it drops what they send over the
/// overlay. The larger value of <c>conf/all</c> and the interface counts (ip-sysctl, <c>rp_filter</c>): 2, loose, outweighs 1, strict.
/// </summary>
internal sealed class ReversePath : IDetector
{
    public string Id => "reverse-path";

    public IEnumerable<Finding> Find(ClusterState state) =>
        from node in state.Nodes
        let device = VxlanFdb.DeviceOf(node)?.Interface
        where device is not null
        let proof = ProofOfStrict(node, device)
        where proof.Count > 0
        from lease in state.Leases.Leases
        where lease.Node.Length > 0 && lease.Node != node.Node
        let routes = node.Routes.Records.Where(r => r.Destination == lease.Subnet && r is { Table: "main", Type: "unicast" }).ToList()
        // without a route of its own the lease's is missing, and that is told
        where routes.Count > 0 && routes.TrueForAll(r => r.Interface.Length > 0 && r.Interface != device)
        select new Finding
        {
            Id = Id,
            Severity = "error",
            Node = node.Node,
            RemoteNode = lease.Node,
            Interface = device,
            Message = $"rp_filter is strict on {device} of {node.Node}, and its route to {lease.Subnet} leads out of {routes[0].Interface}: what comes from there over the overlay is dropped",
            Evidence = [.. proof.Append(routes[0].Source).Select(p => p.ToString())],
            Remedy = $"On {node.Node}: route {lease.Subnet} over {device}, or sysctl -w net.ipv4.conf.{device.Replace('.', '/')}.rp_filter=2",
            Part = PathPart.Arrival,
        };

    private static List<SourceLine> ProofOfStrict(NodeState node, string device)
    {
        var lines = node.Forwarding.Records.Where(f => f.Family == "inet" && f.Interface is var name && (name == "all" || name == device)).ToList();
        // a filter that is not known may be loose
        if (lines.Count(l => l.RpFilter.Length > 0) < 2 || lines.Exists(l => l.RpFilter == "loose")) return [];
        return [.. lines.Where(l => l.RpFilter == "strict").Select(l => l.Source)];
    }
}
