using System.Globalization;
using GravityNet.Facts;

namespace GravityNet.Routing;

/// <summary>
/// Finds the route that a node's kernel would choose for a packet, from the text of <c>ip rule</c> and <c>ip route show table all</c> alone: rules in the order of their
/// priorities, the tables that they name, the longest prefix, and so on (ip-rule(8); fib_rules.c, fib_trie.c and route.c of the kernel). What it cannot know is unknown.
/// </summary>
internal sealed class RouteLookup
{
    private const string Main = "main";
    private const string Local = "local";
    private readonly string _node;
    private readonly Known<PolicyRule> _rules;
    private readonly Known<PolicyRule> _rules6;
    private readonly Known<Route> _routes;
    private readonly Known<Link> _links;
    private readonly bool? _forwardsIPv6;
    private readonly IReadOnlyList<InterfaceForwarding> _forwarding;
    private readonly HashSet<(string Address, string Interface)> _deadGateways;
    private readonly Dictionary<(bool IsIPv6, string Table), RouteTable> _tables = [];
    private readonly RouteTable _mainAndLocal = new(isIPv6: false);
    private readonly bool _hasAllTables;

    private RouteLookup(string node, Known<PolicyRule> rules, Known<PolicyRule> rules6, Known<Route> routes, Known<Link> links, IReadOnlyList<InterfaceForwarding> forwarding, HashSet<(string, string)> deadGateways)
    {
        (_node, _rules, _rules6, _routes, _links, _forwarding, _deadGateways) = (node, rules, rules6, routes, links, forwarding, deadGateways);
        _forwardsIPv6 = Forwards("inet6", "all");
        // a default route says its family by its gateway or preference; else by its place, because IPv6 is printed behind IPv4
        var isBehind = false;
        var merged = new List<(RoutePrefix Prefix, Route Route)>();
        foreach (var route in routes.Records)
        {
            var isDefault = route.Destination == "default";
            if (!isDefault && route.Destination.Contains(':', StringComparison.Ordinal)) isBehind = true;
            if (IsNull(route) || (isDefault ? RoutePrefix.Default(FamilyOf(route) ?? isBehind) : RoutePrefix.Parse(route.Destination)) is not { } prefix) continue;
            _hasAllTables |= route.Table == Local;
            TableOf(prefix.IsIPv6, NameOf(route.Table)).Add(prefix, route);
            if (!prefix.IsIPv6 && NameOf(route.Table) is Main or Local) merged.Add((prefix, route));
        }

        foreach (var (prefix, route) in merged.OrderBy(m => NameOf(m.Route.Table) == Main)) _mainAndLocal.Add(prefix, route);
    }

    /// <summary>Of what it needs, the facts without which it still tells most.</summary>
    public static IReadOnlyCollection<string> Optional { get; } = ["ip-addr", "ip-netconf", "ip-neighbor"];

    /// <summary>What it needs of a node for lookups of these families.</summary>
    public static FactRequest Request(bool hasIPv4, bool hasIPv6) => new([.. hasIPv4 ? ["ip-rule"] : Array.Empty<string>(), .. hasIPv6 ? ["ip6-rule"] : Array.Empty<string>(), "ip-route", .. Optional]);

    /// <summary>Whether a text is an IP address that can be looked up.</summary>
    public static bool IsAddress(string text) => Address(text) is not null;

    /// <summary>The lookup of a node.</summary>
    public static RouteLookup Of(NodeState node) => new(
        node.Node,
        node.Rules,
        node.Rules6,
        node.Routes,
        node.Links,
        node.Forwarding.Records,
        [.. node.Neighbors.Records.Where(n => n.State == "FAILED").Select(n => (n.Address, n.Interface))]);

