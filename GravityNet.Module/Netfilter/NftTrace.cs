using GravityNet.Text;

namespace GravityNet.Netfilter;

/// <summary>What packets came by in a table: chains and maps in the order in which they were first met.</summary>
internal sealed class NftTrace
{
    private readonly List<(NftObject Object, HashSet<object> Parts)> _met = [];
    private readonly Dictionary<(string Kind, string Name), HashSet<object>> _byName = [];

    /// <summary>A packet came to a chain.</summary>
    public void Add(NftChain chain) => Parts(chain, chain.Name);

    /// <summary>A rule of a chain matched a packet, or may have.</summary>
    public void Add(NftChain chain, NftRule rule) => Parts(chain, chain.Name).Add(rule);

    /// <summary>A packet found an element of a set or map.</summary>
    public void Add(NftSet set, NftIndex.Element element) => Parts(set, set.Name).Add(element.Whole);

    /// <summary>
    /// The chains of service ports and endpoints; of the others those with a rule that matched, and no other rules; the sets and maps, each with the elements that were found.
    /// </summary>
    public IReadOnlyList<NftObject> Objects() =>
    [
        .. _met.Where(m => m.Parts.Count > 0 || IsOfService(m.Object)).Select(m => m.Object switch
        {
            NftChain chain when !IsOfService(chain) => chain with { Rules = [.. chain.Rules.Where(m.Parts.Contains)] },
            NftSet set => set with { Json = set.Json.With("elem", new() { Items = [.. (set.Json["elem"]?.Items ?? []).Where(m.Parts.Contains)] }) },
            var other => other,
        }),
    ];

    private static bool IsOfService(NftObject one) => one is NftChain { Hook.Length: 0 } chain && chain.Name.Contains('/', StringComparison.Ordinal);

    private HashSet<object> Parts(NftObject one, string name)
    {
        if (_byName.TryGetValue((one.Kind, name), out var parts)) return parts;
        _byName[(one.Kind, name)] = parts = new(ReferenceEqualityComparer.Instance);
        _met.Add((one, parts));
        return parts;
    }
}
