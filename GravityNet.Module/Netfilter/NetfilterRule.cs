namespace GravityNet.Netfilter;

/// <summary>A rule made ready to be asked: its conditions in the kernel's order and its target's options.</summary>
internal sealed class NetfilterRule
{
    private readonly Condition[] _conditions;

    /// <summary>Makes a rule ready.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="rulesLeft">How many rules the chain has from this one on.</param>
    public NetfilterRule(IptablesRule rule, int rulesLeft)
    {
        Rule = rule;
        _conditions = Conditions.Of(rule, rulesLeft);
        Options = rule.TargetOptions.Length == 0 ? [] : RuleOption.Read(rule.TargetOptions);
        foreach (var condition in _conditions)
        {
            if (condition.Chance is { } share) Chance = Chance?.Times(share) ?? share;
        }
    }

    /// <summary>The rule as it was read.</summary>
    public IptablesRule Rule { get; }

    /// <summary>The target's options.</summary>
    public IReadOnlyList<RuleOption> Options { get; }

    /// <summary>The share of the packets that it lets chance take; null where chance decides nothing.</summary>
    public Fraction? Chance { get; }

    /// <summary>Whether a packet meets the conditions that are not chance.</summary>
    public Ternary Matches(NetfilterPacket packet, NetfilterContext context)
    {
        var all = Ternary.Yes;
        foreach (var condition in _conditions)
        {
            if (condition.Chance is not null) continue;
            all = all.And(condition.Answer(packet, context));
            if (all == Ternary.No) return all;
        }

        return all;
    }

    /// <summary>The words of the conditions of which nobody knows whether the packet meets them.</summary>
    public string UnknownWords(NetfilterPacket packet, NetfilterContext context) =>
        string.Join(' ', _conditions.Where(c => c.Chance is null && c.Answer(packet, context) == Ternary.Unknown).Select(c => c.Words).Distinct());

    /// <summary>The words of the conditions that are chance.</summary>
    public string ChanceWords => string.Join(' ', _conditions.Where(c => c.Chance is not null).Select(c => c.Words));
}
