namespace GravityNet.Parsing;

/// <summary>
/// Reads the tables of <c>kubectl get</c>. Values may have single blanks in them (<c>3 (5m ago)</c>, <c>NOMINATED NODE</c>); two and more part them.
/// </summary>
public static class KubectlTable
{
    /// <summary>Reads a text.</summary>
    /// <param name="node">Where it was taken; empty for the cluster's own.</param>
    /// <param name="fact">What the text is called, for the proof.</param>
    /// <param name="text">The text.</param>
    public static Parsed<KubectlRow> Parse(string node, string fact, string text)
    {
        var rows = new List<KubectlRow>();
        var headings = new List<Heading>();
        string[] columns = [];
        var cells = new List<string>();
        var gaps = new List<string>();
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            Split(lines.Current, cells, gaps);
            // the first column is the name, or with -A the namespace
            if (cells[0] is "NAME" or "NAMESPACE")
            {
                columns = [.. cells];
                headings.Add(new(lines.Current.ToString(), lines.Source()));
                continue;
            }

            rows.Add(new() { Columns = columns, Cells = [.. cells], Gaps = [.. gaps], Source = lines.Source() });
        }

        return new(rows, []) { Headings = headings };
    }

    private static void Split(ReadOnlySpan<char> line, List<string> cells, List<string> gaps)
    {
        cells.Clear();
        gaps.Clear();
        while (!line.IsEmpty)
        {
            var cell = line.TrimStart(' ');
            gaps.Add(line[..(line.Length - cell.Length)].ToString());
            if (cell.IsEmpty) return;
            var end = cell.IndexOf("  ", StringComparison.Ordinal);
            if (end < 0) end = cell.TrimEnd(' ').Length;
            cells.Add(cell[..end].ToString());
            line = cell[end..];
        }
    }
}
