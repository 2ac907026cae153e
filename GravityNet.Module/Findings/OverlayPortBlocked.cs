using System.Globalization;
using System.Net;
using GravityNet.Netfilter;
using GravityNet.Overlay;

namespace GravityNet.Findings;

/// <summary>
/// A node whose iptables drop or reject the overlay's own UDP packets, from or to another node, by a rule or by a chain's policy.
/// </summary>
internal sealed class OverlayPortBlocked : IDetector
{
    // the chains that VXLAN packets of the node itself cross (iptables(8)); the nat table sees first packets only and drops none
    private static readonly (string Table, string Chain, bool Incoming)[] Hooks =
    [
        ("raw", "PREROUTING", true), ("mangle", "PREROUTING", true), ("mangle", "INPUT", true), ("filter", "INPUT", true),
        ("raw", "OUTPUT", false), ("mangle", "OUTPUT", false), ("filter", "OUTPUT", false),
    ];

    public string Id => "overlay-port-blocked";

    public IEnumerable<Finding> Find(ClusterState state) => state.Nodes.SelectMany(n => Find(n, state));

    private IEnumerable<Finding> Find(NodeState node, ClusterState state)
    {
        if (node.Iptables.Records.Count == 0) yield break;
        var device = VxlanFdb.DeviceOf(node)?.Vxlan;
        var port = device?.Port ?? state.Leases.Config?.Port ?? 8472;
        var peers = Peers(node, state);
        foreach (var ((table, chain, incoming), ruleset) in Hooks.SelectMany(h => node.Iptables.Records.Select(r => (h, r))))
        {
            if (ruleset.Table(table) is not { } rules) continue;
            var stopped = peers.Select(p => (Peer: p, Stop: RuleStop.Find(rules, chain, Packet(p.Address, incoming, device?.Interface, port))))
                .Where(s => s.Stop is not null).ToList();
            // one rule against all nodes is one finding
            foreach (var group in stopped.GroupBy(s => s.Stop!))
            {
                var isAll = group.Count() == peers.Count;
                foreach (var (peer, _) in isAll ? group.Take(1) : group) yield return Blocked(node, group.Key, incoming, port, isAll ? "" : peer.Node);
            }
        }
    }

    // the node's own address is left open: it may have several
    private static NetfilterPacket Packet(string peer, bool incoming, string? underlay, int port)
    {
        var packet = new NetfilterPacket { Protocol = IpProtocol.Udp, DestinationPort = port };
        var address = MaskedAddress.Parse(peer);
        var name = underlay is { Length: > 0 } ? underlay : null;
        return incoming ? packet with { Source = address, InInterface = name } : packet with { Destination = address, OutInterface = name };
    }

    private Finding Blocked(NodeState node, RuleStop stop, bool incoming, int port, string peer)
    {
        var whom = peer.Length > 0 ? $" {(incoming ? "from" : "to")} {peer}" : "";
        return new()
        {
            Id = Id,
            Severity = "error",
            Node = node.Node,
            RemoteNode = peer,
            Message = string.Create(CultureInfo.InvariantCulture, $"{node.Node} {stop.Verb} {(incoming ? "incoming" : "outgoing")} UDP {port}{whom}, the overlay's own packets"),
            Evidence = [stop.Evidence],
            Remedy = $"On {node.Node}: {stop.Remedy("the port")}.",
            Part = PathPart.Overlay,
        };
    }

    private static List<(string Node, string Address)> Peers(NodeState node, ClusterState state)
    {
        var leased = state.Leases.Leases.Where(l => l.Node.Length > 0 && l.Node != node.Node).Select(l => (l.Node, Address: l.PublicIP));
        return [.. leased.Concat(state.Nodes.Where(n => n.Node != node.Node).Select(n => (n.Node, n.Address)))
            .Where(p => IPNetwork.TryParse(p.Address + "/32", out _)).DistinctBy(p => p.Node)];
    }
}
