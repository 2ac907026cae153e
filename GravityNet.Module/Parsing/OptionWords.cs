using System.Buffers;
using System.Text;

namespace GravityNet.Parsing;

/// <summary>
/// The words of a line of options (iptables-save, ipset, ipvsadm): separated by blanks, some of them in double quotes with backslash escapes.
/// </summary>
internal ref struct OptionWords(ReadOnlySpan<char> line, int start = 0)
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
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
        while (at < _line.Length && IsBlank(_line[at])) at++;
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

        while (at < _line.Length && !IsBlank(_line[at])) at++;
        End = at;
        return true;
    }

    /// <summary>
    /// Whether an option's value is free text that may look like an option: <c>--comment -j</c> is printed without quotes.
    /// </summary>
    public static bool TakesFreeText(ReadOnlySpan<char> option) =>
        option is ['-', '-', ..] && option is "--comment" or "--log-prefix" or "--nflog-prefix" or "--ulog-prefix" or "--name" or "--string" or "--hex-string"
            or "--hashlimit-name" or "--helper" or "--timeout" or "--label" or "--led-trigger-id" or "--path" or "--rateest-name" or "--rateest1" or "--rateest2"
            or "--nfacct-name" or "--selctx" or "--match-set" or "--add-set" or "--del-set" or "--map-set" or "--genre" or "--bytecode" or "--u32";

    // what separates words for iptables-restore; a carriage return at the end is a file's that came over another system
    private static bool IsBlank(char c) => c <= ' ' && c is ' ' or '\t' or '\r';

    /// <summary>An option's value without its quotes; null where the option is not there.</summary>
    public static string? ValueOf(ReadOnlySpan<char> options, ReadOnlySpan<char> option)
    {
        var start = Place(options, option, out _);
        return start < 0 ? null : Unquote(PrintedValueOf(options, option));
    }

    /// <summary>An option's value as printed, with its quotes; empty where the option is not there or has none.</summary>
    public static ReadOnlySpan<char> PrintedValueOf(ReadOnlySpan<char> options, ReadOnlySpan<char> option)
    {
        var start = Place(options, option, out _);
        if (start < 0) return default;
        var words = new OptionWords(options, start);
        while (words.Next() && !words.Current.SequenceEqual(option)) { }
        words.Next();
        return words.Current;
    }

    /// <summary>Whether the option is there.</summary>
    public static bool Has(ReadOnlySpan<char> options, ReadOnlySpan<char> option) => Place(options, option, out _) >= 0;

    /// <summary>Whether the option stands after a <c>!</c>.</summary>
    public static bool IsNegated(ReadOnlySpan<char> options, ReadOnlySpan<char> option) => Place(options, option, out var negated) >= 0 && negated;

    /// <summary>The options with an option's value as it is printed; one after <c>! </c> is negated, an empty one takes the option away.</summary>
    public static string With(string options, string option, string value)
    {
        var printed = value.Length == 0 ? "" : value.StartsWith("! ", StringComparison.Ordinal) ? $"! {option} {value[2..]}" : $"{option} {value}";
        var start = Place(options, option, out _);
        if (start < 0) return options.Length == 0 || printed.Length == 0 ? options + printed : $"{options} {printed}";
        var words = new OptionWords(options, start);
        while (words.Next() && !words.Current.SequenceEqual(option)) { }
        words.Next();
        var rest = options[words.End..];
        return printed.Length > 0 ? options[..start] + printed + rest : start == 0 ? rest.TrimStart(' ') : options[..start].TrimEnd(' ') + rest;
    }

    /// <summary>A text as iptables-save prints it: in quotes where it is empty or holds more than letters, digits, <c>_</c> and <c>-</c> (xtables_save_string).</summary>
    public static string Quote(string text)
    {
        if (text.Length > 0 && !text.AsSpan().ContainsAnyExcept(Plain)) return text;
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\' or '\'') quoted.Append('\\');
            quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    // where an option begins, with the ! before it; -1 where it is not there
    private static int Place(ReadOnlySpan<char> options, ReadOnlySpan<char> option, out bool negated)
    {
        negated = false;
        var words = new OptionWords(options);
        var before = 0;
        while (words.Next())
        {
            if (words.Current.SequenceEqual(option)) return negated ? before : words.Start;
            (negated, before) = (words.Current is "!", words.Start);
            if (TakesFreeText(words.Current)) words.Next();
        }

        return -1;
    }

    /// <summary>A word without its quotes.</summary>
    public static string Unquote(ReadOnlySpan<char> word)
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
