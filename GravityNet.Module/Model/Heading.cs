namespace GravityNet;

/// <summary>A line that stands over records: the names of a table's columns, or where a journal begins and ends.</summary>
/// <param name="Text">The line.</param>
/// <param name="Source">Where it stood.</param>
public sealed record Heading(string Text, SourceLine Source)
{
    /// <summary>The line as the command prints it.</summary>
    public string Print() => Text;

    /// <summary>The line.</summary>
    public override string ToString() => Text;
}
