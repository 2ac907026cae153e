using System.Text.Json.Nodes;

namespace GravityNet.Labs.Api;

/// <summary>Equality selectors over labels and fields, as in app=web,tier!=db.</summary>
internal static class Selector
{
    /// <summary>Whether an object fits all terms of a selector.</summary>
    /// <param name="item">The object.</param>
    /// <param name="selector">The selector, or nothing.</param>
    /// <param name="read">How to read a label or a field.</param>
    public static bool Matches(JsonNode item, string? selector, Func<JsonNode, string, string?> read) =>
        (selector ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).All(term => MatchesTerm(item, term, read));

    /// <summary>Reads a label.</summary>
    public static string? Label(JsonNode item, string name) => (string?)item["metadata"]?["labels"]?[name];

    /// <summary>Reads a field by its dotted path.</summary>
    public static string? Field(JsonNode item, string path) =>
        path.Split('.').Aggregate((JsonNode?)item, (node, name) => (node as JsonObject)?[name])?.ToString();

    private static bool MatchesTerm(JsonNode item, string term, Func<JsonNode, string, string?> read)
    {
        if (term.IndexOf("!=", StringComparison.Ordinal) is >= 0 and var not)
            return read(item, term[..not]) != term[(not + 2)..];
        var equal = term.IndexOf('=', StringComparison.Ordinal);
        return equal < 0 ? read(item, term) is not null : read(item, term[..equal]) == term[(equal + 1)..].TrimStart('=');
    }
}
