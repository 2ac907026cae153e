using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// A set of nf_tables, or a map: kube-proxy finds services by address, protocol and port in one.
/// </summary>
public sealed record NftSet : NftObject
{
    internal NftSet(bool isMap) : base(isMap ? "map" : "set")
    {
    }

    /// <summary>The table's name.</summary>
    public string Table { get => Json.TextOf("table"); init => Json = Json.With("table", JsonItem.Of(value)); }

    /// <summary>The name.</summary>
    public string Name { get => Json.TextOf("name"); init => Json = Json.With("name", JsonItem.Of(value)); }

    /// <summary>Whether its elements lead to something.</summary>
    public bool IsMap => Kind == "map";

    /// <summary>What its keys are: <c>ipv4_addr . inet_proto . inet_service</c>.</summary>
    public string Type => NftText.Of(Json["type"]);

    /// <summary>What a map's elements lead to: <c>verdict</c> or a type; empty for a set.</summary>
    public string MapType => NftText.Of(Json["map"]);

    /// <summary>Seconds after which an element goes; null where elements stay.</summary>
    public long? Timeout { get => Json.NumberOf("timeout"); init => Json = Json.With("timeout", Number(value)); }

    /// <summary>The elements in the text's order.</summary>
    public IReadOnlyList<NftElement> Elements => NftElement.Of(Json["elem"]);
}
