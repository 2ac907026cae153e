namespace GravityNet.Parsing;

/// <summary>
/// The loop of every format that has one record a line.
/// </summary>
internal static class FactParser
{
    /// <summary>Reads the current line as a record; null where it is none.</summary>
    internal delegate T? LineReader<T>(string node, ref FactLines lines) where T : class;

    internal static Parsed<T> EachLine<T>(string node, string fact, string text, LineReader<T> read) where T : class
    {
        var records = new List<T>();
        var unread = new List<SourceLine>();
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            if (read(node, ref lines) is { } record) records.Add(record);
            else unread.Add(lines.Source());
        }

        return new(records, unread);
    }
}
