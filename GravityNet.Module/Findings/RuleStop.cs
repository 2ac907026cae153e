namespace GravityNet.Findings;

/// <summary>
/// What stops a packet.
/// </summary>
/// <param name="Table">The table.</param>
/// <param name="Chain">The chain of the rule, or the built-in chain of the policy.</param>
/// <param name="IsReject">Whether the sender is told.</param>
/// <param name="Evidence">The line that says so.</param>
/// <param name="Rule">The rule; null where it is the chain's policy.</param>
internal sealed record RuleStop(string Table, string Chain, bool IsReject, string Evidence, IptablesRule? Rule)
{
    /// <summary><c>drops</c> or <c>rejects</c>.</summary>
    public string Verb => IsReject ? "rejects" : "drops";

    /// <summary>What to do about it.</summary>
    /// <param name="what">What is to be accepted.</param>
    public string Remedy(string what) => Rule is null
        ? $"add a rule to chain {Chain} of table {Table} that accepts {what}: its policy is DROP"
        : $"remove the rule from chain {Chain} of table {Table}, or accept {what} before it";
}
