using System.Globalization;
using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>conntrack -S</c> (<c>cpu=0 found=0 invalid=3 ...</c>) and <c>/proc/net/stat/nf_conntrack</c> (a heading, and a row of hexadecimal numbers for each CPU).
/// </summary>
public static class ConntrackStats
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<ConntrackCounters> Parse(string node, string fact, string text)
    {
        string[]? columns = null;
        var rows = 0;
        return FactParser.EachOfWords(node, fact, text, Line, IsHeading);

        bool IsHeading(ReadOnlySpan<char> line)
        {
            if (!line.StartsWith("entries ", StringComparison.Ordinal)) return false;
            columns = line.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            rows = 0;
            return true;
        }

        ConntrackCounters? Line(SourceLine source, ref LineReader line) => columns is null ? OfTool(node, source, ref line) : OfFile(node, source, ref line, columns, rows++);
    }

    private static ConntrackCounters? OfTool(string node, SourceLine source, ref LineReader line)
    {
        if (!line.Current.StartsWith("cpu=", StringComparison.Ordinal) || !LineReader.IsSigned(line.Current[4..], out int cpu)) return null;
        line.Take(ConntrackCounters.Field.Cpu);
        var counters = new List<NamedCount>();
        while (line.Next())
        {
            var equals = line.Current.IndexOf('=');
            if (equals <= 0 || !LineReader.IsNumber(line.Current[(equals + 1)..], out long value)) return null;
            counters.Add(new(line.Pooled(line.Current[..equals]), value));
        }

        return Whole(new() { Node = node, Cpu = cpu, Counters = counters, Form = line.End().Form, Source = source });
    }

    private static ConntrackCounters? OfFile(string node, SourceLine source, ref LineReader line, string[] columns, int row)
    {
        var counters = new List<NamedCount>(columns.Length);
        do
        {
            if (counters.Count == columns.Length || !long.TryParse(line.Current, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value < 0) return null;
            counters.Add(new(columns[counters.Count], value));
        }
        while (line.Next());
        return Whole(new() { Node = node, Cpu = row, Counters = counters, IsHexadecimal = true, Form = line.End().Form, Source = source });
    }

    // a line of more words than a form takes, or of capital digits, would be printed otherwise
    private static ConntrackCounters? Whole(ConntrackCounters counters) => counters.Print() == counters.Source.Text ? counters : null;
}
