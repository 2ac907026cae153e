using System.Text;

namespace GravityNet;

/// <summary>
/// The blanks between the parts of a line of options (iptables-save, ipset, ipvsadm), kept where they are not one blank each: tools of other years pad, and people write lines by hand. The text
/// of a form is the blanks before, between and after the parts, with bars between them. The parts' order is always the same.
/// </summary>
internal static class BlankForm
{
    private const char Bar = '|';

    /// <summary>The form of a line; null where it has one blank between any two words and none around them.</summary>
    /// <param name="line">The line.</param>
    /// <param name="words">Start and end of each word in turn.</param>
    public static string? Of(ReadOnlySpan<char> line, ReadOnlySpan<int> words)
    {
        if (IsPlain(line, words)) return null;
        var form = new StringBuilder();
        var at = 0;
        for (var i = 0; i < words.Length; i += 2)
        {
            form.Append(line[at..words[i]]).Append(Bar);
            at = words[i + 1];
        }

        return form.Append(line[at..]).ToString();
    }

    /// <summary>A line of these parts, without those that are empty.</summary>
    public static string Print(string? form, params ReadOnlySpan<string> parts)
    {
        var line = new Writer(form);
        foreach (var part in parts)
        {
            if (part.Length > 0) line.Add(part);
        }

        return line.ToString();
    }

    private static bool IsPlain(ReadOnlySpan<char> line, ReadOnlySpan<int> words)
    {
        var at = -1;
        for (var i = 0; i < words.Length; i += 2)
        {
            if (words[i] != at + 1 || (at >= 0 && line[at] != ' ')) return false;
            at = words[i + 1];
        }

        return at == line.Length;
    }

    /// <summary>Puts words together to a line of a form. Words beyond those of the form are set off by one blank.</summary>
    internal ref struct Writer(string? form)
    {
        private readonly StringBuilder _line = new();
        private ReadOnlySpan<char> _rest = form;
        private readonly bool _isPlain = form is null;
        private bool _any;

        public void Add(ReadOnlySpan<char> word)
        {
            var bar = _isPlain ? -1 : _rest.IndexOf(Bar);
            if (bar >= 0)
            {
                _line.Append(_rest[..bar]);
                _rest = _rest[(bar + 1)..];
            }
            else if (_any)
            {
                _line.Append(' ');
            }

            _any = true;
            _line.Append(word);
        }

        /// <summary>The line.</summary>
        public override readonly string ToString()
        {
            if (!_isPlain) _line.Append(_rest[(_rest.LastIndexOf(Bar) + 1)..]);
            return _line.ToString();
        }
    }
}
