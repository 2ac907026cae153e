namespace GravityNet;

/// <summary>
/// A line of a large text, cut out only when somebody asks for the proof: a node with thousands of services has hundreds of thousands of rules.
/// </summary>
internal readonly record struct TextSlice(FactText? Text, int Line, int Start, int Length)
{
    /// <summary>The line as a proof.</summary>
    public SourceLine ToSourceLine() =>
        Text is null ? new SourceLine("", "", 0, "") : new SourceLine(Text.Node, Text.Fact, Line, Text.Text.Substring(Start, Length));
}

/// <summary>A fact's whole text and where it came from.</summary>
internal sealed record FactText(string Node, string Fact, string Text);
