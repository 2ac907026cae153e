using System.Globalization;
using System.Text;

namespace GravityNet.Parsing;

/// <summary>
/// The JSON strings of docker's json-file log driver, as Go's encoder writes them: quotes, backslashes, control characters and <c>&lt; &gt; &amp;</c> are escaped.
/// </summary>
internal static class DockerJson
{
    /// <summary>A text as it stands in the JSON.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            switch (letter)
            {
                case '"': escaped.Append("\\\""); break;
                case '\\': escaped.Append("\\\\"); break;
                case '\t': escaped.Append("\\t"); break;
                case '\n': escaped.Append("\\n"); break;
                case '\r': escaped.Append("\\r"); break;
                case '<' or '>' or '&' or '\u2028' or '\u2029' or < ' ': escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"); break;
                default: escaped.Append(letter); break;
            }
        }

        return escaped.ToString();
    }

    /// <summary>The text of what stands in the JSON; null where it is no such text.</summary>
    public static string? Unescape(ReadOnlySpan<char> escaped)
    {
        var text = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\')
            {
                text.Append(escaped[i]);
                continue;
            }

            if (++i == escaped.Length) return null;
            switch (escaped[i])
            {
                case 't': text.Append('\t'); break;
                case 'n': text.Append('\n'); break;
                case 'r': text.Append('\r'); break;
                case '"' or '\\' or '/': text.Append(escaped[i]); break;
                case 'u' when i + 4 < escaped.Length && ushort.TryParse(escaped.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                    text.Append((char)code);
                    i += 4;
                    break;
                default: return null;
            }
        }

        var read = text.ToString();
        return escaped.SequenceEqual(Escape(read)) ? read : null;
    }
}
