using System.Net;
using GravityNet.Netfilter;
using GravityNet.Overlay;

namespace GravityNet.Findings;

/// <summary>
/// A node whose iptables drop or reject, in FORWARD, new connections between its own pods and those of another node: by a rule that stands before flannel's, or by the
/// chain's policy where no rule accepts them.
/// </summary>
internal sealed class ForwardBlocked : IDetector
{
    private const string Bridge = "cni0";

    // what pods send to each other, and a probe is one of them
    private static readonly string[] Protocols = ["icmp", "tcp", "udp"];

    public string Id => "forward-blocked";

    public IEnumerable<Finding> Find(ClusterState state) => state.Nodes.SelectMany(n => Find(n, state.Leases));

    private IEnumerable<Finding> Find(NodeState node, LeaseTable leases)
    {
        if (node.Iptables.Records.Count == 0 || VxlanFdb.DeviceOf(node)?.Interface is not { } device || node.Link(Bridge) is null) yield break;
        var subnets = leases.Leases.Where(l => l.Node.Length > 0).DistinctBy(l => l.Node)
            .Select(l => (l.Node, IsSubnet: IPNetwork.TryParse(l.Subnet, out var subnet), Subnet: subnet)).Where(l => l.IsSubnet).ToList();
        var own = subnets.Find(s => s.Node == node.Node);
        if (!own.IsSubnet) yield break;

        var peers = subnets.FindAll(s => s.Node != node.Node);
        var stopped = (from peer in peers
                       from isIncoming in (bool[])[true, false]
                       from protocol in Protocols
                       let packet = isIncoming
                           ? new NetfilterPacket { Protocol = IpProtocol.Number(protocol), Source = Part(peer.Subnet), Destination = Part(own.Subnet), InInterface = device, OutInterface = Bridge }
                           : new NetfilterPacket { Protocol = IpProtocol.Number(protocol), Source = Part(own.Subnet), Destination = Part(peer.Subnet), InInterface = Bridge, OutInterface = device }
                       let stop = Stop(node, packet)
                       where stop is not null
                       select (Peer: peer.Node, IsIncoming: isIncoming, Protocol: protocol, Stop: stop)).ToList();
        foreach (var cause in stopped.GroupBy(s => s.Stop))
        {
            // one rule against all nodes is one finding
            var isAll = cause.Select(s => s.Peer).Distinct().Count() == peers.Count;
            foreach (var group in cause.GroupBy(s => isAll ? "" : s.Peer))
            {
                var protocols = group.Select(s => s.Protocol).Distinct().ToList();
                var what = protocols.Count == Protocols.Length ? "" : $" ({string.Join(", ", protocols)})";
                var others = isAll ? "of other nodes" : $"of {group.Key}";
                var way = group.Select(s => s.IsIncoming).Distinct().ToList() switch
                {
                    [var isIncoming] => isIncoming ? $"from pods {others} to its own" : $"from its pods to those {others}",
                    _ => $"between its pods and those {others}",
                };
                yield return new()
                {
                    Id = Id,
                    Severity = "error",
                    Node = node.Node,
                    RemoteNode = group.Key,
                    Message = $"{node.Node} {cause.Key.Verb} new connections{what} {way} in {(cause.Key.Rule is null ? $"{cause.Key.Chain}, by its policy" : $"chain {cause.Key.Chain}")}",
                    Evidence = [cause.Key.Evidence],
                    Remedy = $"On {node.Node}: {cause.Key.Remedy("the pod network")}. Flannel adds its rules when it is restarted.",
                    Part = PathPart.Node,
                };
            }
        }
    }

    // any address of a node's subnet
    private static MaskedAddress? Part(IPNetwork subnet) => MaskedAddress.Parse(subnet.ToString());

    // a packet passes the tables of each flavour
    private static RuleStop? Stop(NodeState node, NetfilterPacket packet) =>
        (from name in (string[])["mangle", "filter"]
         from ruleset in node.Iptables.Records
         let table = ruleset.Table(name)
         where table is not null
         select RuleStop.Find(table, "FORWARD", packet)).FirstOrDefault(s => s is not null);
}