    /// <summary>The route that the kernel would choose.</summary>
    /// <exception cref="ArgumentException">The destination or the source is no address, or the two are not of one family.</exception>
    public RouteDecision Find(RouteQuery query)
    {
        var to = AddressOf(query.To);
        RoutePrefix? from = query.From.Length > 0 ? AddressOf(query.From) : null;
        if (from is { } source && source.IsIPv6 != to.IsIPv6) throw new ArgumentException($"'{query.From}' and '{query.To}' are not of one family.", nameof(query));
        // an address of no bits is none at all (RFC 1122, RFC 4291)
        if (from is { Address: var bits } && bits == 0) (from, query) = (null, query with { From = "" });
        var decision = new RouteDecision { Node = _node, Address = query.To, SourceAddress = query.From, InputInterface = query.InputInterface, Mark = query.Mark };
        var rules = to.IsIPv6 ? _rules6 : _rules;
        if (!_routes.IsKnown) return decision with { Reason = _routes.Reason };
        if (!rules.IsKnown) return decision with { Reason = rules.Reason };
        if (!_hasAllTables) return decision with { Reason = $"{_node}: the routes are those of one table alone ('ip route show table all' prints all)" };
        if (VrfOf(query) is { Length: > 0 } vrf) return decision with { Reason = vrf };
        if (!to.IsIPv6 && IsSpecial(to)) return decision with { Reason = $"{query.To} is no address that routes decide about alone" };
        if (!to.IsIPv6 && query.InputInterface.Length == 0 && from is { } own)
        {
            var isOwn = TableOf(false, Local).Find(new(query.From), own, null, _ => false).Route is { Type: Local };
            if (!isOwn) return decision with { State = RouteVerdict.Invalid, Reason = $"{query.From} is no address of {_node}: it sends nothing with that source (a packet that arrives has an input interface)" };
        }

        var walk = new Walk(this, query, to, from);
        var found = walk.Run([.. rules.Records.OrderBy(r => r.Priority)]);
        // While nobody has ever added a rule, the kernel keeps local and main in one trie: then the longest prefix of both wins. Whether somebody has cannot be seen.
        if (!to.IsIPv6 && found.Answer is { Unknown.Length: 0 } && IsAsMade(rules.Records))
        {
            var merged = _mainAndLocal.Find(query, to, null, _ => false);
            if (found.Answer.Route is { Type: "local" or "broadcast" } && merged.Route is not null && merged.Route != found.Answer.Route)
            {
                return decision with
                {
                    Steps = walk.Steps,
                    Reason = $"'{found.Answer.Route}' or '{merged.Route}': the longer prefix wins unless a rule was ever added on the node, which cannot be seen",
                    Evidence = [found.Answer.Route.Source.ToString(), merged.Route.Source.ToString()],
                };
            }
        }

        return Decide(decision, query, to, walk, found.Rule, found.Answer);
    }

    private RouteDecision Decide(RouteDecision decision, RouteQuery query, RoutePrefix to, Walk walk, PolicyRule? rule, TableAnswer answer)
    {
        decision = decision with { Steps = walk.Steps, Rule = rule, Route = answer.Route };
        List<SourceLine> proof = [];
        if (rule is not null) proof.Add(rule.Source);
        if (answer.Route is not null) proof.AddRange(answer.Route.Nexthops.Select(n => n.Source).Prepend(answer.Route.Source));
        decision = decision with { Evidence = [.. proof.Select(p => p.ToString())] };
        if (answer.Unknown.Length > 0) return decision with { Reason = answer.Unknown };
        var word = answer.Route?.Type ?? (rule is { Action: not PolicyRule.Lookup } ? rule.Action : "none");
        var state = Enum.TryParse<RouteVerdict>(word, ignoreCase: true, out var verdict) ? verdict : RouteVerdict.Unknown;
        if (!to.IsIPv6 && query.OutputInterface.Length > 0 && answer.Nexthops.Count == 0 && state != RouteVerdict.Unknown)
        {
            // ip_route_output_key: the tables are taken to be wrong
            return decision with
            {
                State = RouteVerdict.Unicast,
                Route = null,
                TypedNexthops = [new RouteNexthop { Interface = query.OutputInterface, Source = new SourceLine(_node, "", 0, "") }],
                Reason = $"{(answer.Route is { } refused ? $"'{refused}' says no" : "no route fits")}, but a socket that is bound to {query.OutputInterface} takes the address to be on that link",
            };
        }

        // routes to groups are unicast routes for IPv4
        if (!to.IsIPv6 && state == RouteVerdict.Unicast && to.Address >> 28 == 0xe) state = RouteVerdict.Multicast;
        return decision with
        {
            State = state,
            // what the node itself takes goes through lo, but for what is for one link only
            TypedNexthops = (state is RouteVerdict.Local or RouteVerdict.Anycast && !RouteTable.IsLinkBound(to)) || (state == RouteVerdict.Broadcast && query.InputInterface.Length > 0)
                ? [.. answer.Nexthops.Take(1).Select(n => n with { Interface = "lo" })] : answer.Nexthops,
            PreferredSource = query.From.Length > 0 || query.InputInterface.Length > 0 || answer.Route is null ? "" : SourceOf(query, to, answer),
            Reason = state == RouteVerdict.Unknown ? $"what becomes of a packet of a route of type '{word}' is not known" : string.Join("; ", new[] { answer.Note, NotForwarded(query, to, state) }.Where(n => n.Length > 0)),
        };
    }

    // the switch is asked after the route, and a route is what is asked for here
    private string NotForwarded(RouteQuery query, RoutePrefix to, RouteVerdict state) =>
        query.InputInterface.Length > 0 && state == RouteVerdict.Unicast && Forwards(to.IsIPv6 ? "inet6" : "inet", to.IsIPv6 ? "all" : query.InputInterface) == false
            ? $"forwarding is off{(to.IsIPv6 ? "" : $" on {query.InputInterface}")}: what arrives there is not routed onwards"
            : "";

