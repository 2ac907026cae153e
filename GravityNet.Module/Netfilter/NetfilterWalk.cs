namespace GravityNet.Netfilter;

/// <summary>
/// All ways that a packet may take through rules. What is not known is answered both ways, so that the truth lies between the surest and the most that is possible: the
/// lower and the upper closure of Diekmann's Iptables_Semantics.
/// </summary>
internal sealed class NetfilterWalk
{
    private const int MostBranches = 4000;

    private readonly Lazy<IReadOnlyList<WalkBranch>> _branches;
    private readonly Lazy<IReadOnlyList<WalkNode.End>> _ends;

    private NetfilterWalk(WalkNode root)
    {
        Root = root;
        _branches = new(Branch);
        _ends = new(() => [.. root.Ends()]);
    }

    /// <summary>The diagram of the ways.</summary>
    public WalkNode Root { get; }

    /// <summary>
    /// The ways, each with its end; they exclude each other. Of very many the rest is one way more, whose verdict is unknown.
    /// </summary>
    public IReadOnlyList<WalkBranch> Branches => _branches.Value;

    /// <summary>
    /// Whether the packet is accepted: Yes where it is whatever the unknown is (it lies in the lower closure), No where it is not whatever that is (it lies outside the
    /// upper closure).
    /// </summary>
    public Ternary Accepted => Is(NetfilterVerdict.Accept);

    /// <summary>Whether the packet is dropped or rejected.</summary>
    public Ternary Stopped => _ends.Value.All(e => e.Verdict is NetfilterVerdict.Drop or NetfilterVerdict.Reject) ? Ternary.Yes
        : _ends.Value.Any(e => e.Verdict is NetfilterVerdict.Drop or NetfilterVerdict.Reject or NetfilterVerdict.Unknown) ? Ternary.Unknown : Ternary.No;

    /// <summary>Whether the packet meets a verdict.</summary>
    public Ternary Is(NetfilterVerdict verdict) =>
        _ends.Value.All(e => e.Verdict == verdict) ? Ternary.Yes
        : _ends.Value.Any(e => e.Verdict == verdict || e.Verdict == NetfilterVerdict.Unknown) ? Ternary.Unknown : Ternary.No;

    /// <summary>
    /// The share of packets that end in some way: the least and the most of it, over all that is not known. Both are the same where only chance decides.
    /// </summary>
    public (Fraction Least, Fraction Most) Share(Func<WalkNode.End, bool> wanted) => Share(Root, wanted, new(ReferenceEqualityComparer.Instance));

    /// <summary>Walks a packet through one chain of a table; a built-in chain ends with its policy, another with <see cref="NetfilterVerdict.Return"/>.</summary>
    /// <param name="table">The table.</param>
    /// <param name="chain">The chain's name.</param>
    /// <param name="packet">The packet as it comes to the chain.</param>
    /// <param name="context">What is known beside the packet.</param>
    /// <returns>The walk; null where the table has no such chain.</returns>
    public static NetfilterWalk? Chain(IptablesTable table, string chain, NetfilterPacket packet, NetfilterContext? context = null) =>
        table.Walked.Chain(chain) is { } start ? new(new ChainWalker(table.Walked, context ?? NetfilterContext.Unknown).Walk(start, packet)) : null;

    /// <summary>Walks a packet through all tables of a hook, of both flavours where both are loaded.</summary>
    /// <param name="rulesets">The node's rule sets; those of the packet's family count.</param>
    /// <param name="hook">The hook.</param>
    /// <param name="packet">The packet as it comes to the hook.</param>
    /// <param name="context">What is known beside the packet.</param>
    public static NetfilterWalk Hook(IReadOnlyList<IptablesRuleset> rulesets, NetfilterHook hook, NetfilterPacket packet, NetfilterContext? context = null) =>
        new(new HookWalker(rulesets, context ?? NetfilterContext.Unknown).Walk(hook, packet));

    private static (Fraction Least, Fraction Most) Share(WalkNode node, Func<WalkNode.End, bool> wanted, Dictionary<WalkNode, (Fraction, Fraction)> known)
    {
        if (known.TryGetValue(node, out var done)) return done;
        switch (node)
        {
            case WalkNode.End end:
                done = end.Verdict == NetfilterVerdict.Unknown ? (Fraction.Zero, Fraction.One) : wanted(end) ? (Fraction.One, Fraction.One) : (Fraction.Zero, Fraction.Zero);
                break;
            case WalkNode.Steps steps:
                done = Share(steps.Next, wanted, known);
                break;
            case WalkNode.Fork fork:
                var ((yesLeast, yesMost), (noLeast, noMost)) = (Share(fork.Yes, wanted, known), Share(fork.No, wanted, known));
                done = fork.Chance is { } p
                    ? (p.Times(yesLeast).Plus(p.Complement().Times(noLeast)), p.Times(yesMost).Plus(p.Complement().Times(noMost)))
                    : (yesLeast.CompareTo(noLeast) < 0 ? yesLeast : noLeast, yesMost.CompareTo(noMost) > 0 ? yesMost : noMost);
                break;
        }

        return known[node] = done;
    }

    // a way back to the root: what was answered before
    private sealed record Trail(Trail? Before, WalkStep Step);

    private List<WalkBranch> Branch()
    {
        var branches = new List<WalkBranch>();
        var open = new Stack<(WalkNode Node, Trail? Trail, Fraction Probability)>([(Root, null, Fraction.One)]);
        while (open.TryPop(out var at))
        {
            var (node, trail, probability) = at;
            if (branches.Count >= MostBranches)
            {
                branches.Add(new() { Verdict = NetfilterVerdict.Unknown, Packet = branches[^1].Packet, Probability = Fraction.One, Table = branches[^1].Table, Chain = branches[^1].Chain, Rule = null, Reason = $"there are more than {MostBranches} ways", Steps = [] });
                break;
            }

            switch (node)
            {
                case WalkNode.End end:
                    branches.Add(new() { Verdict = end.Verdict, Packet = end.Packet, Probability = probability, Table = end.Table, Chain = end.Chain, Rule = end.Rule, Reason = end.Reason, Steps = StepsOf(trail) });
                    break;
                case WalkNode.Steps steps:
                    foreach (var rule in steps.Rules) trail = new(trail, new(rule, true, "", null));
                    open.Push((steps.Next, trail, probability));
                    break;
                case WalkNode.Fork fork:
                    var (yes, no) = (fork.Chance, fork.Chance?.Complement());
                    open.Push((fork.No, new(trail, new(fork.Rule, false, fork.Words, no)), no is { } p ? probability.Times(p) : probability));
                    open.Push((fork.Yes, new(trail, new(fork.Rule, true, fork.Words, yes)), yes is { } q ? probability.Times(q) : probability));
                    break;
            }
        }

        return branches;
    }

    private static WalkStep[] StepsOf(Trail? trail)
    {
        var steps = new List<WalkStep>();
        for (; trail is not null; trail = trail.Before) steps.Add(trail.Step);
        steps.Reverse();
        return [.. steps];
    }
}
