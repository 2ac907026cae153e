using System.Collections.Concurrent;

namespace GravityNet.Netfilter;

/// <summary>
/// Finds what is wrong with the chains that kube-proxy left on a node, from their names, their jumps and their comments. It looks at all rules of nat once, as text.
/// </summary>
internal sealed class ServiceChainAudit
{
    // as many are compared with each other faster than looked up
    private const int Few = 24;

    private static readonly string[] Protocols = ["tcp", "udp", "sctp"];

    private readonly IptablesTable _table;
    private readonly ServiceChainNames _names;
    private readonly KubeObjects? _objects;
    private readonly Part[] _parts;
    private readonly ServiceChainNames.Owner?[] _owners;
    // the first rule that jumps to a chain
    private readonly int[] _jump;
    private readonly List<Finding> _findings = [];
    private readonly Lazy<Dictionary<(string Address, int Port, string Protocol), string>> _places;

    private ServiceChainAudit(IptablesTable table, KubeObjects? objects)
    {
        (_table, _objects, _names) = (table, objects, new(objects));
        var count = table.Chains.Count;
        (_parts, _owners, _jump) = (new Part[count], _names.OwnersOf(table), new int[count]);
        Array.Fill(_jump, -1);
        _places = new(Places);
        for (var i = 0; i < count; i++)
        {
            _parts[i] = PartOf(table.Chains[i].Name);
            if (_parts[i] is Part.Port or Part.Endpoint && !IsKnown(_parts[i])) _owners[i] = Said(i, out _);
        }
    }

    private enum Part
    {
        Other,

        // KUBE-SERVICES and KUBE-NODEPORTS: where a service's traffic is recognised
        Place,

        // KUBE-SVC, -SVL, -EXT, -XLB, -FW
        Port,

        // KUBE-SEP
        Endpoint,
    }

    // one problem, and where it is: the chain, the rule in it, and the chain that the rule leads to, which tells whose a rule is that stands among all services'
    private sealed record Finding(ServiceChainProblem Problem, int Chain, int Rule, string Target);

    /// <summary>
    /// Adds the problems to the service ports that they are of, and a row of status <c>ghost</c> for each service port that nobody knows.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="rules">Its rules.</param>
    /// <param name="objects">What the API says; null where it was not asked.</param>
    /// <param name="rows">The service ports of these rules.</param>
    /// <param name="wanted">Whether a namespace and service name is asked for; null for all.</param>
    public static IReadOnlyList<ServiceNatChain> Apply(
        string node, IptablesRuleset rules, KubeObjects? objects, IReadOnlyList<ServiceNatChain> rows, Func<string, string, bool>? wanted = null)
    {
        if ((rules.Table("nat") ?? rules.Table("")) is not { } table) return rows;
        var audit = new ServiceChainAudit(table, objects);
        audit.Check();
        return audit.Tell(node, rules, rows, wanted ?? ((_, _) => true));
    }

    private static Part PartOf(string chain) =>
        !chain.StartsWith("KUBE-", StringComparison.Ordinal) ? Part.Other
        : KubeChainNames.IsEndpoint(chain) ? Part.Endpoint
        : KubeChainNames.IsServiceChain(chain) ? Part.Port
        : chain is "KUBE-SERVICES" or "KUBE-NODEPORTS" ? Part.Place
        : Part.Other;

    private bool IsKnown(Part part) => part == Part.Endpoint ? _names.KnowsEndpoints : _names.KnowsPorts;

