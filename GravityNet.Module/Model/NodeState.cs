using GravityNet.Facts;
using GravityNet.Parsing;

namespace GravityNet;

/// <summary>
/// A node's network as its own commands tell it: parsed from its facts when first looked at, immutable.
/// </summary>
public sealed partial class NodeState
{
    private readonly Lazy<Known<Link>> _links;
    private readonly Lazy<Known<LinkStatistics>> _statistics;
    private readonly Lazy<Known<Route>> _routes;
    private readonly Lazy<Known<PolicyRule>> _rules;
    private readonly Lazy<Known<PolicyRule>> _rules6;
    private readonly Lazy<Known<NexthopObject>> _nexthopObjects;
    private readonly Lazy<Known<Neighbor>> _neighbors;
    private readonly Lazy<Known<FdbEntry>> _fdb;
    private readonly Lazy<Known<InterfaceForwarding>> _forwarding;
    private readonly Lazy<Known<Bridge>> _bridges;
    private readonly Lazy<Known<BridgeMac>> _bridgeMacs;
    private readonly Lazy<Known<BridgeLink>> _bridgeLinks;
    private readonly Lazy<Known<BridgeVlan>> _bridgeVlans;
    private readonly Lazy<Known<BridgeStp>> _bridgeStp;
    private readonly Lazy<Known<IptablesRuleset>> _iptables;
    private readonly Lazy<IReadOnlyList<NamespaceState>> _namespaces;
    private readonly List<SourceLine> _unread = [];

    /// <summary>Creates the state of what the node answered.</summary>
    public NodeState(NodeFacts facts)
    {
        Facts = facts;
        _links = new(() => Read("ip-addr", IpLinks.Parse, otherwise: "ip-link"));
        _statistics = new(() => Read("ip-stats", IpStatistics.Parse));
        _routes = new(() => Read("ip-route", IpRoutes.Parse));
        _rules = new(() => Read("ip-rule", IpRules.Parse));
        _rules6 = new(() => Read("ip6-rule", IpRules.Parse));
        _nexthopObjects = new(() => Read("ip-nexthop", IpNexthops.Parse));
        _neighbors = new(() => Read("ip-neighbor", IpNeighbors.Parse));
        _fdb = new(() => Read("bridge-fdb", BridgeFdb.Parse));
        _forwarding = new(() => Read("ip-netconf", IpNetconf.Parse));
        _bridges = new(() => Read("brctl-show", Brctl.ParseShow));
        _bridgeMacs = new(() => Read("brctl-showmacs", Brctl.ParseShowMacs));
        _bridgeLinks = new(() => Read("bridge-link", Parsing.BridgeLinks.Parse));
        _bridgeVlans = new(() => Read("bridge-vlan", Parsing.BridgeVlans.Parse));
        _bridgeStp = new(() => Read("brctl-showstp", BrctlStp.Parse));
        _iptables = new(ReadIptables);
        _namespaces = new(() => [.. facts.Pods.Select(pod => new NamespaceState(this, pod))]);
    }

    /// <summary>The node's name.</summary>
    public string Node => Facts.Node;

    /// <summary>The node's underlay address; empty where unknown.</summary>
    public string Address => Facts.Address;

    /// <summary>What the node answered.</summary>
    public NodeFacts Facts { get; }

    /// <summary>The links with their addresses.</summary>
    public Known<Link> Links => _links.Value;

    /// <summary>The counters of the links.</summary>
    public Known<LinkStatistics> Statistics => _statistics.Value;

    /// <summary>The routes of all tables.</summary>
    public Known<Route> Routes => _routes.Value;

    /// <summary>The rules of the routing policy for IPv4, in the order in which the kernel asks them.</summary>
    public Known<PolicyRule> Rules => _rules.Value;

    /// <summary>The rules of the routing policy for IPv6, which <c>ip rule</c> leaves out.</summary>
    public Known<PolicyRule> Rules6 => _rules6.Value;

    /// <summary>The nexthop objects that routes and FDB rows name.</summary>
    public Known<NexthopObject> NexthopObjects => _nexthopObjects.Value;

    /// <summary>The neighbor entries.</summary>
    public Known<Neighbor> Neighbors => _neighbors.Value;

    /// <summary>The forwarding databases of bridges and VXLAN devices.</summary>
    public Known<FdbEntry> Fdb => _fdb.Value;

