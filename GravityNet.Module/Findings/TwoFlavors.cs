namespace GravityNet.Findings;

/// <summary>
/// A node on which kube-proxy's chains stand in both iptables flavours. A new connection passes the nat tables of both, and the first that translates it wins; the
/// rules that kube-proxy does not write any more stay as they were.
/// </summary>
internal sealed class TwoFlavors : IDetector
{
    public string Id => "iptables-two-flavors";

    public IEnumerable<Finding> Find(ClusterState state) =>
        from node in state.Nodes
        let sets = node.Iptables.Records.Where(r => r.HasServices).ToList()
        where sets.Count > 1
        select new Finding
        {
            Id = Id,
            Severity = "warning",
            Node = node.Node,
            Message = MessageFor(node.Node, sets),
            Evidence = [.. sets.Select(s => s.Table("nat")!.Chain("KUBE-SERVICES")!.Origin.ToSourceLine().ToString())],
            Remedy = $"On {node.Node}: find out which flavour kube-proxy writes (its counters grow), and remove the KUBE- chains of the other.",
            Part = PathPart.Services,
        };

    /// <summary>What is to be said of such a node.</summary>
    public static string MessageFor(string node, IReadOnlyList<IptablesRuleset> sets) =>
        $"kube-proxy's chains are in both iptables flavours of {node} ({string.Join(", ", sets.Select(s => $"{(s.Flavor.Length > 0 ? s.Flavor : s.Fact)}: {s.Table("nat")!.Chains.Count(c => c.Name.StartsWith("KUBE-S", StringComparison.Ordinal))} of services and endpoints"))}): a packet passes both, and one of them may be a leftover";
}
