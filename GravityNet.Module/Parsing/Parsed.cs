namespace GravityNet.Parsing;

/// <summary>
/// What a parser read: the records, and the lines that it did not know. Nothing is lost: every line is in one of the two.
/// </summary>
/// <param name="Records">The records, in the text's order.</param>
/// <param name="Unread">Lines that the parser does not know, as printed.</param>
public sealed record Parsed<T>(IReadOnlyList<T> Records, IReadOnlyList<SourceLine> Unread);
