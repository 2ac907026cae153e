using System.Text;
using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// What the links of one text share: words and forms, sets of flags, and the order of their lines.
/// </summary>
internal sealed class LinkPool
{
    private readonly Dictionary<string, string[]> _flags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkLayout> _layouts = new(StringComparer.Ordinal);

    private readonly char[] _buffer = new char[LineReader.BufferSize];

    public LinePool Lines { get; } = new();

    /// <summary>Reads a line; the one before must have been read to its end.</summary>
    public LineReader Read(ReadOnlySpan<char> line) => new(line, _buffer, Lines);

    /// <summary>The flags between angle brackets.</summary>
    public IReadOnlyList<string> Flags(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return [];
        var flags = _flags.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!flags.TryGetValue(text, out var words)) flags[text] = words = text.ToString().Split(',');
        return words;
    }

    public LinkLayout Layout(StringBuilder letters)
    {
        Span<char> few = stackalloc char[256];
        var text = letters.Length <= few.Length ? few[..letters.Length] : new char[letters.Length];
        letters.CopyTo(0, text, letters.Length);
        var layouts = _layouts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!layouts.TryGetValue(text, out var layout)) layouts[text] = layout = new(text.ToString());
        return layout;
    }
}