    /// <summary>Forwarding and reverse-path filter of each interface.</summary>
    public Known<InterfaceForwarding> Forwarding => _forwarding.Value;

    /// <summary>The bridges and their ports, as brctl tells.</summary>
    public Known<Bridge> Bridges => _bridges.Value;

    /// <summary>The MACs that cni0 knows, as brctl tells.</summary>
    public Known<BridgeMac> BridgeMacs => _bridgeMacs.Value;

    /// <summary>The bridges' ports with their settings.</summary>
    public Known<BridgeLink> BridgeLinks => _bridgeLinks.Value;

    /// <summary>The VLANs of the bridges' ports.</summary>
    public Known<BridgeVlan> BridgeVlans => _bridgeVlans.Value;

    /// <summary>cni0's spanning tree, as brctl tells.</summary>
    public Known<BridgeStp> BridgeStp => _bridgeStp.Value;

    /// <summary>
    /// The IPv4 packet filter's rules, one set for each iptables flavour that has been read, that of the node's default tool first. A packet passes all of them. The
    /// reason says which rules are unknown; those that are known stay so beside it.
    /// </summary>
    public Known<IptablesRuleset> Iptables => _iptables.Value;

    /// <summary>The pods' network namespaces.</summary>
    public IReadOnlyList<NamespaceState> Namespaces => _namespaces.Value;

    /// <summary>Lines that no parser knew, of the facts looked at so far.</summary>
    public IReadOnlyList<SourceLine> Unread => _unread;

    /// <summary>The link of that name, or null.</summary>
    public Link? Link(string name) => Links.Records.FirstOrDefault(l => l.Interface == name);

    private Known<IptablesRuleset> ReadIptables()
    {
        var sets = new List<IptablesRuleset>();
        var unknown = new List<string>();
        foreach (var fact in FactCatalog.IptablesFacts.Select(Facts.Get).OfType<FactResult>())
        {
            if (!fact.Answered)
            {
                unknown.Add($"{Node}: {fact.Reason}");
                continue;
            }

            var set = IptablesSave.Parse(Node, fact.Fact, fact.Text);
            if (sets.Exists(s => s.Flavor == set.Flavor)) continue;
            sets.Add(set);
            lock (_unread) _unread.AddRange(set.Unread);
        }

        // the nft tools see that the other flavour has tables, and say so on standard error
        if (!sets.Exists(s => s.Flavor == IptablesRuleset.Legacy) && Facts.Get("iptables-legacy") is null && TellsOfLegacy(sets))
            unknown.Add($"{Node}: there are rules of the legacy flavour, and no 'iptables-legacy-save' to read them");
        // a node without any rule prints nothing; so does a file that lost what it held
        if (sets.Count > 0 && sets.TrueForAll(s => s.Tables.Count == 0) && Facts.Get(sets[0].Fact) is { ExitCode: null, Text: "" })
            unknown.Add($"{Node}: '{sets[0].Fact}' is empty, and nothing tells that its command ended well");
        if (sets.Count == 0 && unknown.Count == 0) unknown.Add($"{Node}: 'iptables' was not collected");
        return new(sets, string.Join("; ", unknown));
    }

    private bool TellsOfLegacy(List<IptablesRuleset> sets)
    {
        const string Warning = "iptables-legacy tables present";
        return sets.Exists(s => s.Notes.Any(n => n.Text.Contains(Warning, StringComparison.Ordinal)) || Facts.Get(s.Fact)!.Error.Contains(Warning, StringComparison.Ordinal));
    }

    private Known<T> Read<T>(string fact, Func<string, string, string, Parsed<T>> parse, string? otherwise = null)
    {
        var result = Facts.Get(fact);
        // one that was cut gives way to another that tells the same
        if (result is not { Answered: true, Damage: "" } && otherwise is not null && Facts.Get(otherwise) is { Answered: true, Damage: "" } second) result = second;
        if (result is null) return new([], $"{Node}: '{fact}' was not collected");
        if (!result.Answered) return new([], $"{Node}: {result.Reason}");
        var parsed = parse(Node, result.Fact, result.WholeText);
        lock (_unread) _unread.AddRange(parsed.Unread);
        // what was read of it stands, and what is not in it is not known to be missing
        return new(parsed.Records, result.Damage.Length > 0 ? $"{Node}: {result.Damage}" : "");
    }
}
