using System.Globalization;

namespace GravityNet.Parsing;

/// <summary>
/// The words of one line, separated by blanks or tabs, read one after the other.
/// </summary>
internal ref struct Words(ReadOnlySpan<char> line)
{
    private ReadOnlySpan<char> _rest = line.TrimStart();

    /// <summary>The word that <see cref="Next"/> read; empty at the line's end.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>What follows the current word.</summary>
    public readonly ReadOnlySpan<char> Rest => _rest;

    /// <summary>Goes to the next word; false at the line's end.</summary>
    public bool Next()
    {
        var end = _rest.IndexOfAny(' ', '\t');
        Current = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? [] : _rest[end..].TrimStart();
        return !Current.IsEmpty;
    }

    /// <summary>The next word as text; empty at the line's end.</summary>
    public string Text() => Next() ? Current.ToString() : "";

    /// <summary>The next word as a number; null where it is none.</summary>
    public int? Number() => Next() && int.TryParse(Current, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) ? n : null;
}
