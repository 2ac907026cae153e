namespace GravityNet.Parsing;

/// <summary>
/// The words of one line, separated by blanks or tabs, read one after the other.
/// </summary>
internal ref struct Words(ReadOnlySpan<char> line)
{
    private ReadOnlySpan<char> _rest = line.TrimStart();

    /// <summary>The word that <see cref="Next"/> read; empty at the line's end.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>Goes to the next word; false at the line's end.</summary>
    public bool Next()
    {
        var end = _rest.IndexOfAny(' ', '\t');
        Current = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? [] : _rest[end..].TrimStart();
        return !Current.IsEmpty;
    }
}
