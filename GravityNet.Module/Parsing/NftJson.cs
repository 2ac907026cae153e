using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>nft -j list ruleset</c> (libnftables-json(5)).
/// </summary>
public static class NftJson
{
    // objects that this version of nft is known to print; an element or a rule that nobody models is not lost either, as it stays in its object
    private static readonly HashSet<string> Known =
        ["metainfo", "table", "chain", "rule", "set", "map", "element", "flowtable", "counter", "quota", "limit", "ct helper", "ct timeout", "ct expectation", "secmark", "synproxy"];

    /// <summary>Reads the text of a fact. A text that is no JSON of nft's is unread, line by line.</summary>
    public static NftRuleset Parse(string node, string fact, string text)
    {
        if (JsonReader.Read(text, out var gaps) is not { } root || root["nftables"]?.Items is not { } items)
            return new(node, fact, text, null, null) { Unread = Lines(node, fact, text) };

        var objects = items.Select(Object).ToList();
        var rules = objects.OfType<NftRule>().ToLookup(r => (r.Family, r.Table, r.Chain));
        var chains = objects.OfType<NftChain>().Select(c => c with { Rules = [.. rules[(c.Family, c.Table, c.Name)]] }).ToLookup(c => (c.Family, c.Table));
        var sets = objects.OfType<NftSet>().ToLookup(s => (s.Family, s.Table));
        return new(node, fact, text, root, gaps)
        {
            Version = objects.Find(o => o.Kind == "metainfo")?.Json.TextOf("version") ?? "",
            Objects = objects,
            Tables = [.. objects.OfType<NftTable>().Select(t => t with { Chains = [.. chains[(t.Family, t.Name)]], Sets = [.. sets[(t.Family, t.Name)]] })],
            Unread = [.. objects.Where(o => !Known.Contains(o.Kind)).Select(o => new SourceLine(node, fact, 0, o.Print()))],
        };
    }

    private static NftObject Object(JsonItem item)
    {
        var (kind, json) = NftExpression.Of(item);
        // a kind that is spelled in another way than nft spells it is none that anybody knows
        if (json.Members is null || JsonItem.Of(kind, json).ToString() != item.ToString()) return new NftOther(item);
        return kind switch
        {
            "table" => new NftTable { Json = json },
            "chain" => new NftChain { Json = json },
            "rule" => new NftRule { Json = json },
            "set" or "map" => new NftSet(kind == "map") { Json = json },
            _ => new NftOther(kind) { Json = json },
        };
    }

    private static List<SourceLine> Lines(string node, string fact, string text)
    {
        var lines = new FactLines(node, fact, text);
        var unread = new List<SourceLine>();
        while (lines.Next())
        {
            if (!lines.IsBlank) unread.Add(lines.Source());
        }

        return unread;
    }
}