    private void Check()
    {
        if (_parts.Length == 0) return;
        Parallel.ForEach(Partitioner.Create(0, _parts.Length), range =>
        {
            var lines = new List<Line>();
            var (known, at) = ("", -1);
            for (var i = range.Item1; i < range.Item2; i++)
            {
                var chain = _table.Chains[i];
                var isOurs = chain.Name.StartsWith("KUBE-", StringComparison.Ordinal);
                lines.Clear();
                for (var place = 0; place < chain.RuleCount; place++)
                {
                    var rule = chain.RuleNumber(place);
                    var text = ServiceChainText.WithoutCounters(_table.TextOf(rule));
                    var target = ServiceChainText.TargetOf(text.Span);
                    // most endpoints' chains jump to the same one
                    if (!target.IsEmpty && !target.SequenceEqual(known)) (known, at) = _table.IndexOf(target) is >= 0 and var found ? (Name(found), found) : ("", -1);
                    var to = target.IsEmpty || known.Length == 0 ? -1 : at;
                    if (to >= 0) Jump(to, rule);
                    else if (!target.IsEmpty) NoChain(i, rule, target);
                    if (isOurs || !target.IsEmpty) lines.Add(new(rule, text, to));
                    if (_parts[i] != Part.Other) Comment(i, rule, to, ServiceChainText.CommentOf(text.Span));
                }

                Doubles(i, lines);
            }
        });

        for (var i = 0; i < _parts.Length; i++)
        {
            if (_parts[i] is not (Part.Port or Part.Endpoint)) continue;
            if (IsKnown(_parts[i]) && _owners[i] is null) Ghost(i);
            else if (_jump[i] < 0 && _table.IsComplete && !MayBeUnused(i)) Add(ServiceChainProblemKind.ChainWithoutJump, i, -1, $"no rule jumps to {Name(i)}: what is in it never acts");
        }

        _findings.Sort((a, b) => (a.Chain, a.Rule).CompareTo((b.Chain, b.Rule)));
    }

    // the first of the rules that jump there, whoever comes to them first
    private void Jump(int to, int rule)
    {
        int before;
        while ((before = Volatile.Read(ref _jump[to])) < 0 || before > rule)
        {
            if (Interlocked.CompareExchange(ref _jump[to], rule, before) == before) return;
        }
    }

    // From 1.22 to 1.23 kube-proxy wrote the chain for all endpoints also where the cluster address leads to those of the node alone.
    private bool MayBeUnused(int chain) => _owners[chain]?.Port.IsLocal == true && Name(chain).StartsWith("KUBE-SVC-", StringComparison.Ordinal);

    // Tables are printed with all chains first: what is not declared then is not there, however early the text ends. An excerpt shows some lines only.
    private void NoChain(int chain, int rule, ReadOnlySpan<char> target)
    {
        if (_table.Name.Length == 0) return;
        var name = target.ToString();
        Add(ServiceChainProblemKind.JumpWithoutChain, chain, rule, $"{Name(chain)} jumps to {name}, which is not there", target: name);
    }

    private void Doubles(int chain, List<Line> lines)
    {
        if (lines.Count > Few)
        {
            var (seen, shares) = (new HashSet<Line>(lines.Count), new Dictionary<int, Line>());
            foreach (var line in lines)
            {
                if (IsShare(chain, line) && !shares.TryAdd(line.To, line)) SharedTwice(chain, shares[line.To], line);
                else if (!seen.Add(line) && seen.TryGetValue(line, out var first)) Doubled(chain, first.Rule, line.Rule);
            }

            return;
        }

        for (var i = 1; i < lines.Count; i++)
        {
            var isShare = IsShare(chain, lines[i]);
            for (var j = 0; j < i; j++)
            {
                if (isShare && lines[j].To == lines[i].To && IsShare(chain, lines[j])) SharedTwice(chain, lines[j], lines[i]);
                else if (lines[i].Equals(lines[j])) Doubled(chain, lines[j].Rule, lines[i].Rule);
                else continue;
                break;
            }
        }
    }

    // whether a rule shares new flows out to an endpoint
    private bool IsShare(int chain, in Line line) =>
        line.To >= 0 && _parts[chain] == Part.Port && _parts[line.To] == Part.Endpoint && !ServiceChainText.IsAffinity(line.Text.Span);

