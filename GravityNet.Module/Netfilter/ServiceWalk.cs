namespace GravityNet.Netfilter;

/// <summary>
/// Walks the first packet of a connection to a service through all tables of a node, as the kernel does: the hooks before routing, then those of the packets for the node or
/// for elsewhere, then those of packets that leave.
/// </summary>
/// <param name="rulesets">All rules of the node: a packet passes those of every flavour.</param>
/// <param name="nat">The table that translates.</param>
/// <param name="node">What else is known of the node.</param>
internal sealed class ServiceWalk(IReadOnlyList<IptablesRuleset> rulesets, IptablesTable? nat, ServiceNode node)
{
    private const int MostParts = 4000;

    // the hooks at which no table has a rule: most have none at some
    private readonly Dictionary<NetfilterHook, bool> _hasRules = Enum.GetValues<NetfilterHook>().ToDictionary(h => h, hook => rulesets.SelectMany(r => r.Tables)
        .Any(t => HookWalker.TablesOf(hook).Contains(t.Name) && t.Chain(HookWalker.ChainOf(hook)) is { } chain && (chain.Rules.Count > 0 || chain.Policy != "ACCEPT" || !t.IsComplete)));

    // A share of the packets in one stage of their way. Where something unknown only decides about marks, the ends are several that lead to the same place.
    private readonly record struct Part(IReadOnlyList<WalkNode.End> Ends, IptablesRule? Translation, Fraction Share, bool IsSure, string Why)
    {
        public WalkNode.End End => Ends[0];
    }

    /// <summary>All ends of a packet's way, with the rules that it meets.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="isOwn">Whether the node itself sends it.</param>
    /// <param name="met">Takes the rules.</param>
    public IReadOnlyList<EntryOutcome> Walk(NetfilterPacket packet, bool isOwn, RulesMet met)
    {
        var outcomes = new List<EntryOutcome>();
        foreach (var part in Parts(Start(packet, isOwn), met))
        {
            if (part.End.Verdict != NetfilterVerdict.Accept)
            {
                Add(outcomes, Ended(part.End) with { Share = part.IsSure ? part.Share : null, Reason = part.Why });
                continue;
            }

            var rests = part.Ends.Select(end => Rest(end.Packet, part.Translation, packet, isOwn, met)).ToList();
            foreach (var outcome in rests.Count == 1 ? rests[0] : Merged(rests))
            {
                Add(outcomes, outcome with { Share = part.IsSure ? outcome.Share?.Times(part.Share) : null, Reason = part.Why.Length > 0 ? part.Why : outcome.Reason });
            }
        }

        return outcomes;
    }

    /// <summary>The ends of a packet's way through one chain of nat; what comes back from it is untranslated.</summary>
    public IReadOnlyList<EntryOutcome> Chain(string chain, NetfilterPacket packet)
    {
        var outcomes = new List<EntryOutcome>();
        if (nat is null || NetfilterWalk.Chain(nat, chain, packet, node.Context) is not { } walk) return outcomes;
        foreach (var part in Parts(walk.Root, null))
        {
            var outcome = part.End.Verdict switch
            {
                NetfilterVerdict.Accept => Passed(part.End, part.Translation, packet),
                NetfilterVerdict.Return => new(EntryVerdict.Untranslated, "", 0, chain, null),
                _ => Ended(part.End),
            };
            Add(outcomes, outcome with { Share = part.IsSure ? part.Share : null, Reason = part.Why });
        }

        return outcomes;
    }

    private List<EntryOutcome> Rest(NetfilterPacket after, IptablesRule? translation, NetfilterPacket packet, bool isOwn, RulesMet met)
    {
        var outcomes = new List<EntryOutcome>();
        foreach (var part in Parts(Rest(after, isOwn), met))
        {
            var outcome = part.End.Verdict == NetfilterVerdict.Accept ? Passed(part.End, translation, packet) : Ended(part.End);
            if (part.Ends.Any(e => e.Packet.IsSourceTranslated != part.End.Packet.IsSourceTranslated)) outcome = outcome with { IsMasqueraded = null };
            Add(outcomes, outcome with { Share = part.IsSure ? part.Share : null, Reason = part.Why.Length > 0 ? part.Why : outcome.Reason });
        }

        return outcomes;
    }

    // Ways of which nobody knows which one is taken: what all of them say is sure.
    private static List<EntryOutcome> Merged(List<List<EntryOutcome>> ways)
    {
        var merged = new List<EntryOutcome>();
        foreach (var outcome in ways.SelectMany(w => w))
        {
            if (merged.Exists(m => IsSame(m, outcome))) continue;
            var all = ways.Select(w => w.Find(o => IsSame(o, outcome))).ToList();
            merged.Add(outcome with
            {
                Share = all.TrueForAll(o => o?.Share is not null && o.Share == outcome.Share) ? outcome.Share : null,
                IsMasqueraded = all.TrueForAll(o => o is not null && o.IsMasqueraded == outcome.IsMasqueraded) ? outcome.IsMasqueraded : null,
                Masquerades = all.Select(o => o?.Masquerades).FirstOrDefault(r => r is not null),
            });
        }

        return merged;

        static bool IsSame(EntryOutcome one, EntryOutcome other) => one.Verdict == other.Verdict && one.Address == other.Address && one.Port == other.Port && one.Chain == other.Chain;
    }

