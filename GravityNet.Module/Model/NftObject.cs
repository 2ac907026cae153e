using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// One object of <c>nft -j list ruleset</c> (libnftables-json(5)). Its properties are views on the JSON that it was read from: one that is set is changed there, and
/// whatever else stands in it stays.
/// </summary>
public abstract record NftObject
{
    private protected NftObject(string kind) => Kind = kind;

    /// <summary>What it is, in nft's words: table, chain, rule, set, map, element, flowtable, counter, ...</summary>
    public string Kind { get; }

    /// <summary>The family: ip, ip6, inet, arp, bridge or netdev.</summary>
    public string Family { get => Json.TextOf("family"); init => Json = Json.With("family", JsonItem.Of(value)); }

    /// <summary>The kernel's number of the object; null where the text has none.</summary>
    public long? Handle { get => Json.NumberOf("handle"); init => Json = Json.With("handle", Number(value)); }

    /// <summary>The comment; empty for none.</summary>
    public string Comment { get => Json.TextOf("comment"); init => Json = Json.With("comment", Word(value)); }

    /// <summary>The object's own JSON, without its kind.</summary>
    internal JsonItem Json { get; init; } = new() { Members = [] };

    /// <summary>The object as nft prints it among the others: <c>{"chain": {"family": "ip", ...}}</c>.</summary>
    public string Print() => Whole.ToString();

    /// <inheritdoc cref="Print"/>
    public sealed override string ToString() => Print();

    internal virtual JsonItem Whole => JsonItem.Of(Kind, Json);

    private protected static JsonItem? Number(long? value) => value is { } number ? JsonItem.Of(number) : null;

    private protected static JsonItem? Word(string value) => value.Length > 0 ? JsonItem.Of(value) : null;
}
