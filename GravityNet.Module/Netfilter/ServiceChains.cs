using System.Globalization;

namespace GravityNet.Netfilter;

/// <summary>
/// Resolves what kube-proxy (iptables mode, 1.12 to 1.3x) wrote for services on one node: KUBE-SERVICES or KUBE-NODEPORTS, then KUBE-EXT, -XLB or -FW
/// where they stand, then KUBE-SVC or -SVL, then KUBE-SEP.
/// </summary>
public static class ServiceChains
{
    /// <summary>
    /// The chains of every wanted service port. Services come from the API; where it is not known, and for rules that no service of the API explains,
    /// they come from the rules' comments.
    /// </summary>
    /// <param name="node">The node's name, as the API knows it.</param>
    /// <param name="rules">The node's rules of one IP family.</param>
    /// <param name="objects">What the API says; null where it was not asked.</param>
    /// <param name="wanted">Whether a namespace and service name is asked for; null for all.</param>
    /// <param name="unread">Why other rules of the node are not known; empty where all are.</param>
    /// <param name="state">What else the node says: its addresses, links, routes and sets. What depends on these is unknown without it.</param>
    public static IReadOnlyList<ServiceNatChain> Resolve(
        string node, IptablesRuleset rules, KubeObjects? objects, Func<string, string, bool>? wanted = null, string unread = "", NodeState? state = null) =>
        Resolve(node, rules, objects, null, wanted, unread, state);

    /// <summary>The same for the packets of one sender; null for those of the usual ones.</summary>
    internal static IReadOnlyList<ServiceNatChain> Resolve(
        string node, IptablesRuleset rules, KubeObjects? objects, ServiceSender? from, Func<string, string, bool>? wanted = null, string unread = "", NodeState? state = null) =>
        new ServiceChainResolver(node, rules, objects, unread, state, from).Resolve(wanted ?? ((_, _) => true));

    /// <summary>
    /// The rule sets of a node that kube-proxy's chains are in: one, or both flavours' where one is a leftover. Where none has them, that of the node's default tool.
    /// </summary>
    public static IReadOnlyList<IptablesRuleset> Serving(NodeState node) =>
        node.Iptables.Records.Where(r => r.HasServices).ToList() is { Count: > 0 } serving ? serving : [.. node.Iptables.Records.Take(1)];

    /// <summary>
    /// The node's IPv6 rules: null where no service of the cluster has an IPv6 address. Empty ones, which nothing can be told from, where they were not read.
    /// </summary>
    public static IptablesRuleset? ServingIPv6(NodeState node, KubeObjects? objects) => objects?.Services?.Any(s => s.ClusterIPs.Any(Addresses.IsIPv6)) switch
    {
        true => node.Ip6tables.Records is [var rules, ..] ? rules : new(node.Node, "ip6tables"),
        false => null,
        null => node.Ip6tables.Records.FirstOrDefault(r => r.HasServices),
    };

    /// <summary>The seconds of client affinity that a chain's rules say; null where they say none.</summary>
    internal static int? AffinitySeconds(IEnumerable<IptablesRule> rules)
    {
        foreach (var rule in rules)
        {
            if (IsAffinity(rule) && int.TryParse(rule.MatchValue("recent", "--seconds"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return seconds;
        }

        return null;
    }

    /// <summary>Whether a rule sends a client back to the endpoint that it had: it takes no share of new clients.</summary>
    internal static bool IsAffinity(IptablesRule rule) => rule.Match("recent")?.Has("--rcheck") == true;

    /// <summary>The probability of a balancing rule: null takes all that is left, NaN where another condition makes it untellable.</summary>
    internal static double? Probability(IptablesRule rule)
    {
        if (rule.SourceAddress.Length + rule.DestinationAddress.Length + rule.Protocol.Length + rule.InInterface.Length + rule.OutInterface.Length > 0 || rule.IsFragment is not null) return double.NaN;
        double? probability = null;
        foreach (var match in rule.Matches)
        {
            if (match.Module == "comment") continue;
            if (match.Module != "statistic" || match.Value("--mode") != "random"
                || !double.TryParse(match.Value("--probability"), NumberStyles.Float, CultureInfo.InvariantCulture, out var p))
            {
                return double.NaN;
            }

            probability = p;
        }

        return probability;
    }
}
