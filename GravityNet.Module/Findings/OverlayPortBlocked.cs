using System.Globalization;
using System.Net;
using GravityNet.Overlay;

namespace GravityNet.Findings;

/// <summary>
/// A node whose iptables drop or reject the overlay's own UDP packets, from or to another node. The rules are followed in their order and into the chains that they jump to.
/// A rule with a condition that is not known to hold is passed over: no finding is made of a guess.
/// </summary>
internal sealed class OverlayPortBlocked : IDetector
{
    // deeper than any kube-proxy or firewalld nests; a text that loops cannot come from a kernel
    private const int MaxDepth = 16;

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
        if (node.Iptables is not { } ruleset) yield break;
        var device = VxlanFdb.DeviceOf(node)?.Vxlan;
        var port = device?.Port ?? state.Leases.Config?.Port ?? 8472;
        var peers = Peers(node, state);
        foreach (var (table, chain, incoming) in Hooks)
        {
            if (ruleset.Table(table) is not { } rules) continue;
            var stopped = peers.Select(p => (Peer: p, Rule: Stopper(rules, chain, new(p.Address, incoming, device?.Interface ?? "", port), 0).Rule))
                .Where(s => s.Rule is not null).ToList();
            // one rule against all nodes is one finding
            foreach (var group in stopped.GroupBy(s => s.Rule!))
            {
                var isAll = group.Count() == peers.Count;
                foreach (var (peer, _) in isAll ? group.Take(1) : group) yield return Blocked(node, group.Key, incoming, port, isAll ? "" : peer.Node);
            }
        }
    }

    private Finding Blocked(NodeState node, IptablesRule rule, bool incoming, int port, string peer)
    {
        var verb = rule.Target == "REJECT" ? "rejects" : "drops";
        var whom = peer.Length > 0 ? $" {(incoming ? "from" : "to")} {peer}" : "";
        return new()
        {
            Id = Id,
            Severity = "error",
            Node = node.Node,
            RemoteNode = peer,
            Message = string.Create(CultureInfo.InvariantCulture, $"{node.Node} {verb} {(incoming ? "incoming" : "outgoing")} UDP {port}{whom}, the overlay's own packets"),
            Evidence = [rule.Evidence],
            Remedy = $"On {node.Node}: remove the rule from chain {rule.Chain} of table {rule.Table}, or accept the port before it.",
            Part = PathPart.Overlay,
        };
    }

    private static List<(string Node, string Address)> Peers(NodeState node, ClusterState state)
    {
        var leased = state.Leases.Leases.Where(l => l.Node.Length > 0 && l.Node != node.Node).Select(l => (l.Node, Address: l.PublicIP));
        return [.. leased.Concat(state.Nodes.Where(n => n.Node != node.Node).Select(n => (n.Node, n.Address))).Where(p => IPAddress.TryParse(p.Address, out _)).DistinctBy(p => p.Node)];
    }

    // The rule that ends the packet; or none, and whether a rule has accepted it.
    private static (IptablesRule? Rule, bool Accepted) Stopper(IptablesTable table, string chain, Packet packet, int depth)
    {
        if (depth > MaxDepth) return (null, false);
        foreach (var rule in table.RulesOf(chain).Where(packet.Matches))
        {
            switch (rule.Target)
            {
                case "DROP" or "REJECT": return (rule, false);
                case "ACCEPT": return (null, true);
                case "RETURN": return (null, false);
                default:
                    var inner = table.Chain(rule.Target) is null ? (null, false) : Stopper(table, rule.Target, packet, depth + 1);
                    if (inner.Rule is not null || inner.Accepted || rule.IsGoto) return inner;
                    break;
            }
        }

        return (null, false);
    }

    /// <summary>A VXLAN packet on the underlay, seen from a node: its peer's address is the source of an incoming and the destination of an outgoing one.</summary>
    private sealed record Packet(string Peer, bool Incoming, string Interface, int Port)
    {
        // both addresses and the interface are known for the peer's side alone; a rule that asks for more is not known to match
        public bool Matches(IptablesRule rule) =>
            (rule.Protocol is "" or "udp" or "all")
            && Holds(Incoming ? rule.SourceAddress : rule.DestinationAddress, IsPeer)
            && (Incoming ? rule.DestinationAddress : rule.SourceAddress).Length == 0
            && Holds(Incoming ? rule.InInterface : rule.OutInterface, IsInterface)
            && rule.Matches.All(MatchHolds);

        private static bool Holds(string condition, Func<string, bool> holds) =>
            condition.Length == 0 || (condition.StartsWith("! ", StringComparison.Ordinal) ? !holds(condition[2..]) : holds(condition));

        private bool IsPeer(string network) => IPNetwork.TryParse(network, out var range) ? range.Contains(IPAddress.Parse(Peer)) : network == Peer;

        private bool IsInterface(string pattern) => pattern.EndsWith('+') ? Interface.StartsWith(pattern[..^1], StringComparison.Ordinal) : Interface == pattern;

        private bool MatchHolds(IptablesMatch match) => match.Module switch
        {
            "comment" => true,
            "udp" => !match.Options.Contains('!', StringComparison.Ordinal) && !match.Has("--sport") && (match.Value("--dport") is not { } port || IsPort(port)),
            "multiport" => !match.Options.Contains('!', StringComparison.Ordinal) && match.Value("--dports") is { } ports && ports.Split(',').Any(IsPort),
            _ => false,
        };

        private bool IsPort(string text)
        {
            var ends = text.Split(':');
            return int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) && Port >= first && Port <= last;
        }
    }
}
