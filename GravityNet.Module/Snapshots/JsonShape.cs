using System.Text.Json.Nodes;

namespace GravityNet.Snapshots;

/// <summary>
/// The members of a JSON object that are kept; all others are left out. Written as <c>name other(inner ...) whole*</c>: a name alone keeps a text, a number or a boolean, or a
/// list of them, a name with members in parentheses keeps an object or a list of objects, and a <c>*</c> keeps everything below. A list is walked item by item.
/// </summary>
internal sealed class JsonShape
{
    private readonly Dictionary<string, JsonShape?> _members = new(StringComparer.Ordinal);
    private bool _isWhole;

    /// <summary>Reads a shape.</summary>
    public static JsonShape Parse(string text)
    {
        var root = new JsonShape();
        var open = new Stack<JsonShape>([root]);
        foreach (var word in text.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (word)
            {
                case "(":
                    var last = open.Peek()._members.Keys.Last();
                    var inner = new JsonShape();
                    open.Peek()._members[last] = inner;
                    open.Push(inner);
                    break;
                case ")":
                    open.Pop();
                    break;
                default:
                    open.Peek()._members[word.TrimEnd('*')] = word.EndsWith('*') ? new JsonShape { _isWhole = true } : null;
                    break;
            }
        }

        return root;
    }

    /// <summary>A copy of the node with the shape's members alone.</summary>
    public JsonNode? Keep(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list:
                return new JsonArray([.. list.Select(Keep)]);
            case JsonObject item when !_isWhole:
                var kept = new JsonObject();
                foreach (var (name, shape) in _members)
                {
                    if (item.TryGetPropertyValue(name, out var value)) kept[name] = shape is null ? Plain(value) : shape.Keep(value);
                }

                return kept;
            default:
                return node?.DeepClone();
        }
    }

    // a name alone keeps no object: what it holds is not known
    private static JsonNode? Plain(JsonNode? value) => value switch
    {
        JsonObject => null,
        JsonArray list => new JsonArray([.. list.Where(i => i is JsonValue).Select(i => i!.DeepClone())]),
        _ => value?.DeepClone(),
    };
}
