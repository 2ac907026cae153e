namespace GravityNet.Parsing;

/// <summary>
/// Walks a fact's text line by line without copying it; a line becomes a string only where a record keeps it as its proof. Colours say nothing, and are taken out.
/// </summary>
internal ref struct FactLines(string node, string fact, string text)
{
    private readonly FactText _text = new(node, fact, Colours.Without(text));
    private int _start;
    private int _next;

    /// <summary>The line, without its line end (LF or CRLF).</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>Its number, from 1.</summary>
    public int Number { get; private set; }

    public readonly bool IsBlank => Current.IsWhiteSpace();

    public readonly bool IsIndented => Current is [' ' or '\t', ..];

    /// <summary>Goes to the next line; false at the text's end.</summary>
    public bool Next()
    {
        if (_next >= _text.Text.Length) return false;
        _start = _next;
        Current = _text.Text.AsSpan(_start);
        var end = Current.IndexOf('\n');
        if (end >= 0) Current = Current[..end];
        _next = _start + Current.Length + 1;
        if (Current.EndsWith("\r")) Current = Current[..^1];
        Number++;
        return true;
    }

    /// <summary>The line as a proof.</summary>
    public readonly SourceLine Source() => Source(0, Current.Length);

    /// <summary>A part of the line as a proof.</summary>
    public readonly SourceLine Source(int start, int length) => new(_text, Number, (_start + start)..(_start + start + length));
}
