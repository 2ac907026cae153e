namespace GravityNet.Netfilter;

/// <summary>One rule on a packet's way.</summary>
/// <param name="Rule">The rule; null where something else than a rule was not known.</param>
/// <param name="Matched">Whether it matched on this way.</param>
/// <param name="Words">What was not known of it, or was left to chance, in the rule's words; empty where it surely matched.</param>
/// <param name="Chance">The share of this answer where chance decides; null where it is sure or not known.</param>
internal sealed record WalkStep(IptablesRule? Rule, bool Matched, string Words, Fraction? Chance)
{
    /// <summary>Whether nobody knows, and the way assumes this answer.</summary>
    public bool IsAssumed => Words.Length > 0 && Chance is null;

    /// <summary>The rule as iptables-save prints it, with what was assumed behind it.</summary>
    public override string ToString()
    {
        var rule = Rule is null ? Words : Rule.Print();
        return Words.Length == 0 ? rule : Chance is { } chance ? $"{rule} [{(Matched ? "by" : "not by")} chance, {chance}]" : $"{rule} [{(Matched ? "if" : "unless")} {Words}]";
    }
}
