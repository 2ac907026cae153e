using System.Globalization;
using System.Text;

namespace GravityNet.Text;

/// <summary>
/// A value of a JSON text as it was written: members in their order, numbers and strings in their own spelling, so that it can be printed again.
/// It is a scalar, a list (<see cref="Items"/>) or an object (<see cref="Members"/>).
/// </summary>
internal sealed record JsonItem
{
    /// <summary>A scalar as written, a string with its quotes; empty for a list or an object.</summary>
    public string Raw { get; init; } = "";

    /// <summary>A list's items; null for what is no list.</summary>
    public IReadOnlyList<JsonItem>? Items { get; init; }

    /// <summary>An object's members, each name with its quotes as written; null for what is no object.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonItem>>? Members { get; init; }

    /// <summary>The member of that name; null where there is none.</summary>
    public JsonItem? this[string name]
    {
        get
        {
            foreach (var member in Members ?? [])
            {
                if (IsName(member.Key, name)) return member.Value;
            }

            return null;
        }
    }

    /// <summary>A scalar's text without quotes and escapes; empty for a list, an object and null.</summary>
    public string Text => Raw is ['"', ..] ? Decode(Raw) : Raw == "null" ? "" : Raw;

    /// <summary>The member as text; empty where there is none.</summary>
    public string TextOf(string name) => this[name]?.Text ?? "";

    /// <summary>The member as a whole number; null where it is none.</summary>
    public long? NumberOf(string name) => long.TryParse(this[name]?.Raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A string.</summary>
    public static JsonItem Of(string text) => new() { Raw = Encode(text) };

    /// <summary>A whole number.</summary>
    public static JsonItem Of(long number) => new() { Raw = number.ToString(CultureInfo.InvariantCulture) };

    /// <summary>An object of one member.</summary>
    public static JsonItem Of(string name, JsonItem value) => new() { Members = [new(Encode(name), value)] };

    /// <summary>The object with another value of a member, at the member's place or at the end; without the member where the value is null.</summary>
    public JsonItem With(string name, JsonItem? value)
    {
        var members = (Members ?? []).ToList();
        var at = members.FindIndex(m => IsName(m.Key, name));
        if (value is null)
        {
            if (at >= 0) members.RemoveAt(at);
        }
        else if (at < 0)
        {
            members.Add(new(Encode(name), value));
        }
        else
        {
            members[at] = new(members[at].Key, value);
        }

        return this with { Members = members };
    }

    /// <summary>The value in one line, with a blank after each comma and colon, as jansson and Python print.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        new JsonWriter(text, null).Write(this);
        return text.ToString();
    }

    private static bool IsName(string raw, string name) => raw.Length == name.Length + 2 && raw.AsSpan(1, name.Length).SequenceEqual(name);

    // as jansson does: quotes, backslashes and control characters alone are escaped
    private static string Encode(string text)
    {
        var raw = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\') raw.Append('\\').Append(c);
            else if (c < ' ') raw.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else raw.Append(c);
        }

        return raw.Append('"').ToString();
    }

    private static string Decode(string raw)
    {
        var inner = raw.AsSpan(1, raw.Length - 2);
        if (!inner.Contains('\\')) return inner.ToString();
        var text = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] != '\\' || i + 1 == inner.Length)
            {
                text.Append(inner[i]);
                continue;
            }

            i++;
            if (inner[i] == 'u' && i + 4 < inner.Length && ushort.TryParse(inner.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                text.Append((char)code);
                i += 4;
            }
            else
            {
                text.Append(inner[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', var c => c });
            }
        }

        return text.ToString();
    }
}
