using System.Text;

namespace GravityNet.Parsing;

/// <summary>
/// The words of an iptables-save line: separated by blanks, some of them in double quotes with backslash escapes.
/// </summary>
internal ref struct IptablesWords(ReadOnlySpan<char> line, int start = 0)
{
    private readonly ReadOnlySpan<char> _line = line;

    /// <summary>Where the current word begins.</summary>
    public int Start { get; private set; } = start;

    /// <summary>Where the current word ends.</summary>
    public int End { get; private set; } = start;

    /// <summary>The word as printed, with its quotes.</summary>
    public readonly ReadOnlySpan<char> Current => _line[Start..End];

    /// <summary>Goes to the next word; false at the line's end.</summary>
    public bool Next()
    {
        var at = End;
        while (at < _line.Length && _line[at] == ' ') at++;
        Start = at;
        if (at == _line.Length)
        {
            End = at;
            return false;
        }

        if (_line[at] == '"')
        {
            at++;
            while (at < _line.Length && _line[at] != '"') at += _line[at] == '\\' ? 2 : 1;
            at = Math.Min(at + 1, _line.Length);
        }

        while (at < _line.Length && _line[at] != ' ') at++;
        End = at;
        return true;
    }

    /// <summary>
    /// Whether an option's value is free text that may look like an option: <c>--comment -j</c> is printed without quotes.
    /// </summary>
    public static bool TakesFreeText(ReadOnlySpan<char> option) =>
        option is "--comment" or "--log-prefix" or "--nflog-prefix" or "--name" or "--string" or "--hex-string" or "--hashlimit-name";

    /// <summary>An option's value without its quotes; null where the option is not there.</summary>
    public static string? ValueOf(ReadOnlySpan<char> options, ReadOnlySpan<char> option)
    {
        var words = new IptablesWords(options);
        while (words.Next())
        {
            var found = words.Current.SequenceEqual(option);
            if (!found && !TakesFreeText(words.Current)) continue;
            if (!words.Next()) return found ? "" : null;
            if (found) return Unquote(words.Current);
        }

        return null;
    }

    /// <summary>Whether the option is there.</summary>
    public static bool Has(ReadOnlySpan<char> options, ReadOnlySpan<char> option)
    {
        var words = new IptablesWords(options);
        while (words.Next())
        {
            if (words.Current.SequenceEqual(option)) return true;
            if (TakesFreeText(words.Current)) words.Next();
        }

        return false;
    }

    private static string Unquote(ReadOnlySpan<char> word)
    {
        if (word.Length < 2 || word[0] != '"' || word[^1] != '"') return word.ToString();
        var inner = word[1..^1];
        if (!inner.Contains('\\')) return inner.ToString();
        var text = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] == '\\' && i + 1 < inner.Length) i++;
            text.Append(inner[i]);
        }

        return text.ToString();
    }
}