    // An excerpt has no hooks: there the walk begins where kube-proxy's rules do, and what comes back from them is not known.
    private WalkNode Start(NetfilterPacket packet, bool isOwn)
    {
        var hook = isOwn ? NetfilterHook.Output : NetfilterHook.Prerouting;
        if (nat is not { IsComplete: false } || nat.Chain(HookWalker.ChainOf(hook)) is not null) return Hook(hook, packet);
        const string Reason = "the rules are an excerpt, or cut short";
        return NetfilterWalk.Chain(nat, "KUBE-SERVICES", packet, node.Context)?.Root.Replace(NetfilterVerdict.Return, Unknown) ?? Unknown(new(NetfilterVerdict.Unknown, packet, "", "", null));

        static WalkNode.End Unknown(WalkNode.End end) => new(NetfilterVerdict.Unknown, end.Packet, end.Table, end.Chain, null, Reason);
    }

    private WalkNode Rest(NetfilterPacket packet, bool isOwn)
    {
        // what the node sends to itself leaves by lo, and comes in again
        if (isOwn) return node.IsLocal(packet.Destination) == true ? Leave(packet).Replace(NetfilterVerdict.Accept, end => Input(end.Packet with { InInterface = "lo", OutInterface = "" })) : Leave(packet);
        return node.IsLocal(packet.Destination) switch
        {
            true => Input(packet),
            false => Forward(packet),
            null => new WalkNode.Fork(null, "the address is one of the node's", null, Input(packet), Forward(packet)),
        };
    }

    private WalkNode Hook(NetfilterHook hook, NetfilterPacket packet) =>
        _hasRules[hook] ? NetfilterWalk.Hook(rulesets, hook, packet, node.Context).Root : new WalkNode.End(NetfilterVerdict.Accept, packet, "", HookWalker.ChainOf(hook), null);

    private WalkNode Input(NetfilterPacket packet) => Hook(NetfilterHook.Input, packet);

    private WalkNode Forward(NetfilterPacket packet)
    {
        var routed = packet with { OutInterface = packet.Destination is { } to ? node.Towards(to) : null };
        return Hook(NetfilterHook.Forward, routed).Replace(NetfilterVerdict.Accept, end => Leave(end.Packet));
    }

    private WalkNode Leave(NetfilterPacket packet)
    {
        var routed = packet.OutInterface is { Length: > 0 } ? packet
            : packet with { OutInterface = node.IsLocal(packet.Destination) == true ? "lo" : packet.Destination is { } to ? node.Towards(to) : null };
        return Hook(NetfilterHook.Postrouting, routed);
    }

    // Each end with its share. An unknown condition is followed both ways: what comes out the same of both is sure.
    private List<Part> Parts(WalkNode root, RulesMet? met)
    {
        // most ways behind the translation have one end and no rule
        if (root is WalkNode.End only) return [new([only], null, Fraction.One, true, only.Reason)];
        return Parts(root, met, new(ReferenceEqualityComparer.Instance));
    }

    private List<Part> Parts(WalkNode root, RulesMet? met, Dictionary<WalkNode, List<Part>> known)
    {
        var parts = new List<Part>();
        var open = new Stack<(WalkNode Node, IptablesRule? Translation, Fraction Share)>([(root, null, Fraction.One)]);
        while (open.TryPop(out var at) && parts.Count < MostParts)
        {
            switch (at.Node)
            {
                case WalkNode.End end:
                    parts.Add(new([end], at.Translation, at.Share, true, end.Reason));
                    break;
                case WalkNode.Steps steps:
                    var translation = at.Translation;
                    foreach (var rule in steps.Rules)
                    {
                        met?.Add(rule);
                        if (rule.Target is "DNAT" or "REDIRECT" or "NETMAP") translation = rule;
                    }

                    open.Push(at with { Node = steps.Next, Translation = translation });
                    break;
                case WalkNode.Fork fork:
                    if (fork.Rule is { } asked) met?.Add(asked);
                    if (Assumed(fork) is { } next)
                    {
                        open.Push(at with { Node = next });
                    }
                    else if (fork.Chance is { } chance)
                    {
                        open.Push(at with { Node = fork.No, Share = at.Share.Times(chance.Complement()) });
                        open.Push(at with { Node = fork.Yes, Share = at.Share.Times(chance) });
                    }
                    else
                    {
                        if (!known.TryGetValue(fork, out var either))
                        {
                            var why = $"whether '{fork.Words}' holds is not known{(fork.Rule is { } doubtful ? $" ({doubtful.Chain})" : "")}";
                            known[fork] = either = Either(Parts(fork.Yes, met, known), Parts(fork.No, met, known), why);
                        }

                        parts.AddRange(at.Share == Fraction.One && at.Translation is null ? either
                            : either.Select(p => p with { Share = at.Share.Times(p.Share), Translation = p.Translation ?? at.Translation }));
                    }

                    break;
                default: break;
            }
        }

        return parts;
    }