    // Two rules for one endpoint take from the shares of those behind them.
    private void SharedTwice(int chain, in Line first, in Line line) =>
        Add(ServiceChainProblemKind.DoubledRule, chain, line.Rule, $"{Name(chain)} has two rules to {Name(line.To)}: the endpoints' shares of new flows are shifted", first.Rule);

    private void Doubled(int chain, int first, int rule)
    {
        var target = ServiceChainText.TargetOf(Text(rule)).ToString();
        Add(ServiceChainProblemKind.DoubledRule, chain, rule, $"{Name(chain)} has the same rule{(target.Length > 0 ? $" to {target}" : "")} twice: only the first one matters", first, target);
    }

    private void Comment(int chain, int rule, int to, ReadOnlySpan<char> comment)
    {
        if (comment.IsEmpty) return;
        var owner = _parts[chain] == Part.Place ? (to >= 0 ? _owners[to] : null) : _owners[chain];
        if (owner is null)
        {
            if (_parts[chain] != Part.Place) OnlyComment(chain, rule, comment);
            else if (to < 0 || _parts[to] == Part.Other) PlaceComment(chain, rule, comment);
            return;
        }

        // mostly it is as expected
        if (!comment.StartsWith(owner.Words) || !(comment.Length == owner.Words.Length || comment[owner.Words.Length] == ' '))
        {
            var said = ServiceChainText.ServicePortOf(comment);
            // older and newer spellings differ by a colon
            if (!said.IsEmpty && !said.TrimEnd(':').SequenceEqual(owner.Words.AsSpan().TrimEnd(':')))
            {
                var whose = _parts[chain] == Part.Place ? Name(to) : Name(chain);
                Add(ServiceChainProblemKind.WrongComment, chain, rule, $"a comment says {said}, and {whose} is the chain of {owner.Words}", target: _parts[chain] == Part.Place ? whose : "");
                return;
            }
        }

        if (to < 0 || _parts[chain] != Part.Port || _owners[to] is not { Endpoint.Length: > 0 } endpoint) return;
        var arrow = ServiceChainText.EndpointOf(comment);
        if (!arrow.IsEmpty && !arrow.SequenceEqual(endpoint.Endpoint))
            Add(ServiceChainProblemKind.WrongComment, chain, rule, $"a comment says {arrow}, and {Name(to)} is the chain of {endpoint.Endpoint}");
    }

    // Where the API is not known, the name has to agree with one of the comments. An excerpt may not show what the name is made of.
    private void OnlyComment(int chain, int rule, ReadOnlySpan<char> comment)
    {
        if (IsKnown(_parts[chain]) || (_parts[chain] == Part.Endpoint && Destination(chain).Length == 0)) return;
        var said = ServiceChainText.ServicePortOf(comment);
        if (!said.IsEmpty) Add(ServiceChainProblemKind.WrongComment, chain, rule, $"a comment says {said}, and {Name(chain)} is not its chain");
    }

    // a rule that marks a service's traffic has no chain's name that tells whose it is
    private void PlaceComment(int chain, int rule, ReadOnlySpan<char> comment)
    {
        var said = ServiceChainText.ServicePortOf(comment);
        if (said.IsEmpty || _places.Value.Count == 0) return;
        if (!_places.Value.TryGetValue(PlaceOf(_table.Rule(rule)), out var words) || said.TrimEnd(':').SequenceEqual(words)) return;
        Add(ServiceChainProblemKind.WrongComment, chain, rule, $"a comment says {said}, and the rule is for traffic to {words}");
    }

    private Dictionary<(string, int, string), string> Places()
    {
        var places = new Dictionary<(string, int, string), string>();
        foreach (var service in _objects?.Services ?? [])
        {
            foreach (var port in service.Ports)
            {
                var words = KubeChainNames.ServicePort(service.Namespace, service.Name, port.Name)[0];
                foreach (var address in service.ClusterIPs.Concat(service.ExternalIPs).Concat(service.LoadBalancerIPs)) places.TryAdd((address, port.Port, port.Protocol), words);
                if (port.NodePort is { } number) places.TryAdd(("", number, port.Protocol), words);
            }
        }

        return places;
    }

