using System.Text.Json;

namespace GravityNet.Parsing;

/// <summary>
/// Reads of JSON that do not throw: what is missing or of another type than expected is empty, so that one odd object does not hide the others.
/// </summary>
internal static class JsonReading
{
    /// <summary>The member, or an undefined element.</summary>
    internal static JsonElement Child(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var child) ? child : default;

    /// <summary>The member as text (numbers and booleans as they are written); <paramref name="otherwise"/> where it is missing or empty.</summary>
    internal static string Text(this JsonElement element, string name, string otherwise = "") =>
        element.Child(name).AsText() is { Length: > 0 } text ? text : otherwise;

    /// <summary>The element as text; empty for objects, lists and null.</summary>
    internal static string AsText(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString() ?? "",
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
        _ => "",
    };

    /// <summary>The member as a whole number; null where it is none.</summary>
    internal static int? Number(this JsonElement element, string name) =>
        element.Child(name) is { ValueKind: JsonValueKind.Number } child && child.TryGetInt32(out var number) ? number : null;

    /// <summary>The member as a boolean; null where it is none.</summary>
    internal static bool? Flag(this JsonElement element, string name) => element.Child(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>The elements of a list member; none where it is no list.</summary>
    internal static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Child(name) is { ValueKind: JsonValueKind.Array } child ? child.EnumerateArray() : [];

    /// <summary>The texts of a list member, without empty ones.</summary>
    internal static string[] Texts(this JsonElement element, string name) =>
        [.. element.Items(name).Select(AsText).Where(text => text.Length > 0)];
}
