using System.Globalization;

namespace GravityNet.Netfilter;

/// <summary>
/// The modes that kube-proxy works in on a node (<c>--proxy-mode</c>): iptables, nftables or ipvs, told from what it wrote there. More than one where what another mode
/// wrote was left behind.
/// </summary>
public static class ServiceModes
{
    /// <summary>kube-proxy's tables of nf_tables that have a service.</summary>
    public static IReadOnlyList<NftTable> NftTables(NodeState node) =>
        [.. node.KubeProxyTables.Records.Where(t => t.Set("service-ips") is not null)];

    /// <summary>The rule sets of iptables in which kube-proxy's iptables mode has its chains. Its IPVS mode has some of the same names, and none for a service.</summary>
    public static IReadOnlyList<IptablesRuleset> Iptables(NodeState node) =>
        [.. node.Iptables.Records.Where(r => r.HasServices && (!UsesSets(r) || r.Table("nat")!.Chains.Any(c => KubeChainNames.IsBalancer(c.Name))))];

    /// <summary>
    /// Whether kube-proxy works in IPVS mode, or left something of it behind: its device <c>kube-ipvs0</c>, rules that match its sets, or virtual servers on that device's addresses.
    /// </summary>
    public static bool HasIpvs(NodeState node) => node.Link(IpvsServiceResolver.Device) is not null || node.Iptables.Records.Any(UsesSets);

    /// <summary>What each mode has on a node, for the modes that have something: <c>iptables: 14 chains of services</c>.</summary>
    public static IReadOnlyList<string> Of(NodeState node)
    {
        var modes = new List<string>();
        if (Iptables(node) is { Count: > 0 } sets) modes.Add(Told("iptables", sets.Max(s => s.Table("nat")!.Chains.Count(c => KubeChainNames.IsBalancer(c.Name)))));
        if (NftTables(node) is { Count: > 0 } tables) modes.Add(Told("nftables", tables.Max(t => t.Chains.Count(c => NftServiceNames.TryRead(c.Name, out var kind, out _) && kind is "service" or "local"))));
        if (HasIpvs(node)) modes.Add(string.Create(CultureInfo.InvariantCulture, $"ipvs: {node.Ipvs.Records.Count} virtual servers"));
        return modes;
    }

    /// <summary>
    /// The rows of the services in kube-proxy's nftables mode; none where it works in another.
    /// </summary>
    /// <param name="node">The node's state.</param>
    /// <param name="objects">What the API says; null where it was not asked.</param>
    /// <param name="wanted">Whether a namespace and service name is asked for; null for all.</param>
    public static IReadOnlyList<ServiceNatChain> ResolveNft(NodeState node, KubeObjects? objects, Func<string, string, bool>? wanted = null)
    {
        string[]? addresses = node.Links.IsKnown ? [.. node.Links.Records.SelectMany(l => l.Addresses).Select(a => a.Address)] : null;
        return [.. NftTables(node).SelectMany(t => new NftServiceResolver(node.Node, t, objects, addresses).Resolve(wanted ?? ((_, _) => true)))];
    }

    /// <summary>The rows of the services in kube-proxy's IPVS mode; none where it works in another.</summary>
    /// <param name="node">The node's state.</param>
    /// <param name="objects">What the API says; null where it was not asked.</param>
    /// <param name="wanted">Whether a namespace and service name is asked for; null for all.</param>
    public static IReadOnlyList<ServiceNatChain> ResolveIpvs(NodeState node, KubeObjects? objects, Func<string, string, bool>? wanted = null)
    {
        if (!HasIpvs(node)) return [];
        var four = new IpvsServiceResolver(node, objects, false).Resolve(wanted ?? ((_, _) => true));
        return node.Ipvs.Records.Any(s => s.IsIPv6) ? [.. four, .. new IpvsServiceResolver(node, objects, true).Resolve(wanted ?? ((_, _) => true))] : four;
    }

    /// <summary>Whether a node's services are in another mode than iptables, and there in that mode alone.</summary>
    public static bool IsOther(NodeState node) => (NftTables(node).Count > 0 || HasIpvs(node)) && Iptables(node).Count == 0;

    private static bool UsesSets(IptablesRuleset rules) =>
        rules.Table("nat")?.RulesOf("KUBE-SERVICES").Any(r => r.MatchValue("set", "--match-set")?.StartsWith("KUBE-", StringComparison.Ordinal) == true) == true;

    private static string Told(string mode, int count) => string.Create(CultureInfo.InvariantCulture, $"{mode}: {count} chains of services");
}