    private static (string Address, int Port, string Protocol) PlaceOf(IptablesRule rule) =>
        (Addresses.WithoutHostLength(rule.DestinationAddress), int.TryParse(rule.DestinationPort, out var port) ? port : 0, rule.Protocol);

    private void Ghost(int chain)
    {
        var owner = Said(chain, out var said);
        var isEndpoint = _parts[chain] == Part.Endpoint;
        var what = isEndpoint ? "endpoint" : "service port";
        var address = isEndpoint ? Destination(chain) : "";
        var named = owner is not null ? $", of {owner.Words} by its name" : said.Length > 0 ? $", {said} as its comment says" : "";
        var unused = _jump[chain] < 0 && _table.IsComplete ? ", and no rule jumps to it" : "";
        Add(ServiceChainProblemKind.GhostChain, chain, -1, $"{Name(chain)}{(address.Length > 0 ? $" to {address}" : "")} is of no {what} that the API has{named}{unused}");
    }

    // Whose chain it is, as one of its comments says and its name agrees.
    private ServiceChainNames.Owner? Said(int chain, out string said)
    {
        said = "";
        var identity = ServiceChainNames.Identity(Name(chain));
        var endpoint = _parts[chain] == Part.Endpoint ? Destination(chain) : "";
        var of = _table.Chains[chain];
        for (var place = 0; place < of.RuleCount; place++)
        {
            var words = ServiceChainText.ServicePortOf(ServiceChainText.CommentOf(Text(of.RuleNumber(place))));
            if (words.IsEmpty || words.SequenceEqual(said)) continue;
            said = words.ToString();
            foreach (var protocol in Protocols)
            {
                if (identity.SequenceEqual(KubeChainNames.Hash(said + protocol + endpoint))) return new(ServicePortKey.Parse(said, protocol), said, endpoint);
            }
        }

        return null;
    }

    private string Destination(int chain)
    {
        var of = _table.Chains[chain];
        for (var place = 0; place < of.RuleCount; place++)
        {
            var destination = ServiceChainText.DestinationOf(Text(of.RuleNumber(place)));
            if (!destination.IsEmpty) return destination.ToString();
        }

        return "";
    }

    private void Add(ServiceChainProblemKind kind, int chain, int rule, string reason, int first = -1, string target = "")
    {
        // a chain is shown by the rule that jumps to it, and by its own lines
        int[] lines = rule >= 0 ? (first >= 0 ? [first, rule] : [rule]) : [_jump[chain], .. _table.Chains[chain].RuleCount > 0 ? [_table.Chains[chain].RuleNumber(_table.Chains[chain].RuleCount - 1)] : Array.Empty<int>()];
        SourceLine[] sources = [.. lines.Where(l => l >= 0).Select(l => _table.Rule(l).Source)];
        var problem = new ServiceChainProblem
        {
            ProblemKind = kind,
            Chain = Name(chain),
            Reason = reason,
            Sources = sources.Length > 0 ? sources : [_table.Chains[chain].Origin.ToSourceLine()],
        };
        lock (_findings) _findings.Add(new(problem, chain, rule, target));
    }

    // the chain that the first jump to a chain is in
    private int From(int chain) => _table.IndexOf(_table.Rule(_jump[chain]).Chain);

    private string Name(int chain) => _table.Chains[chain].Name;

    private ReadOnlySpan<char> Text(int rule) => ServiceChainText.WithoutCounters(_table.TextOf(rule)).Span;