    // What becomes of packets that go one way or the other, and nobody knows which.
    private static List<Part> Either(List<Part> yes, List<Part> no, string why)
    {
        var either = new List<Part>(yes.Count);
        var left = new List<Part>(no);
        foreach (var part in yes)
        {
            // mostly both have the same ends in the same order
            var at = left.FindIndex(o => IsSame(o.End, part.End));
            if (at < 0)
            {
                either.Add(part with { IsSure = false, Why = part.Why.Length > 0 ? part.Why : why });
                continue;
            }

            var other = left[at];
            left.RemoveAt(at);
            var isSure = part.IsSure && other.IsSure && part.Share == other.Share;
            IReadOnlyList<WalkNode.End> ends = ReferenceEquals(part.Ends, other.Ends) || (part.Ends.Count == 1 && other.Ends.Count == 1 && part.End.Packet == other.End.Packet) ? part.Ends : [.. part.Ends.Concat(other.Ends).Distinct()];
            either.Add(part with { Ends = ends, IsSure = isSure, Why = isSure || part.Why.Length > 0 ? part.Why : other.Why.Length > 0 ? other.Why : why });
        }

        either.AddRange(left.Select(p => p with { IsSure = false, Why = p.Why.Length > 0 ? p.Why : why }));
        return either;
    }

    // A client that comes for the first time is on no list of recent ones. An excerpt may lack chains that its rules name: what kube-proxy's do is known.
    private WalkNode? Assumed(WalkNode.Fork fork) => fork.Rule is not { } rule || fork.Chance is not null ? null
        : ServiceChains.IsAffinity(rule) ? fork.No
        : nat is not { IsComplete: false } || nat.Chain(rule.Target) is not null ? null
        : KubeChainNames.IsEndpoint(rule.Target) ? fork.Yes
        : rule.Target is KubeChainNames.MarkMasquerade ? fork.No
        : null;

    // whether two ends are one to whoever waits for an answer: marks, and the source, are asked for by themselves
    private static bool IsSame(WalkNode.End one, WalkNode.End other) =>
        one.Verdict == other.Verdict && one.Reason == other.Reason
        && one.Packet.Destination == other.Packet.Destination && one.Packet.DestinationPort == other.Packet.DestinationPort
        && one.Packet.IsDestinationTranslated == other.Packet.IsDestinationTranslated && (one.Verdict == NetfilterVerdict.Accept || ReferenceEquals(one.Rule, other.Rule));

    private static EntryOutcome Ended(WalkNode.End end)
    {
        if (end is { Verdict: NetfilterVerdict.Unknown, Rule: { } jump } && KubeChainNames.IsEndpoint(jump.Target)) return new(EntryVerdict.Dnat, "", 0, jump.Target, jump);
        return new(end.Verdict switch { NetfilterVerdict.Drop => EntryVerdict.Drop, NetfilterVerdict.Reject => EntryVerdict.Reject, _ => EntryVerdict.Unknown }, "", 0, end.Chain, end.Rule);
    }

    private EntryOutcome Passed(WalkNode.End end, IptablesRule? translation, NetfilterPacket before)
    {
        var after = end.Packet;
        var local = after.IsDestinationTranslated == true ? null : node.IsLocal(before.Destination);
        var outcome = after.IsDestinationTranslated == true
            ? new EntryOutcome(EntryVerdict.Dnat, after.Destination is { IsWhole: true } to ? to.ToString() : "", after.DestinationPort ?? 0, translation?.Chain ?? end.Chain, translation)
            : new EntryOutcome(local switch { true => EntryVerdict.Local, false => EntryVerdict.Untranslated, null => EntryVerdict.Unknown }, "", 0, end.Chain, local == true ? end.Rule : null);
        return outcome with
        {
            IsMasqueraded = nat is { IsComplete: false } && nat.Chain("POSTROUTING") is null ? null : after.IsSourceTranslated,
            Masquerades = after.IsSourceTranslated == true && end.Rule is { Target: "MASQUERADE" or "SNAT" or "NETMAP" } rule ? rule : null,
            Reason = outcome.Verdict == EntryVerdict.Unknown ? "whether the address is one of the node's is not known" : "",
        };
    }

    // ends that are the same are one, with both shares; what is not sure has none
    private static void Add(List<EntryOutcome> outcomes, EntryOutcome outcome)
    {
        var at = outcomes.FindIndex(o => o.Verdict == outcome.Verdict && o.Address == outcome.Address && o.Port == outcome.Port && o.Chain == outcome.Chain
            && o.IsMasqueraded == outcome.IsMasqueraded && ReferenceEquals(o.Rule, outcome.Rule));
        if (at < 0) outcomes.Add(outcome);
        else outcomes[at] = outcomes[at] with { Share = outcomes[at].Share is { } one && outcome.Share is { } two ? one.Plus(two) : null, Reason = outcomes[at].Reason.Length > 0 ? outcomes[at].Reason : outcome.Reason };
    }
}
