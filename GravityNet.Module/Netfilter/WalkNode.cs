namespace GravityNet.Netfilter;

/// <summary>
/// A place in the diagram of all ways that a packet may take: ways that come together share what follows, so that a hundred rules nobody can tell make a hundred forks
/// and not 2^100 ways.
/// </summary>
internal abstract class WalkNode
{
    private WalkNode()
    {
    }

    /// <summary>Rules that surely match, after each other.</summary>
    internal sealed class Steps(IReadOnlyList<IptablesRule> rules, WalkNode next) : WalkNode
    {
        /// <summary>The rules in walk order.</summary>
        public IReadOnlyList<IptablesRule> Rules { get; } = rules;

        /// <summary>What follows.</summary>
        public WalkNode Next { get; } = next;
    }

    /// <summary>A rule that may match or not: nobody knows, or chance decides.</summary>
    internal sealed class Fork(IptablesRule? rule, string words, Fraction? chance, WalkNode yes, WalkNode no) : WalkNode
    {
        /// <summary>The rule; null where something else than a rule is not known.</summary>
        public IptablesRule? Rule { get; } = rule;

        /// <summary>What is not known, in the rule's words.</summary>
        public string Words { get; } = words;

        /// <summary>The share of Yes where chance decides; null where it is not known.</summary>
        public Fraction? Chance { get; } = chance;

        /// <summary>What follows where the rule matches.</summary>
        public WalkNode Yes { get; } = yes;

        /// <summary>What follows where it does not.</summary>
        public WalkNode No { get; } = no;
    }

    /// <summary>An end.</summary>
    internal sealed class End(NetfilterVerdict verdict, NetfilterPacket packet, string table, string chain, IptablesRule? rule, string reason = "") : WalkNode
    {
        /// <summary>How.</summary>
        public NetfilterVerdict Verdict { get; } = verdict;

        /// <summary>The packet as it is then.</summary>
        public NetfilterPacket Packet { get; } = packet;

        /// <summary>The table that decided.</summary>
        public string Table { get; } = table;

        /// <summary>The chain that decided.</summary>
        public string Chain { get; } = chain;

        /// <summary>The rule that decided; null where it is the chain's end or its policy.</summary>
        public IptablesRule? Rule { get; } = rule;

        /// <summary>Why the verdict is unknown; empty where it is known.</summary>
        public string Reason { get; } = reason;
    }

    /// <summary>The node with each end of one verdict replaced by what follows it. Ways that came together stay together.</summary>
    public WalkNode Replace(NetfilterVerdict verdict, Func<End, WalkNode> next)
    {
        Dictionary<WalkNode, WalkNode>? known = null;
        return Replace(verdict, next, ref known);
    }

    private WalkNode Replace(NetfilterVerdict verdict, Func<End, WalkNode> next, ref Dictionary<WalkNode, WalkNode>? known)
    {
        if (this is End end) return end.Verdict == verdict ? next(end) : end;
        var all = known ??= new(ReferenceEqualityComparer.Instance);
        if (all.TryGetValue(this, out var done)) return done;
        if (this is Steps steps)
        {
            var after = steps.Next.Replace(verdict, next, ref known);
            done = after == steps.Next ? this : Before(steps.Rules, after);
        }
        else
        {
            var fork = (Fork)this;
            var (yes, no) = (fork.Yes.Replace(verdict, next, ref known), fork.No.Replace(verdict, next, ref known));
            done = yes == fork.Yes && no == fork.No ? this : new Fork(fork.Rule, fork.Words, fork.Chance, yes, no);
        }

        return all[this] = done;
    }

    /// <summary>Rules before a node; several such in a row are one.</summary>
    public static WalkNode Before(IReadOnlyList<IptablesRule> rules, WalkNode next) =>
        rules.Count == 0 ? next : next is Steps more ? new Steps([.. rules, .. more.Rules], more.Next) : new Steps(rules, next);

    /// <summary>The ends, each once.</summary>
    public IReadOnlyList<End> Ends()
    {
        // most ways have one
        if (this is End self) return [self];
        if (this is Steps { Next: End last }) return [last];
        var (ends, seen, open) = (new List<End>(), new HashSet<WalkNode>(ReferenceEqualityComparer.Instance), new Stack<WalkNode>([this]));
        while (open.TryPop(out var node))
        {
            if (!seen.Add(node)) continue;
            switch (node)
            {
                case End end:
                    ends.Add(end);
                    break;
                case Steps steps:
                    open.Push(steps.Next);
                    break;
                case Fork fork:
                    open.Push(fork.No);
                    open.Push(fork.Yes);
                    break;
            }
        }

        return ends;
    }
}
