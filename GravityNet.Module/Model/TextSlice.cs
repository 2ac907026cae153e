namespace GravityNet;

/// <summary>
/// A line of a large text, cut out only when somebody asks for the proof: a node with thousands of services has hundreds of thousands of rules.
/// </summary>
internal readonly record struct TextSlice(FactText? Text, int Line, int Start)
{
    /// <summary>The line as a proof, without its line end (LF or CRLF).</summary>
    public SourceLine ToSourceLine()
    {
        if (Text is null) return new SourceLine("", "", 0, "");
        var line = Text.Text.AsSpan(Start);
        if (line.IndexOf('\n') is >= 0 and var end) line = line[..end];
        return new SourceLine(Text, Line, Start..(Start + line.TrimEnd('\r').Length));
    }
}

/// <summary>A fact's whole text and where it came from.</summary>
internal sealed record FactText(string Node, string Fact, string Text);
