namespace GravityNet.Netfilter;

/// <summary>
/// The rules that packets met, in the order in which a reader follows them: the hooks before routing, then each chain where a rule calls it, then rules that stopped packets,
/// then the hook of packets that leave.
/// </summary>
internal static class WalkOrder
{
    /// <summary>Puts rules in walk order.</summary>
    /// <param name="nat">The table that translates.</param>
    /// <param name="met">The rules that packets met.</param>
    /// <param name="whole">Whether all rules of a chain are shown once packets come to it, met or not.</param>
    /// <param name="deciding">Rules of other tables that stopped packets.</param>
    public static IReadOnlyList<IptablesRule> Of(IptablesTable? nat, RulesMet met, Func<string, bool> whole, IEnumerable<IptablesRule> deciding)
    {
        if (nat is null) return [.. deciding.Distinct()];
        var ordered = new List<IptablesRule>();
        var shown = new HashSet<string>(StringComparer.Ordinal);
        var chains = met.Of(nat.Name);
        Show("PREROUTING", "OUTPUT");
        ordered.AddRange(deciding.Where(r => r.Table != nat.Name).Distinct());
        Show("POSTROUTING");
        return ordered;

        // the hooks first, then what they call
        void Show(params string[] names)
        {
            var first = names.Where(shown.Add).SelectMany(Rules).ToList();
            ordered.AddRange(first);
            foreach (var rule in first) Call(rule);
        }

        void Call(IptablesRule rule)
        {
            if (!met.Has(rule) || nat.Chain(rule.Target) is null || !shown.Add(rule.Target)) return;
            foreach (var inner in Rules(rule.Target))
            {
                ordered.Add(inner);
                Call(inner);
            }
        }

        IEnumerable<IptablesRule> Rules(string chain) => whole(chain) ? nat.RulesOf(chain) : chains[chain];
    }
}
