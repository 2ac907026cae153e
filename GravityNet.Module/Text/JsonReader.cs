using System.Globalization;
using System.Text;

namespace GravityNet.Text;

/// <summary>
/// Reads a JSON text (RFC 8259) so that it can be printed again. It says no where a text is none, and throws nothing.
/// </summary>
internal sealed class JsonReader
{
    // deeper than any tool nests
    private const int MostDepth = 100;

    private readonly string _text;
    private readonly List<string> _gaps = [];
    private int _at;

    private JsonReader(string text) => _text = text;

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="gaps">The blanks before each mark and scalar and at the end; null where they are those of one line with a line end.</param>
    /// <returns>The value; null where the text is no JSON.</returns>
    public static JsonItem? Read(string text, out IReadOnlyList<string>? gaps)
    {
        var reader = new JsonReader(text);
        gaps = null;
        reader.Gap();
        if (reader.Value(0) is not { } item) return null;
        reader.Gap();
        if (reader._at != text.Length) return null;
        var plain = new StringBuilder(text.Length);
        var writer = new JsonWriter(plain, null);
        writer.Write(item);
        writer.End("\n");
        if (!plain.Equals(text.AsSpan())) gaps = reader._gaps;
        return item;
    }

    // the blanks before it have been read
    private JsonItem? Value(int depth)
    {
        if (depth > MostDepth) return null;
        switch (Peek())
        {
            case '{':
                return Members(depth);
            case '[':
                return Items(depth);
            case '"':
                return String() is { } text ? new() { Raw = text } : null;
            default:
                var start = _at;
                while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '-' or '+' or '.')) _at++;
                var raw = _text[start.._at];
                return raw is "true" or "false" or "null" || IsNumber(raw) ? new() { Raw = raw } : null;
        }
    }

    private static bool IsNumber(string raw) =>
        raw is ['-' or (>= '0' and <= '9'), ..] && double.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private JsonItem? Members(int depth)
    {
        var members = new List<KeyValuePair<string, JsonItem>>();
        _at++;
        Gap();
        while (Peek() != '}')
        {
            if (members.Count > 0)
            {
                if (Peek() != ',') return null;
                _at++;
                Gap();
            }

            if (String() is not { } name) return null;
            Gap();
            if (Peek() != ':') return null;
            _at++;
            Gap();
            if (Value(depth + 1) is not { } value) return null;
            members.Add(new(name, value));
            Gap();
        }

        _at++;
        return new() { Members = members };
    }

    private JsonItem? Items(int depth)
    {
        var items = new List<JsonItem>();
        _at++;
        Gap();
        while (Peek() != ']')
        {
            if (items.Count > 0)
            {
                if (Peek() != ',') return null;
                _at++;
                Gap();
            }

            if (Value(depth + 1) is not { } value) return null;
            items.Add(value);
            Gap();
        }

        _at++;
        return new() { Items = items };
    }

    private string? String()
    {
        if (Peek() != '"') return null;
        var start = _at++;
        while (_at < _text.Length && _text[_at] != '"') _at += _text[_at] == '\\' ? 2 : 1;
        if (_at >= _text.Length) return null;
        return _text[start..++_at];
    }

    private char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private void Gap()
    {
        var start = _at;
        while (_at < _text.Length && IsBlank(_text[_at])) _at++;
        _gaps.Add((_at - start) switch { 0 => "", 1 when _text[start] == ' ' => " ", _ => _text[start.._at] });
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\n' or '\r';
}
