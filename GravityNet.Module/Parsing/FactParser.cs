using GravityNet.Text;

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

    /// <summary>Whether a line is a heading, which is none of the records.</summary>
    internal delegate bool HeadingReader(ReadOnlySpan<char> line);

    /// <summary>Reads a line as a record, from its first word on; null where it is none.</summary>
    internal delegate T? WordReader<T>(SourceLine source, ref LineReader line) where T : class;

    /// <summary>Reads lines of words, under headings or without.</summary>
    internal static Parsed<T> EachOfWords<T>(string node, string fact, string text, WordReader<T> read, HeadingReader? isHeading = null) where T : class
    {
        var records = new List<T>();
        var unread = new List<SourceLine>();
        var headings = new List<Heading>();
        var lines = new FactLines(node, fact, text);
        var pool = new LinePool();
        Span<char> buffer = stackalloc char[LineReader.BufferSize];
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            var source = lines.Source();
            if (isHeading is not null && isHeading(lines.Current))
            {
                headings.Add(new(source.Text, source));
                continue;
            }

            var line = new LineReader(lines.Current, buffer, pool);
            line.Next();
            if (read(source, ref line) is { } record) records.Add(record);
            else unread.Add(source);
        }

        return new(records, unread) { Headings = headings };
    }
}
