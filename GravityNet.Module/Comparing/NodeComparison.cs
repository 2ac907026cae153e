using System.Globalization;
using GravityNet.Facts;
using GravityNet.Parsing;

namespace GravityNet.Comparing;

/// <summary>
/// Compares two states of one node. What changes by itself is left out: counters, ages and timers, indexes of interfaces, learned FDB rows, and neighbor entries that come and go.
/// </summary>
/// <param name="before">The node in the reference.</param>
/// <param name="after">The node in the difference.</param>
/// <param name="unknown">Told what cannot be compared: the kind, and why.</param>
internal sealed class NodeComparison(NodeState before, NodeState after, Action<string, string> unknown)
{
    // kube-proxy writes the rules of these in any order: each packet fits one of them at most
    private static readonly HashSet<string> UnorderedChains = new(StringComparer.Ordinal) { "KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-NODEPORTS", "KUBE-FIREWALL-SERVICES" };

    private static readonly string[] ByThemselves = ["net.netfilter.nf_conntrack_count"];

    /// <summary>What it needs of each node.</summary>
    public static FactRequest Request { get; } = new(
        "ip-addr", "ip-link", "ip-route", "ip-rule", "ip6-rule", "ip-neighbor", "bridge-fdb", "ip-netconf", "sysctl", "iptables", "iptables-legacy", "iptables-nft", "ip6tables");

    /// <summary>All differences.</summary>
    public IEnumerable<ClusterDifference> Compare()
    {
        var links = Both("Link", s => s.Links);
        var others = OnOneSide(links);
        var result = new List<ClusterDifference>();
        if (links is ({ } was, { } now))
        {
            result.AddRange(Items("Link", (was, now), l => new(l.Interface, Text(l), l.Source)));
            // without -d there are no settings; those of an interface that is on one side alone go with it
            if (was.Any(l => l.Device is not null) && now.Any(l => l.Device is not null))
                result.AddRange(Items("Link", (was.FindAll(l => !others.Contains(l.Interface)), now.FindAll(l => !others.Contains(l.Interface))), l => new(l.Interface, Settings(l), l.KindSource ?? l.Source)));
            // 'ip link' prints no addresses
            if (was.All(l => l.Source.Fact == "ip-addr") && now.All(l => l.Source.Fact == "ip-addr"))
                result.AddRange(ItemComparison.Compare("Address", before.Node, Addresses(was, others), Addresses(now, others)));
            else
                unknown("Address", $"{(was.All(l => l.Source.Fact == "ip-addr") ? "the difference" : "the reference")}: {before.Node}: 'ip-addr' is missing or damaged, and 'ip-link' has no addresses");
        }

        // what belongs to an interface that came or went is told by that one; so are the routes that the kernel makes of an address
        var moved = result.Select(d => d.Object.Split(' ')[0]).ToHashSet(StringComparer.Ordinal);
        result.AddRange(Items("Route", Both("Route", s => s.Routes, r => !(r.Protocol == "kernel" && moved.Contains(r.Interface)) && !IsOfIPv6Itself(r)), r => new(RouteKey(r), r.ToString(), r.Source)));
        result.AddRange(Items("PolicyRule", Both("PolicyRule", s => s.Rules), r => new(r.Priority.ToString(CultureInfo.InvariantCulture), r.ToString(), r.Source)));
        result.AddRange(Neighbors());
        result.AddRange(Items("FdbEntry", Both("FdbEntry", s => s.Fdb, f => !f.IsLearned && !IsMulticast(f.Mac) && !others.Contains(f.Interface)), f => new($"{f.Mac} dev {f.Interface}", (f with { UsedSeconds = null, UpdatedSeconds = null }).ToString(), f.Source)));
        result.AddRange(Settings(others));
        result.AddRange(Rules());
        return result;
    }

    // interfaces that are not on both sides
    private static HashSet<string> OnOneSide((List<Link>? Was, List<Link>? Now) links)
    {
        var (was, now) = (links.Was ?? [], links.Now ?? []);
        var names = was.Select(l => l.Interface).ToHashSet(StringComparer.Ordinal);
        names.SymmetricExceptWith(now.Select(l => l.Interface));
        return names;
    }

    private static IEnumerable<ComparedItem> Addresses(IEnumerable<Link> links, HashSet<string> others) =>
        from link in links
        where !others.Contains(link.Interface)
        from address in link.Addresses
        select new ComparedItem($"{link.Interface} {address}", string.Join(' ', new[] { address.Family, address.ToString(), $"dev {link.Interface}", address.Scope.Length > 0 ? $"scope {address.Scope}" : "", string.Join(' ', address.Flags) }.Where(w => w.Length > 0)), address.Source);

