namespace GravityNet.Parsing;

/// <summary>
/// Walks a fact's text line by line without copying it; a line becomes a string only where a record keeps it as its proof.
/// </summary>
internal ref struct FactLines(string node, string fact, ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    /// <summary>The line, without its line end (LF or CRLF).</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>Its number, from 1.</summary>
    public int Number { get; private set; }

    public readonly bool IsBlank => Current.IsWhiteSpace();

    public readonly bool IsIndented => Current is [' ' or '\t', ..];

    /// <summary>Goes to the next line; false at the text's end.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty) return false;
        var end = _rest.IndexOf('\n');
        Current = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? [] : _rest[(end + 1)..];
        if (Current.EndsWith("\r")) Current = Current[..^1];
        Number++;
        return true;
    }

    /// <summary>The line as a proof.</summary>
    public readonly SourceLine Source() => new(node, fact, Number, Current.ToString());
}