    private IReadOnlyList<ServiceNatChain> Tell(string node, IptablesRuleset rules, IReadOnlyList<ServiceNatChain> rows, Func<string, string, bool> wanted)
    {
        var notChecked = NotChecked();
        var index = new RowIndex(rows);
        var problems = new List<ServiceChainProblem>?[rows.Count];
        var ghosts = new Dictionary<string, List<Finding>>(StringComparer.Ordinal);
        foreach (var finding in _findings)
        {
            if (_parts[finding.Chain] == Part.Other || finding.Target == "KUBE-NODEPORTS")
            {
                // a hook leads the packets of all services
                for (var i = 0; i < problems.Length; i++) Put(i, finding);
                continue;
            }

            var row = RowOf(finding, index);
            if (row >= 0) Put(row, finding);
            else if (finding.Problem.ProblemKind == ServiceChainProblemKind.GhostChain) Group(finding.Chain, ghosts).Add(finding);
        }

        var told = rows.Select((row, i) => Tell(row with { NotChecked = notChecked }, problems[i]));
        return [.. told, .. ghosts.Values.Select(found => Ghosts(node, rules, found) with { NotChecked = notChecked }).Where(row => wanted(row.Namespace, row.Service))];

        void Put(int row, Finding finding) => (problems[row] ??= []).Add(finding.Problem);
    }

    private string NotChecked()
    {
        var missing = new List<string>();
        if (!_names.KnowsPorts) missing.Add($"whether chains are of no service: {Why("kube-services")}");
        else if (!_names.KnowsEndpoints) missing.Add($"whether chains are of no endpoint: {Why("kube-endpointslices")}");
        if (!_table.IsComplete) missing.Add("whether chains have no jump: the rules are incomplete");
        return string.Join("; ", missing);

        string Why(string fact) => _objects is null ? "the Kubernetes API was not asked" : _objects.Unknown.GetValueOrDefault(fact, "it could not be read");
    }

    private ServiceNatChain Tell(ServiceNatChain row, List<ServiceChainProblem>? problems)
    {
        if (problems is null) return row;
        var isGone = _names.KnowsPorts && problems.Exists(p => p.ProblemKind == ServiceChainProblemKind.GhostChain) && !_names.Has(row.Namespace, row.Service, row.PortName, row.Protocol);
        // the endpoint itself says that it is stale, and the row that it is of no service
        var said = problems.Where(p => p.ProblemKind != ServiceChainProblemKind.GhostChain
            || (!row.Endpoints.Any(e => e.Chain == p.Chain && e.EndpointState == EndpointState.Stale) && !(isGone && row.State == ServiceChainStatus.Stale)));
        return row with
        {
            Problems = problems,
            State = isGone ? ServiceChainStatus.Ghost : row.State is ServiceChainStatus.Ok or ServiceChainStatus.Unknown ? ServiceChainStatus.Flawed : row.State,
            Reason = string.Join("; ", said.Select(p => p.Reason).Prepend(row.Reason).Where(r => r.Length > 0)),
        };
    }

    // Whose it is: as the chain's name says, or what leads to it, or its comment; -1 where nobody of the rows is it.
    private int RowOf(Finding finding, RowIndex index)
    {
        if (_parts[finding.Chain] != Part.Place) return RowOf(finding.Chain, index);
        if (finding.Target.Length > 0 && _table.IndexOf(finding.Target) is >= 0 and var to && _parts[to] == Part.Port && RowOf(to, index) is >= 0 and var row) return row;
        return index.At(PlaceOf(_table.Rule(finding.Rule)));
    }

    private int RowOf(int chain, RowIndex index)
    {
        if (_owners[chain] is { } owner) return index.Of(owner.Port);
        if (_parts[chain] == Part.Port && index.Behind(Name(chain)) is >= 0 and var row) return row;
        if (_jump[chain] >= 0)
        {
            var from = From(chain);
            if (_parts[from] == Part.Place && index.At(PlaceOf(_table.Rule(_jump[chain]))) is >= 0 and var at) return at;
            // an endpoint's chain is its service's; one of a service port's leads to the others of it
            if (_parts[from] == Part.Port && (_parts[chain] == Part.Endpoint || _owners[from] is not null)) return RowOf(from, index);
        }

        return Said(chain, out var words) is { } said ? index.Of(said.Port) : words.Length > 0 ? index.Named(words) : -1;
    }

