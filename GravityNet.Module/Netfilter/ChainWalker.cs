namespace GravityNet.Netfilter;

/// <summary>
/// Follows one packet through one table: rules in their order, calls, RETURN, goto and policies (ip_tables.c, ipt_do_table; nft runs its copy of the rules the same way).
/// Where nobody knows whether a rule matches, both ways are followed.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="context">What is known beside the packet.</param>
/// <param name="isLinear">Whether every rule of a long chain is asked, which gives the same ways in more time.</param>
internal sealed class ChainWalker(NetfilterTable table, NetfilterContext context, bool isLinear = false)
{
    // No rule set of the field comes near. A text may: it is bounded so that a walk ends in time and on a small stack.
    private const int MostForks = 2000;
    private const int MostDepth = 400;

    private readonly Dictionary<(NetfilterChain Chain, int From, NetfilterPacket Packet), WalkNode> _known = [];
    private readonly HashSet<NetfilterChain> _called = [];
    private NetfilterHook? _hook;
    private int _forks;
    private int _depth;

    // A rule that does not decide alone: what comes behind it is put in its place when that is known.
    private readonly record struct Pending(int At, NetfilterRule Rule, NetfilterPacket Packet, NetfilterPacket Next, Ternary Answer, WalkNode Matched, bool Continues, IReadOnlyDictionary<NetfilterPacket, WalkNode>? Others);

    /// <summary>All ways of a packet through a chain; a built-in one ends with its policy.</summary>
    public WalkNode Walk(NetfilterChain chain, NetfilterPacket packet)
    {
        _hook = chain.Hook;
        var way = Follow(chain, 0, packet);
        return _hook is null ? way : way.Replace(NetfilterVerdict.Return, end => Policy(chain, end.Packet));
    }

    private WalkNode.End Policy(NetfilterChain chain, NetfilterPacket packet)
    {
        var name = table.Table.Name;
        if (!table.Table.IsComplete) return Unknown(chain, packet, null, $"the text of table '{name}' is not whole: rules of {chain.Chain.Name} may be missing");
        return chain.Chain.Policy switch
        {
            "ACCEPT" => new(NetfilterVerdict.Accept, packet, name, chain.Chain.Name, null),
            "DROP" => new(NetfilterVerdict.Drop, packet, name, chain.Chain.Name, null),
            _ => Unknown(chain, packet, null, $"the text tells no policy of {chain.Chain.Name}"),
        };
    }

    private WalkNode Follow(NetfilterChain chain, int from, NetfilterPacket packet)
    {
        if (_known.TryGetValue((chain, from, packet), out var known)) return known;
        if (_depth >= MostDepth) return Unknown(chain, packet, null, "the chains call each other too deep");
        // the kernel takes no rules whose chains call each other in a circle
        if (from == 0 && !_called.Add(chain)) return Unknown(chain, packet, null, $"{chain.Chain.Name} is called from itself");
        _depth++;
        var way = FollowRules(chain, from, packet);
        _depth--;
        if (from == 0) _called.Remove(chain);
        return _known[(chain, from, packet)] = way;
    }

    private WalkNode FollowRules(NetfilterChain chain, int from, NetfilterPacket packet)
    {
        var pending = new List<Pending>();
        WalkNode? end = null;
        for (var places = isLinear ? new(from, chain.Count) : chain.Places(packet, from); places.Next();)
        {
            var at = places.Current;
            var rule = chain.Rule(at);
            var answer = rule.Matches(packet, context);
            if (answer == Ternary.No || (rule.Chance is { } never && never == Fraction.Zero)) continue;
            if (rule.Chance is { } share && share != Fraction.One && answer == Ternary.Yes) answer = Ternary.Unknown;
            if (answer == Ternary.Unknown && ++_forks > MostForks)
            {
                end = Unknown(chain, packet, rule.Rule, $"more than {MostForks} rules ask for what is not known");
                break;
            }

            var matched = Act(chain, rule, packet, out var continues);
            if (answer == Ternary.Yes && !continues)
            {
                end = WalkNode.Before([rule.Rule], matched);
                break;
            }

            // packets come back from a called chain, most often one
            var back = continues ? Back(matched) : [];
            if (answer == Ternary.Yes && back.Count == 0)
            {
                end = WalkNode.Before([rule.Rule], matched);
                break;
            }

            var next = answer == Ternary.Yes ? back[0] : packet;
            back.Remove(next);
            var others = back.Count == 0 ? null : back.ToDictionary(p => p, p => Follow(chain, at + 1, p));
            pending.Add(new(at, rule, packet, next, answer, matched, continues, others));
            packet = next;
            // another way may have come here with the same packet
            if (_known.TryGetValue((chain, at + 1, packet), out end)) break;
        }

        var way = end ?? new WalkNode.End(NetfilterVerdict.Return, packet, table.Table.Name, chain.Chain.Name, null);
        for (var i = pending.Count - 1; i >= 0; i--)
        {
            _known.TryAdd((chain, pending[i].At + 1, pending[i].Next), way);
            way = Join(pending[i], way);
        }

        return way;
    }

