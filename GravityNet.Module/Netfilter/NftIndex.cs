using System.Globalization;
using GravityNet.Text;

namespace GravityNet.Netfilter;

/// <summary>
/// A table of nf_tables made ready to be asked: chains and sets by name, elements by their key.
/// </summary>
internal sealed class NftIndex
{
    private readonly Dictionary<string, Elements> _elements = new(StringComparer.Ordinal);
    private readonly HashSet<string> _learning;

    public NftIndex(NftTable table)
    {
        Table = table;
        Chains = table.Chains.DistinctBy(c => c.Name).ToDictionary(c => c.Name, StringComparer.Ordinal);
        Sets = table.Sets.DistinctBy(s => s.Name).ToDictionary(s => s.Name, StringComparer.Ordinal);
        _learning = [.. table.Sets.Where(s => s.Timeout is not null || s.Json["flags"]?.Items?.Any(f => f.Text is "timeout" or "dynamic") == true).Select(s => s.Name)];
    }

    /// <summary>The table.</summary>
    public NftTable Table { get; }

    /// <summary>Its chains by name.</summary>
    public IReadOnlyDictionary<string, NftChain> Chains { get; }

    /// <summary>Its sets and maps by name.</summary>
    public IReadOnlyDictionary<string, NftSet> Sets { get; }

    /// <summary>The base chains of a hook, in the order in which packets pass them; those of the same priority in the text's order.</summary>
    public IEnumerable<NftChain> Hook(string hook) => Table.Chains.Where(c => c.Hook == hook).OrderBy(c => c.Priority ?? 0);

    /// <summary>Whether rules put elements into the set as packets pass: who came lately.</summary>
    public bool IsLearning(string set) => _learning.Contains(set);

    /// <summary>The elements of a set or map; null where the table has no such set.</summary>
    public Elements? ElementsOf(string set)
    {
        if (_elements.TryGetValue(set, out var known)) return known;
        return Sets.TryGetValue(set, out var found) ? _elements[set] = new(found.Json["elem"]) : null;
    }

    /// <summary>An element as it was written, what is looked up, what it leads to (null for a set's), and both in nft's words.</summary>
    internal sealed record Element(JsonItem Whole, JsonItem Key, JsonItem? Value, NftElement Words);

    /// <summary>The elements of a set: those of one key each by that key, and those that stand for many.</summary>
    internal sealed class Elements
    {
        private readonly Dictionary<string, Element> _byKey = new(StringComparer.Ordinal);

        public Elements(JsonItem? list)
        {
            var words = NftElement.Of(list);
            for (var i = 0; i < words.Count; i++)
            {
                var item = list!.Items![i];
                var (key, value) = item.Items is [var k, var v] ? (k, v) : (item, null);
                var element = new Element(item, key["elem"]?["val"] ?? key, value, words[i]);
                All.Add(element);
                if (IsOne(element.Key)) _byKey.TryAdd(words[i].Key, element);
                else Wide.Add(element);
            }
        }

        /// <summary>All in the text's order.</summary>
        public List<Element> All { get; } = [];

        /// <summary>Networks and ranges.</summary>
        public List<Element> Wide { get; } = [];

        /// <summary>The element of exactly that key, in nft's words.</summary>
        public Element? Exact(string key) => _byKey.GetValueOrDefault(key);

        private static bool IsOne(JsonItem key) => key["concat"]?.Items is { } parts ? parts.All(IsOne) : key.Members is null && key.Raw != "\"*\"";
    }

    /// <summary>A number of a key in nft's words.</summary>
    internal static string Word(long number) => number.ToString(CultureInfo.InvariantCulture);
}
