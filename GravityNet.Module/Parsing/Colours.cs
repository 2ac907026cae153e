using System.Buffers;
using System.Text;

namespace GravityNet.Parsing;

/// <summary>
/// The colours that <c>ip -c</c> and <c>bridge -c</c> print, also to a file in iproute2 before 4.17: SGR sequences of ECMA-48 (8.3.117), <c>ESC [ ... m</c>.
/// </summary>
internal static class Colours
{
    private const string Start = "\e[";
    private static readonly SearchValues<char> Numbers = SearchValues.Create("0123456789;");

    /// <summary>The text without its colours; the same text where it has none.</summary>
    public static string Without(string text)
    {
        var at = text.IndexOf(Start, StringComparison.Ordinal);
        if (at < 0) return text;
        var plain = new StringBuilder(text.Length);
        var from = 0;
        for (; at >= 0; at = text.IndexOf(Start, at + Start.Length, StringComparison.Ordinal))
        {
            var numbers = text.AsSpan(at + Start.Length);
            var end = numbers.IndexOfAnyExcept(Numbers);
            // another sequence of a terminal's is kept, as all is that nobody knows
            if (end < 0 || numbers[end] != 'm') continue;
            plain.Append(text, from, at - from);
            from = at + Start.Length + end + 1;
        }

        return plain.Append(text, from, text.Length - from).ToString();
    }
}
