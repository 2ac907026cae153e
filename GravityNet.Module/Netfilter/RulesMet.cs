namespace GravityNet.Netfilter;

/// <summary>The rules that packets met on their ways, each once.</summary>
internal sealed class RulesMet
{
    private readonly HashSet<IptablesRule> _rules = new(ReferenceEqualityComparer.Instance);

    /// <summary>Takes a rule.</summary>
    public void Add(IptablesRule rule) => _rules.Add(rule);

    /// <summary>Whether a packet met the rule.</summary>
    public bool Has(IptablesRule rule) => _rules.Contains(rule);

    /// <summary>The rules of a table by their chains, in the chains' order.</summary>
    public ILookup<string, IptablesRule> Of(string table) => _rules.Where(r => r.Table == table).OrderBy(r => r.Source.Line).ToLookup(r => r.Chain);
}