    // the index is that of one life of an interface, and so is its peer's
    private static string Text(Link link) =>
        (link with { Index = 0, PeerIndex = null, Peer = link.PeerIndex is null ? link.Peer : "" }).ToString()["0: ".Length..].Replace("\n    ", " ", StringComparison.Ordinal);

    private static string Settings(Link link) => $"{link.Interface}: {(link.Device is null ? "" : Settings(link.Device))} {(link.Slave is null ? "" : Settings(link.Slave))}".TrimEnd();

    // a part's settings; what a timer shows is another the next moment, and numbers of ports are given anew
    private static string Settings(LinkPart part)
    {
        var words = part.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var kept = new List<string>();
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i].EndsWith("_timer", StringComparison.Ordinal) || words[i] is "gc_interval" or "topology_change" or "topology_change_detected") i++;
            else kept.Add(words[i]);
        }

        return string.Join(' ', kept);
    }

    private static string RouteKey(Route route) =>
        string.Join(' ', new[] { route.Type is "unicast" ? "" : route.Type, route.Destination, route.Table is "main" ? "" : $"table {route.Table}", route.Metric is { } metric ? $"metric {metric}" : "" }.Where(w => w.Length > 0));

    // the kernel makes these of every interface that is up, and of every address
    private static bool IsOfIPv6Itself(Route route) => route.Protocol == "kernel" && (route.Destination.StartsWith("fe80:", StringComparison.Ordinal) || route.Destination.StartsWith("ff00:", StringComparison.Ordinal));

    // the lowest bit of the first octet: groups that an interface listens to (IEEE 802)
    private static bool IsMulticast(string mac) => mac.Length > 1 && "13579bdfBDF".Contains(mac[1], StringComparison.Ordinal);

    private IEnumerable<ClusterDifference> Neighbors()
    {
        if (Both("Neighbor", s => s.Neighbors) is not ({ } was, { } now)) return [];
        // an entry that the kernel learned comes and goes; its MAC is another only where somebody else has the address
        var then = now.ToLookup(Key);
        var old = was.ToLookup(Key);
        return ItemComparison.Compare("Neighbor", before.Node, was.Where(n => Counts(n, then)).Select(Item), now.Where(n => Counts(n, old)).Select(Item));

        static string Key(Neighbor n) => $"{n.Address} dev {n.Interface}";
        static bool Counts(Neighbor n, ILookup<string, Neighbor> others) => IsFixed(n) || others[Key(n)].Any(o => IsFixed(o) || (n.IsUsable && o.IsUsable && o.Mac != n.Mac));
        static bool IsFixed(Neighbor n) => n.State is "PERMANENT" or "NOARP" || n.Proxy;
        static ComparedItem Item(Neighbor n) => new(Key(n), string.Join(' ', new[] { n.Address, $"dev {n.Interface}", n.Mac.Length > 0 ? $"lladdr {n.Mac}" : "", n.Proxy ? "proxy" : "", IsFixed(n) ? n.State : "" }.Where(w => w.Length > 0)), n.Source);
    }

    // forwarding and rp_filter are among the sysctls too: they are told once
    private IEnumerable<ClusterDifference> Settings(HashSet<string> others)
    {
        // an interface's MTU is told with its link
        var sysctls = Both("Sysctl", s => s.Sysctls, s => !ByThemselves.Contains(s.Key) && !s.Key.EndsWith(".mtu", StringComparison.Ordinal) && !others.Contains(InterfaceOf(s.Key)));
        return sysctls is ({ }, { })
            ? Items("Sysctl", sysctls, s => new(s.Key, $"{s.Key} = {s.Value}", s.Source))
            : Items("Forwarding", Both("Forwarding", s => s.Forwarding, f => !others.Contains(f.Interface)), f => new($"{f.Family} {f.Interface}", f.ToString(), f.Source));
    }

    // net.ipv4.conf.INTERFACE.forwarding, where a dot of the name is a slash
    private static string InterfaceOf(string key)
    {
        var parts = key.Split('.');
        return parts.Length > 4 && parts[2] is "conf" or "neigh" ? parts[3].Replace('/', '.') : "";
    }

    private IEnumerable<ClusterDifference> Rules()
    {
        if (Both("Rule", s => s.Iptables) is ({ } was, { } now))
        {
            foreach (var difference in Rules(was, now)) yield return difference;
        }

        if (Ruleset6(before) is { } was6 && Ruleset6(after) is { } now6)
        {
            foreach (var difference in Rules([was6], [now6])) yield return difference;
        }
    }

    private static IptablesRuleset? Ruleset6(NodeState node) => node.Facts.Get("ip6tables") is { Answered: true } fact ? IptablesSave.Parse(node.Node, fact.Fact, fact.Text) : null;

    private IEnumerable<ClusterDifference> Rules(IReadOnlyList<IptablesRuleset> was, IReadOnlyList<IptablesRuleset> now)
    {
        // a flavour that is on one side alone is compared with nothing
        var tables = was.Concat(now).SelectMany(s => s.Tables.Select(t => (Set: Name(s), t.Name))).Distinct().ToList();
        foreach (var (set, table) in tables)
        {
            var (old, young) = (Table(was, set, table), Table(now, set, table));
            // of a text that was cut nobody knows what it had
            if (was.Any(IsCut) || now.Any(IsCut))
            {
                var (side, fact) = was.FirstOrDefault(IsCut) is { } first ? ("the reference", first.Fact) : ("the difference", now.First(IsCut).Fact);
                unknown("Rule", $"{side}: {before.Node}: '{fact}' is cut short: a table of it has no COMMIT");
                yield break;
            }

            var label = set.Length > 0 ? $"{set} {table}" : table;
            foreach (var difference in ItemComparison.Compare("Chain", before.Node, Chains(old, young, label), Chains(young, old, label))) yield return difference;

            // the rules of a chain that is on one side alone are told with it
            foreach (var chain in (old?.Chains ?? []).Select(c => c.Name).Where(c => young?.Chain(c) is not null))
            {
                var (rules, others) = (Lines(old, chain, label), Lines(young, chain, label));
                var differences = UnorderedChains.Contains(chain) ? Unordered(rules, others) : ItemComparison.CompareInOrder("Rule", before.Node, rules, others);
                foreach (var difference in differences) yield return difference;
            }
        }

        // each by itself, under the chain's name
        IEnumerable<ClusterDifference> Unordered(List<ComparedItem> rules, List<ComparedItem> others)
        {
            var (left, right) = (rules.Select(r => r.Text).ToHashSet(StringComparer.Ordinal), others.Select(r => r.Text).ToHashSet(StringComparer.Ordinal));
            return ItemComparison.CompareInOrder("Rule", before.Node, rules.FindAll(r => !right.Contains(r.Text)), others.FindAll(r => !left.Contains(r.Text)));
        }

        static bool IsCut(IptablesRuleset set) => set.Tables.Any(t => !t.IsComplete);
        static string Name(IptablesRuleset set) => set.IsIPv6 ? "ip6" : set.Fact is "iptables" ? "" : set.Flavor;
        static IptablesTable? Table(IReadOnlyList<IptablesRuleset> sets, string name, string table) => sets.FirstOrDefault(s => Name(s) == name)?.Table(table);
        static IEnumerable<ComparedItem> Chains(IptablesTable? table, IptablesTable? other, string label) => (table?.Chains ?? []).Select(c => new ComparedItem(
            $"{label} {c.Name}", string.Join('\n', Lines(other?.Chain(c.Name) is null ? table : null, c.Name, label).Select(r => r.Text).Prepend($":{c.Name} {c.Policy}")), c.Origin.ToSourceLine()));
        static List<ComparedItem> Lines(IptablesTable? table, string chain, string label) =>
            [.. (table?.RulesOf(chain) ?? []).Select(r => new ComparedItem($"{label} {chain}", (r with { Packets = null, Bytes = null }).ToString().Trim(), r.Source))];
    }

    private IEnumerable<ClusterDifference> Items<T>(string kind, (List<T>? Was, List<T>? Now) both, Func<T, ComparedItem> item) =>
        both is ({ } was, { } now) ? ItemComparison.Compare(kind, before.Node, was.Select(item), now.Select(item)) : [];

    // the records of both sides; none where one of them is not known
    private (List<T>? Was, List<T>? Now) Both<T>(string kind, Func<NodeState, Known<T>> records, Func<T, bool>? counts = null)
    {
        var (was, now) = (records(before), records(after));
        if (!was.IsKnown || !now.IsKnown)
        {
            unknown(kind, was.IsKnown ? $"the difference: {now.Reason}" : $"the reference: {was.Reason}");
            return (null, null);
        }

        return ([.. was.Records.Where(counts ?? (_ => true))], [.. now.Records.Where(counts ?? (_ => true))]);
    }
}
