using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// Says in nft's own language (nft(8)) what the JSON of keys, types and verdicts says. What it does not know stays JSON.
/// </summary>
internal static class NftText
{
    public static string Of(JsonItem? item)
    {
        if (item is null) return "";
        if (item.Items is { } parts) return string.Join(" . ", parts.Select(Of));
        if (item.Members is not [var member]) return item.Members is null ? item.Text : item.ToString();
        var (name, value) = NftExpression.Of(item);
        return name switch
        {
            "concat" => Of(value),
            "prefix" => $"{value.TextOf("addr")}/{value.TextOf("len")}",
            "range" when value.Items is [var first, var last] => $"{Of(first)}-{Of(last)}",
            "elem" => Of(value["val"]),
            "payload" when value.TextOf("field").Length > 0 => $"{value.TextOf("protocol")} {value.TextOf("field")}",
            "meta" => $"meta {value.TextOf("key")}",
            "ct" => $"ct {value.TextOf("key")}",
            "numgen" => $"numgen {value.TextOf("mode")} mod {value.TextOf("mod")}{(value.NumberOf("offset") is > 0 and var offset ? $" offset {offset}" : "")}",
            "jump" or "goto" => $"{name} {value.TextOf("target")}",
            "accept" or "drop" or "return" or "continue" => name,
            _ => item.ToString(),
        };
    }
}
