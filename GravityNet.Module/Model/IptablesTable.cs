using GravityNet.Netfilter;
using GravityNet.Parsing;

namespace GravityNet;

/// <summary>
/// One table: nat, filter, mangle, raw or security.
/// </summary>
public sealed class IptablesTable
{
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly List<IptablesChain> _chains = [];
    private readonly List<Place> _places = [];
    private readonly IptablesRuleReader _reader;
    private IptablesRule?[] _rules = [];
    private NetfilterTable? _walked;
    private int _next;

    internal IptablesTable(string name, IptablesRuleReader reader) => (Name, _reader) = (name, reader);

    // where a rule stands in the text
    private readonly record struct Place(IptablesChain Chain, int Line, int Start);

    /// <summary>The table's name; empty for an excerpt without table headers.</summary>
    public string Name { get; }

    /// <summary>The chains in the text's order.</summary>
    public IReadOnlyList<IptablesChain> Chains => _chains;

    /// <summary>The rules of all chains in the text's order.</summary>
    public IReadOnlyList<IptablesRule> Rules => new RuleRange(this, 0, _places.Count);

    /// <summary>Whether the table ends with COMMIT: what is not in it then is not there. A text cut short, or an excerpt, is not complete.</summary>
    public bool IsComplete { get; internal set; }

    /// <summary>The chain of that name, or null.</summary>
    public IptablesChain? Chain(string name) => _byName.TryGetValue(name, out var at) ? _chains[at] : null;

    /// <summary>The table made ready for walks: what one of them found out of its chains, the next ones know.</summary>
    internal NetfilterTable Walked => _walked ?? Interlocked.CompareExchange(ref _walked, new(this), null) ?? _walked;

    /// <summary>The rules of a chain in order; none where the chain is not there.</summary>
    public IReadOnlyList<IptablesRule> RulesOf(string chain) => Chain(chain)?.Rules ?? [];

    /// <summary>Adds a chain that the text declares. Where rules of it, or another declaration, came before, it takes their rules.</summary>
    internal void Declare(IptablesChain chain)
    {
        if (_byName.TryGetValue(chain.Name, out var at))
        {
            chain.TakeRules(_chains[at]);
            _chains[at] = chain;
        }
        else
        {
            _byName.Add(chain.Name, _chains.Count);
            _chains.Add(chain);
        }
    }

    /// <summary>The chain of that name, or null.</summary>
    internal IptablesChain? Find(ReadOnlySpan<char> name) => _byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var at) ? _chains[at] : null;

    /// <summary>The chain whose rules begin, or null. It mostly is the one after the last: iptables-save prints declarations and rules in the same order.</summary>
    internal IptablesChain? Next(ReadOnlySpan<char> name)
    {
        if (_next < _chains.Count && name.SequenceEqual(_chains[_next].Name)) return _chains[_next++];
        if (!_byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var at)) return null;
        _next = at + 1;
        return _chains[at];
    }

    /// <summary>Adds a rule that stands at this place of the text, and tells its number.</summary>
    internal int Add(IptablesChain chain, int line, int start)
    {
        var at = _places.Count;
        _places.Add(new(chain, line, start));
        chain.Add(this, at);
        return at;
    }

    /// <summary>The number of a chain among <see cref="Chains"/>; negative where it is not there.</summary>
    internal int IndexOf(ReadOnlySpan<char> chain) => _byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(chain, out var at) ? at : -1;

    /// <summary>A rule's text by its number, for who looks at all rules and needs few of them as records.</summary>
    internal ReadOnlyMemory<char> TextOf(int rule) => _reader.Line(_places[rule].Start);

    /// <summary>A rule by its number: read when it is first asked for, and the same from then on.</summary>
    internal IptablesRule Rule(int at)
    {
        var rules = _rules;
        // two that come at the same time agree on one
        if (rules.Length == 0)
        {
            Interlocked.CompareExchange(ref _rules, new IptablesRule?[_places.Count], rules);
            rules = _rules;
        }

        var (chain, line, start) = _places[at];
        return rules[at] ?? Interlocked.CompareExchange(ref rules[at], _reader.Rule(this, chain, line, start), null) ?? rules[at]!;
    }

    /// <summary>The table's first line as iptables-save prints it: <c>*nat</c>.</summary>
    public override string ToString() => "*" + Name;
}