    private static List<NetfilterPacket> Back(WalkNode called)
    {
        var back = new List<NetfilterPacket>(1);
        foreach (var end in called.Ends())
        {
            if (end.Verdict == NetfilterVerdict.Return && !back.Contains(end.Packet)) back.Add(end.Packet);
        }

        return back;
    }

    private WalkNode Join(Pending pending, WalkNode next)
    {
        var rule = pending.Rule;
        var yes = pending.Continues ? Rejoin(pending.Matched, pending.Others, next) : pending.Matched;
        if (pending.Answer == Ternary.Yes) return WalkNode.Before([rule.Rule], yes);
        if (IsSame(yes, next)) return next;
        var isSure = rule.Matches(pending.Packet, context) == Ternary.Yes;
        if (rule.Chance is { } chance && chance != Fraction.One)
        {
            yes = new WalkNode.Fork(rule.Rule, rule.ChanceWords, chance, yes, next);
            if (isSure) return yes;
        }

        return new WalkNode.Fork(rule.Rule, rule.UnknownWords(pending.Packet, context), null, yes, next);
    }

    private static WalkNode Rejoin(WalkNode matched, IReadOnlyDictionary<NetfilterPacket, WalkNode>? others, WalkNode next) =>
        matched is WalkNode.End { Verdict: NetfilterVerdict.Return } && others is null ? next
        : matched.Replace(NetfilterVerdict.Return, end => others?.GetValueOrDefault(end.Packet) ?? next);

    // What a matching rule does; its ways that end with Return go on behind the rule (continues) or leave the chain.
    private WalkNode Act(NetfilterChain chain, NetfilterRule rule, NetfilterPacket packet, out bool continues)
    {
        var (name, own) = (chain.Chain.Name, table.Table.Name);
        continues = !rule.Rule.IsGoto;
        if (table.Chain(rule.Rule.Target) is { } called) return Follow(called, 0, packet);
        switch (Targets.Apply(rule.Rule, rule.Options, packet, context, _hook))
        {
            case TargetAction.GoOn(var after):
                continues = true;
                return new WalkNode.End(NetfilterVerdict.Return, after, own, name, rule.Rule);
            case TargetAction.End end:
                continues = false;
                return new WalkNode.End(end.Verdict, end.Packet, own, name, rule.Rule, end.Reason);
            case TargetAction.Return:
                continues = false;
                return new WalkNode.End(NetfilterVerdict.Return, packet, own, name, rule.Rule);
            case var unknown:
                continues = true;
                var words = $"-j {rule.Rule.Target}";
                return new WalkNode.Fork(rule.Rule, words, null, Unknown(chain, packet, rule.Rule, ((TargetAction.Unknown)unknown).Reason), new WalkNode.End(NetfilterVerdict.Return, packet, own, name, rule.Rule));
        }
    }

    // Two ways that lead to the same: what the rules on one of them did changed nothing.
    private static bool IsSame(WalkNode yes, WalkNode no)
    {
        if (yes is WalkNode.Steps steps)
        {
            if (no is WalkNode.Steps behind && steps.Next == behind.Next && steps.Rules.TakeLast(behind.Rules.Count).SequenceEqual(behind.Rules, ReferenceEqualityComparer.Instance)) return true;
            yes = steps.Next;
        }

        return yes == no || (yes is WalkNode.End { Verdict: NetfilterVerdict.Return } end && no is WalkNode.End { Verdict: NetfilterVerdict.Return } other && end.Packet == other.Packet);
    }

    private WalkNode.End Unknown(NetfilterChain chain, NetfilterPacket packet, IptablesRule? rule, string reason) =>
        new(NetfilterVerdict.Unknown, packet, table.Table.Name, chain.Chain.Name, rule, reason);
}