    private bool? Forwards(string family, string name) => _forwarding.FirstOrDefault(f => f.Family == family && f.Interface == name && f.Forwarding is not null)?.Forwarding;

    // fib_result_prefsrc and inet_select_addr
    private string SourceOf(RouteQuery query, RoutePrefix to, TableAnswer answer)
    {
        if (answer.Route!.PreferredSource.Length > 0) return answer.Route.PreferredSource;
        if (to.IsIPv6 || !_links.IsKnown || answer.Nexthops is not [var way]) return "";
        if (answer.Route.Type == Local) return query.To;
        var scope = ScopeOf(answer.Route.Scope);
        var link = _links.Records.FirstOrDefault(l => l.Interface == way.Interface);
        var usable = (link?.Inet ?? []).Where(a => !IsSecondary(a) && ScopeOf(a.Scope) <= scope).ToList();
        var gateway = way.Gateway.Length > 0 ? RoutePrefix.Parse(way.Gateway) : null;
        if (gateway is { } via && usable.Find(a => RoutePrefix.Parse($"{a.Address}/{a.PrefixLength.ToString(CultureInfo.InvariantCulture)}") is { } subnet && subnet.Contains(via)) is { } inSubnet) return inSubnet.Address;
        if (usable.Count > 0) return usable[0].Address;
        // an interface without addresses borrows one of another
        return _links.Records.SelectMany(l => l.Inet).FirstOrDefault(a => !IsSecondary(a) && a.Scope != "link" && ScopeOf(a.Scope) <= scope)?.Address ?? "";
    }

    private static bool IsSecondary(InterfaceAddress address) => address.Flags.Contains("secondary");

