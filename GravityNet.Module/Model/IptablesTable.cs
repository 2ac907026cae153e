using System.Diagnostics.CodeAnalysis;

namespace GravityNet;

/// <summary>
/// One table: nat, filter, mangle, raw or security.
/// </summary>
public sealed class IptablesTable
{
    private readonly Dictionary<string, IptablesChain> _byName = new(StringComparer.Ordinal);
    private readonly List<IptablesChain> _chains = [];
    private readonly List<IptablesRule> _rules = [];

    internal IptablesTable(string name) => Name = name;

    /// <summary>The table's name; empty for an excerpt without table headers.</summary>
    public string Name { get; }

    /// <summary>The chains in the text's order.</summary>
    public IReadOnlyList<IptablesChain> Chains => _chains;

    /// <summary>The rules of all chains in the text's order.</summary>
    public IReadOnlyList<IptablesRule> Rules => _rules;

    /// <summary>Whether the table ends with COMMIT: what is not in it then is not there. A text cut short, or an excerpt, is not complete.</summary>
    public bool IsComplete { get; internal set; }

    /// <summary>The chain of that name, or null.</summary>
    public IptablesChain? Chain(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The rules of a chain in order; none where the chain is not there.</summary>
    public IReadOnlyList<IptablesRule> RulesOf(string chain) => Chain(chain)?.Rules ?? [];

    internal void Declare(IptablesChain chain)
    {
        if (_byName.TryGetValue(chain.Name, out var old))
        {
            // A rule came before its chain's declaration: only an excerpt has that.
            chain = chain with { RuleList = old.RuleList };
            _chains[_chains.IndexOf(old)] = chain;
        }
        else
        {
            _chains.Add(chain);
        }

        _byName[chain.Name] = chain;
    }

    [SuppressMessage("Performance", "CA1864", Justification = "The chain is made only where it is missing.")]
    internal void Add(IptablesRule rule)
    {
        if (!_byName.TryGetValue(rule.Chain, out var chain))
        {
            chain = new IptablesChain(Name, rule.Chain);
            _byName.Add(rule.Chain, chain);
            _chains.Add(chain);
        }

        chain.RuleList.Add(rule);
        _rules.Add(rule);
    }
}
