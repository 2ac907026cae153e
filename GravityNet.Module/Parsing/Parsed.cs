namespace GravityNet.Parsing;

/// <summary>
/// What a parser read: the records, and the lines that it did not know. Nothing is lost: every line is in one of them, or a heading.
/// </summary>
/// <param name="Records">The records, in the text's order.</param>
/// <param name="Unread">Lines that the parser does not know, as printed.</param>
public sealed record Parsed<T>(IReadOnlyList<T> Records, IReadOnlyList<SourceLine> Unread)
{
    /// <summary>Lines that stand over records and are none: a table's heading, where a journal begins.</summary>
    public IReadOnlyList<Heading> Headings { get; init; } = [];
}