    private static int ScopeOf(string scope) => scope switch
    {
        "" or "global" => 0,
        "site" => 200,
        "link" => 253,
        "host" => 254,
        "nowhere" => 255,
        _ => int.TryParse(scope, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0,
    };

    private RouteTable TableOf(bool isIPv6, string name)
    {
        if (!_tables.TryGetValue((isIPv6, name), out var table)) _tables[(isIPv6, name)] = table = new(isIPv6);
        return table;
    }

    // rt_tables' names of the kernel's own tables; others are printed alike by ip rule and ip route
    private static string NameOf(string table) => table switch { "255" => Local, "254" => Main, "253" => "default", _ => table };

    private static bool? FamilyOf(Route route)
    {
        foreach (var (family, gateway) in route.Nexthops.Select(n => (n.GatewayFamily, n.Gateway)).Prepend((route.GatewayFamily, route.Gateway)))
        {
            // the family is printed where it is not that of the destination
            if (gateway.Length > 0) return gateway.Contains(':', StringComparison.Ordinal) != (family.Length > 0);
        }

        if (route.Preference.Length > 0) return true;
        return route.Scope is "link" or "host" ? false : null;
    }

    // the kernel's end of a table of IPv6, which older ones print: no route
    private static bool IsNull(Route route) => route is { Type: "unreachable", Destination: "default", Metric: uint.MaxValue or -1 };

    private static RoutePrefix AddressOf(string text) => Address(text) ?? throw new ArgumentException($"'{text}' is no IP address.", nameof(text));

    private static RoutePrefix? Address(string text) => text.Contains('/', StringComparison.Ordinal) ? null : RoutePrefix.Parse(text);

    // 0.0.0.0/8 and 255.255.255.255
    private static bool IsSpecial(RoutePrefix to) => to.Address >> 24 == 0 || to.Address == uint.MaxValue;

    // the rules that the kernel makes, and no other
    private static bool IsAsMade(IReadOnlyList<PolicyRule> rules) =>
        rules.Count == 3 && rules.All(r => r is { Action: PolicyRule.Lookup, IsInverted: false, From: "all", To: "", Mark: null, InputInterface: "", OutputInterface: "", Words.Count: 0, SuppressPrefixLength: null })
        && rules.OrderBy(r => r.Priority).Select(r => (r.Priority, NameOf(r.Table))).SequenceEqual([(0, Local), (32766, Main), (32767, "default")]);

    // packets of a VRF look into its table first
    private string VrfOf(RouteQuery query)
    {
        foreach (var name in new[] { query.InputInterface, query.OutputInterface }.Where(n => n.Length > 0))
        {
            var link = _links.Records.FirstOrDefault(l => l.Interface == name);
            var master = link is { Master.Length: > 0 } ? _links.Records.FirstOrDefault(l => l.Interface == link.Master) : null;
            if (link?.Kind == "vrf" || master?.Kind == "vrf") return $"{name} belongs to a VRF, of which the routes are not followed";
        }

        return "";
    }

    /// <summary>One packet's way through the rules.</summary>
    private sealed class Walk(RouteLookup lookup, RouteQuery query, RoutePrefix to, RoutePrefix? from)
    {
        private readonly List<string> _steps = [];

        public IReadOnlyList<string> Steps => _steps;

        public (PolicyRule? Rule, TableAnswer Answer) Run(List<PolicyRule> rules)
        {
            for (var i = 0; i < rules.Count; i++)
            {
                var rule = rules[i];
                var fits = Matches(rule, out var missing);
                if (fits == false)
                {
                    Step(rule, "is not for it");
                    continue;
                }

                if (rule.Action == "nop" || rule is { Action: "goto", Unresolved: true }) continue;
                if (rule.Action == PolicyRule.Lookup)
                {
                    var answer = Ask(rule);
                    // whether the rule is for it does not matter where its table has nothing
                    if (answer.GoesOn)
                    {
                        Step(rule, answer.Route is { } thrown ? $"'{thrown}' goes on" : "no route");
                        continue;
                    }

                    if (fits is null) return Unknown(rule, missing);
                    if (answer.Unknown.Length == 0 && IsSuppressed(rule, answer) is var suppressed && suppressed != false)
                    {
                        if (suppressed is null) return (rule, TableAnswer.NotKnown($"the group of the interface that is taken, which the rule '{rule}' asks for, is not known"));
                        Step(rule, $"'{answer.Route}' does not count");
                        continue;
                    }

                    Step(rule, answer.Unknown.Length > 0 ? answer.Unknown : answer.Route!.ToString());
                    return (rule, answer);
                }

                if (fits is null) return Unknown(rule, missing);
                if (rule.Action == "goto")
                {
                    // only ever forward: the kernel refuses others
                    var target = rules.FindIndex(i + 1, r => r.Priority == rule.GotoPriority);
                    if (target < 0) continue;
                    Step(rule, string.Create(CultureInfo.InvariantCulture, $"on with {rule.GotoPriority}"));
                    i = target - 1;
                    continue;
                }

                Step(rule, rule.Action);
                // every action that the kernel does not know drops the packet without a word
                return rule.Action is "unreachable" or "prohibit" or "blackhole" ? (rule, TableAnswer.Nothing) : (rule, TableAnswer.NotKnown($"what the rule '{rule}' does is not known"));
            }

            return (null, TableAnswer.Nothing);
        }

        private (PolicyRule? Rule, TableAnswer Answer) Unknown(PolicyRule rule, string missing)
        {
            Step(rule, "not known");
            return (rule, TableAnswer.NotKnown($"the rule '{rule}' asks for {missing}, which is not given"));
        }

        private bool? Matches(PolicyRule rule, out string missing)
        {
            // it is for packets of a VRF alone, and this is none
            if (rule.L3mdev && lookup._links.IsKnown)
            {
                missing = "";
                return rule.IsInverted;
            }

            var fits = RuleMatch.Of(rule, query, to, from, out missing);
            if (!rule.L3mdev || fits == rule.IsInverted) return fits;
            missing = "its VRF";
            return null;
        }

        // only an inverted rule for VRFs is for this packet: it names no table, which is the main one to the kernel
        private TableAnswer Ask(PolicyRule rule) => lookup.TableOf(to.IsIPv6, rule.L3mdev ? Main : NameOf(rule.Table)).Find(
            query,
            to,
            lookup._forwardsIPv6 is { } forwards ? !forwards : null,
            way => lookup._deadGateways.Contains((way.Gateway, way.Interface)));

        // fib4_rule_suppress and fib6_rule_suppress: not for routes that drop
        private bool? IsSuppressed(PolicyRule rule, TableAnswer answer)
        {
            if (answer.Nexthops.Count == 0) return false;
            var length = answer.Route!.Destination == "default" ? 0 : RoutePrefix.Parse(answer.Route.Destination)!.Value.Length;
            if (rule.SuppressPrefixLength is { } shortest && length <= shortest) return true;
            if (rule.SuppressInterfaceGroup.Length == 0) return false;
            // IPv4 looks at the first way of the route, IPv6 at the one that it chose
            var ways = to.IsIPv6 ? answer.Nexthops : answer.Route.Nexthops.Take(1).DefaultIfEmpty(answer.Nexthops[0]);
            var fits = ways.Select(w => GroupOf(w.Interface) is { Length: > 0 } group ? Group(group) == Group(rule.SuppressInterfaceGroup) : (bool?)null).Distinct().ToList();
            return fits is [var all] ? all : null;

            string? GroupOf(string name) => lookup._links.Records.FirstOrDefault(l => l.Interface == name)?.Group;

            static string Group(string name) => name == "default" ? "0" : name;
        }

        private void Step(PolicyRule rule, string said) => _steps.Add($"{rule}: {said}");
    }
}