    // Chains that are of no row: those of one service port together.
    private List<Finding> Group(int chain, Dictionary<string, List<Finding>> groups)
    {
        // a chain of an endpoint goes with the one that leads to it
        if (_parts[chain] == Part.Endpoint && _jump[chain] >= 0 && From(chain) is var from && _parts[from] == Part.Port) return Group(from, groups);
        var key = _parts[chain] == Part.Port ? ServiceChainNames.Identity(Name(chain)).ToString()
            : Said(chain, out var words) is { } said ? KubeChainNames.Hash(said.Words + said.Port.Protocol)
            : words.Length > 0 ? words : Name(chain);
        if (!groups.TryGetValue(key, out var group)) groups[key] = group = [];
        return group;
    }

    private ServiceNatChain Ghosts(string node, IptablesRuleset rules, List<Finding> found)
    {
        found.Sort((a, b) => (_parts[a.Chain], a.Chain).CompareTo((_parts[b.Chain], b.Chain)));
        var port = new ServicePortKey("", "", "", "");
        foreach (var finding in found)
        {
            port = Said(finding.Chain, out var words) is { } said ? said.Port : words.Length > 0 ? ServicePortKey.Parse(words, "") : port;
            if (port.Service.Length > 0) break;
        }

        return new()
        {
            Node = node,
            Flavor = rules.Flavor,
            Namespace = port.Namespace,
            Service = port.Service,
            PortName = port.PortName,
            Protocol = port.Protocol,
            Chain = found.Select(f => Name(f.Chain)).FirstOrDefault(KubeChainNames.IsBalancer) ?? Name(found[0].Chain),
            Rules = [.. found.SelectMany(f => _table.Chains[f.Chain].Rules)],
            Problems = [.. found.Select(f => f.Problem)],
            State = ServiceChainStatus.Ghost,
            Reason = string.Join("; ", found.Select(f => f.Problem.Reason)),
        };
    }

    // a rule by its number; two with the same text are the same
    private readonly record struct Line(int Rule, ReadOnlyMemory<char> Text, int To)
    {
        public bool Equals(Line other) => Text.Length == other.Text.Length && Text.Span.SequenceEqual(other.Text.Span);

        public override int GetHashCode() => string.GetHashCode(Text.Span);
    }

    /// <summary>The service ports by what tells them: their names, their chains, their addresses.</summary>
    private sealed class RowIndex
    {
        private readonly Dictionary<(string, string, string, string), int> _byPort = [];
        private readonly Dictionary<string, int> _byWords = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int> _byChain = new(StringComparer.Ordinal);
        private readonly Dictionary<(string, int, string), int> _byPlace = [];

        public RowIndex(IReadOnlyList<ServiceNatChain> rows)
        {
            for (var i = 0; i < rows.Count; i++)
            {
                var row = rows[i];
                _byPort.TryAdd((row.Namespace, row.Service, row.PortName, row.Protocol), i);
                foreach (var words in row.Service.Length == 0 ? [] : KubeChainNames.ServicePort(row.Namespace, row.Service, row.PortName)) _byWords.TryAdd(words, i);
                if (row.Chain.Length > 0) _byChain.TryAdd(ServiceChainNames.Identity(row.Chain).ToString(), i);
                foreach (var address in row.ExternalAddresses.Prepend(row.Address).Where(a => a.Length > 0)) _byPlace.TryAdd((address, row.Port, row.Protocol), i);
                if (row.NodePort is { } number) _byPlace.TryAdd(("", number, row.Protocol), i);
            }
        }

        public int Of(ServicePortKey port) => _byPort.GetValueOrDefault((port.Namespace, port.Service, port.PortName, port.Protocol), -1);

        public int Named(string words) => _byWords.GetValueOrDefault(words, -1);

        public int Behind(string chain) => _byChain.GetValueOrDefault(ServiceChainNames.Identity(chain).ToString(), -1);

        public int At((string, int, string) place) => _byPlace.GetValueOrDefault(place, -1);
    }
}
