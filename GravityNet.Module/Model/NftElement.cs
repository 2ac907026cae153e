using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// An element of a set or a map, in nft's words.
/// </summary>
/// <param name="Key">What is looked up: <c>10.96.0.1 . tcp . 443</c>, <c>10.0.0.0/8</c>, <c>80-90</c>.</param>
/// <param name="Value">What a map's element leads to: <c>goto CHAIN</c>, an address; empty for a set's.</param>
/// <param name="Comment">The comment; empty for none.</param>
public sealed record NftElement(string Key, string Value, string Comment)
{
    /// <summary>The chain that it leads to; empty where it leads to none.</summary>
    public string Target => Value.StartsWith("goto ", StringComparison.Ordinal) || Value.StartsWith("jump ", StringComparison.Ordinal) ? Value[5..] : "";

    /// <summary>The element as nft prints it.</summary>
    public override string ToString() => NftText.Of(this with { Comment = "" });

    // an element is its key, or a list of key and value; a key with more to say is an object {"elem": {"val": ...}}
    internal static IReadOnlyList<NftElement> Of(JsonItem? list) => list?.Items is not { } items ? [] :
    [
        .. items.Select(i =>
        {
            var (key, value) = i.Items is [var k, var v] ? (k, NftText.Of(v)) : (i, "");
            return key["elem"] is { } more ? new NftElement(NftText.Of(more["val"]), value, more.TextOf("comment")) : new NftElement(NftText.Of(key), value, "");
        }),
    ];
}
