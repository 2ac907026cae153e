namespace GravityNet.Parsing;

/// <summary>
/// Walks the lines of <c>ip link</c> and <c>ip addr</c>. <c>ip -o</c> prints what is one link's as one line, with a backslash where a line would end: these are
/// several lines here too.
/// </summary>
internal ref struct LinkLines(string node, string fact, string text)
{
    // ip indents all but a link's first line
    private const string Joint = "\\    ";

    private FactLines _lines = new(node, fact, text);
    private int _start;
    private int _length;

    /// <summary>The line.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>Whether it is the same line as the one before, after a backslash.</summary>
    public bool IsJoined { get; private set; }

    public readonly bool IsBlank => Current.IsWhiteSpace();

    public readonly bool IsIndented => Current is [' ' or '\t', ..];

    /// <summary>Goes to the next line; false at the text's end.</summary>
    public bool Next()
    {
        var end = _start + _length;
        if (end < _lines.Current.Length)
        {
            _start = end + 1;
            IsJoined = true;
        }
        else
        {
            if (!_lines.Next()) return false;
            _start = 0;
            IsJoined = false;
        }

        var rest = _lines.Current[_start..];
        var isOneLine = IsJoined || rest is ['0' or '1' or '2' or '3' or '4' or '5' or '6' or '7' or '8' or '9', ..];
        var joint = isOneLine ? rest.IndexOf(Joint) : -1;
        _length = joint < 0 ? rest.Length : joint;
        Current = rest[.._length];
        return true;
    }

    /// <summary>Takes all of what is one line in the text as the line.</summary>
    public void TakeAll()
    {
        _start = 0;
        Current = _lines.Current;
        _length = Current.Length;
    }

    /// <summary>The line as a proof.</summary>
    public readonly SourceLine Source() => _lines.Source(_start, _length);
}
