using System.Text;
using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// All that <c>nft -j list ruleset</c> prints of a node: the tables of iptables-nft and everybody else's.
/// </summary>
public sealed class NftRuleset
{
    private readonly JsonItem? _root;
    private readonly IReadOnlyList<string>? _gaps;
    private readonly string _otherwise;

    internal NftRuleset(string node, string fact, string text, JsonItem? root, IReadOnlyList<string>? gaps)
    {
        (Node, Fact, _root, _gaps, _otherwise) = (node, fact, root, gaps, root is null ? text : "");
    }

    /// <summary>The node.</summary>
    public string Node { get; }

    /// <summary>The fact: <c>nft</c>.</summary>
    public string Fact { get; }

    /// <summary>nft's version; empty where the text says none.</summary>
    public string Version { get; internal init; } = "";

    /// <summary>Every object in the text's order.</summary>
    public IReadOnlyList<NftObject> Objects { get; internal init; } = [];

    /// <summary>The tables with what is in them.</summary>
    public IReadOnlyList<NftTable> Tables { get; internal init; } = [];

    /// <summary>What is no JSON of nft's, and objects of kinds that nobody knows.</summary>
    public IReadOnlyList<SourceLine> Unread { get; internal init; } = [];

    /// <summary>The table of that family and name, or null.</summary>
    public NftTable? Table(string family, string name) => Tables.FirstOrDefault(t => t.Family == family && t.Name == name);

    /// <summary>The whole text from the objects.</summary>
    public string Print() => Print(Objects);

    /// <summary>The whole text with these objects.</summary>
    internal string Print(IReadOnlyList<NftObject> objects)
    {
        if (_root is null) return _otherwise;
        var text = new StringBuilder();
        var writer = new JsonWriter(text, _gaps);
        writer.Write(_root.With("nftables", new() { Items = [.. objects.Select(o => o.Whole)] }));
        writer.End("\n");
        return text.ToString();
    }
}
