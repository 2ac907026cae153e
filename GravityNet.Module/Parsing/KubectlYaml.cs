using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GravityNet.Parsing;

/// <summary>
/// Reads the YAML that <c>kubectl -o yaml</c> writes: block maps and lists, plain and quoted scalars (older ones are folded at 80 columns), block scalars. Of flow
/// collections it knows those that are JSON too. Anchors and tags, which kubectl never writes, stay text.
/// </summary>
internal sealed class KubectlYaml
{
    // an object of Kubernetes has 15 levels at most
    private const int MaxDepth = 64;
    private readonly List<(int Indent, string Text)> _lines = [];
    private int _at;

    private KubectlYaml(string text)
    {
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan()[range].TrimEnd('\r');
            var indent = line.IndexOfAnyExcept(' ');
            _lines.Add(indent < 0 ? (-1, "") : (indent, line[indent..].ToString()));
        }
    }

    /// <summary>The document as JSON; null where it is not of this kind.</summary>
    public static JsonNode? Parse(string text)
    {
        var reader = new KubectlYaml(text);
        reader.SkipBlank();
        if (reader._at < reader._lines.Count && reader._lines[reader._at].Text == "---") reader._at++;
        reader.SkipBlank();
        if (reader._at >= reader._lines.Count) return null;
        var node = reader.Node(reader._lines[reader._at].Indent, 0);
        reader.SkipBlank();
        return reader._at == reader._lines.Count ? node : null;
    }

    private void SkipBlank()
    {
        while (_at < _lines.Count && (_lines[_at].Indent < 0 || _lines[_at].Text.StartsWith('#'))) _at++;
    }

    // a map or a list whose lines begin in this column; it ends where a line begins before it
    private JsonNode? Node(int indent, int depth) => depth > MaxDepth ? null : IsItem(_lines[_at].Text) ? List(indent, depth) : Map(indent, depth);

    private static bool IsItem(string text) => text == "-" || text.StartsWith("- ", StringComparison.Ordinal);

    private JsonObject Map(int indent, int depth)
    {
        var map = new JsonObject();
        for (SkipBlank(); _at < _lines.Count && _lines[_at].Indent == indent && !IsItem(_lines[_at].Text); SkipBlank())
        {
            var text = _lines[_at].Text;
            var end = KeyEnd(text);
            if (end < 0) break;
            var key = text[0] is '"' or '\'' ? Quoted(text[..end], 0).Text : text[..end];
            var rest = text[(end + 1)..].Trim();
            _at++;
            map[key] = rest.Length > 0 ? Scalar(rest, indent) : Below(indent, depth, listsToo: true);
        }

        return map;
    }

    private JsonArray List(int indent, int depth)
    {
        var list = new JsonArray();
        for (SkipBlank(); _at < _lines.Count && _lines[_at].Indent == indent && IsItem(_lines[_at].Text); SkipBlank())
        {
            var rest = _lines[_at].Text[1..].TrimStart();
            var column = indent + _lines[_at].Text.Length - rest.Length;
            if (rest.Length > 0 && (IsItem(rest) || KeyEnd(rest) >= 0))
            {
                // what follows the dash is the first line of a map or a list of its own
                _lines[_at] = (column, rest);
                list.Add(Node(column, depth + 1));
            }
            else
            {
                _at++;
                list.Add(rest.Length > 0 ? Scalar(rest, indent) : Below(indent, depth, listsToo: false));
            }
        }

        return list;
    }

    // the value of a key that stands alone: a list may begin in the key's own column
    private JsonNode? Below(int indent, int depth, bool listsToo)
    {
        SkipBlank();
        if (_at >= _lines.Count) return null;
        var (next, text) = _lines[_at];
        return next > indent || (listsToo && next == indent && IsItem(text)) ? Node(next, depth + 1) : null;
    }

    // where the colon after a key is; -1 where there is none
    private static int KeyEnd(string text)
    {
        if (text[0] is '{' or '[' or '|' or '>' or '&' or '!') return -1;
        var from = 0;
        if (text[0] is '"' or '\'')
        {
            from = Quoted(text, 0).End;
            return from > 0 && from < text.Length && text[from] == ':' && (from + 1 == text.Length || text[from + 1] == ' ') ? from : -1;
        }

        var at = text.IndexOf(": ", from, StringComparison.Ordinal);
        return at >= 0 ? at : text.EndsWith(':') ? text.Length - 1 : -1;
    }

    private JsonNode? Scalar(string text, int indent)
    {
        switch (text[0])
        {
            case '|' or '>':
                return Blocked(text, indent);
            case '"' or '\'':
                var whole = new StringBuilder(text);
                (string Text, int End) quoted;
                while ((quoted = Quoted(whole.ToString(), 0)).End < 0 && _at < _lines.Count)
                {
                    // folded: a line's end is a blank, and an empty line is a line's end
                    if (text[0] == '"' && whole[^1] == '\\') whole.Length--;
                    else whole.Append(_lines[_at].Indent < 0 ? '\n' : ' ');
                    whole.Append(_lines[_at++].Text);
                }

                return quoted.Text;
            case '{' or '[':
                try
                {
                    return JsonNode.Parse(text);
                }
                catch (JsonException)
                {
                    return text;
                }

            default:
                var plain = new StringBuilder(text);
                while (_at < _lines.Count && _lines[_at].Indent > indent) plain.Append(' ').Append(_lines[_at++].Text);
                return Plain(plain.ToString());
        }
    }

    private static JsonNode? Plain(string text) => text switch
    {
        "null" or "~" => null,
        "true" => true,
        "false" => false,
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => text,
    };

    private string Blocked(string header, int parent)
    {
        var isFolded = header[0] == '>';
        var indent = header.AsSpan().IndexOfAnyInRange('1', '9') is > 0 and var digit ? parent + header[digit] - '0' : 0;
        var lines = new List<string>();
        for (; _at < _lines.Count && (_lines[_at].Indent < 0 || _lines[_at].Indent > parent); _at++)
        {
            var (own, text) = _lines[_at];
            if (indent == 0 && own > 0) indent = own;
            lines.Add(own < 0 ? "" : new string(' ', Math.Max(0, own - indent)) + text);
        }

        var kept = lines.Count;
        while (kept > 0 && lines[kept - 1].Length == 0) kept--;
        var value = string.Join(isFolded ? ' ' : '\n', lines.Take(kept));
        return header.Contains('-', StringComparison.Ordinal) ? value : header.Contains('+', StringComparison.Ordinal) ? value + new string('\n', lines.Count - kept + 1) : value + '\n';
    }

    // the text of a quoted scalar and where it ends: behind its last quote, -1 where there is none
    private static (string Text, int End) Quoted(string text, int at)
    {
        var quote = text[at++];
        var value = new StringBuilder();
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (c == quote)
            {
                if (quote == '"' || at + 1 >= text.Length || text[at + 1] != '\'') return (value.ToString(), at + 1);
                at++;
                value.Append('\'');
            }
            else if (c == '\\' && quote == '"' && at + 1 < text.Length)
            {
                at += Escape(text.AsSpan(at + 1), value);
            }
            else
            {
                value.Append(c);
            }
        }

        return (value.ToString(), -1);
    }

    // an escape without its backslash; how many characters it has
    private static int Escape(ReadOnlySpan<char> text, StringBuilder value)
    {
        var digits = text[0] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0 && text.Length > digits && int.TryParse(text.Slice(1, digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code) && Rune.IsValid(code))
        {
            value.Append(new Rune(code).ToString());
            return digits + 1;
        }

        value.Append(text[0] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', '0' => '\0', 'e' => '\x1b', 'a' => '\a', 'b' => '\b', 'v' => '\v', 'f' => '\f', _ => text[0] });
        return 1;
    }
}
