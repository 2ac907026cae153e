namespace GravityNet.Netfilter;

/// <summary>One thing that a rule asks of a packet.</summary>
/// <param name="Words">The words of the rule, as iptables-save prints them: what an assumption names.</param>
/// <param name="Answer">The answer for a packet.</param>
internal sealed record Condition(string Words, Func<NetfilterPacket, NetfilterContext, Ternary> Answer)
{
    /// <summary>The share of packets for which chance says yes (statistic); null where it is not chance.</summary>
    public Fraction? Chance { get; init; }

    /// <summary>A condition that nothing known tells.</summary>
    public static Condition Unknown(string words) => new(words, (_, _) => Ternary.Unknown);

    /// <summary>A condition that always has the same answer.</summary>
    public static Condition Always(string words, bool answer) => new(words, (_, _) => TernaryLogic.Of(answer));
}
