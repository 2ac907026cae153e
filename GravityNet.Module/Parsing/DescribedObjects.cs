namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>kubectl describe</c>, one object or several: each line is a field, a further value of the field above, or a row of a table under it.
/// </summary>
public static class DescribedObjects
{
    /// <summary>Reads a text.</summary>
    /// <param name="node">Where it was taken; empty for the cluster's own.</param>
    /// <param name="fact">What the text is called, for the proof.</param>
    /// <param name="text">The text.</param>
    public static Parsed<DescribedObject> Parse(string node, string fact, string text)
    {
        var objects = new List<DescribedObject>();
        var unread = new List<SourceLine>();
        var fields = new List<DescribedField>();
        SourceLine? first = null;
        var column = 0;
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            var field = Field(lines.Current, column);
            if (field is { Key: "Name", IsInner: false })
            {
                Flush();
                first = lines.Source();
            }

            if (first is null)
            {
                unread.Add(lines.Source());
                continue;
            }

            // further values of a field stand under its first one
            if (field.Key.Length > 0) column = field.Value.Length > 0 ? field.Indent.Length + field.Key.Length + 1 + field.Gap.Length : int.MaxValue;
            fields.Add(field);
        }

        Flush();
        return new(objects, unread);

        void Flush()
        {
            if (first is not null) objects.Add(new() { Fields = [.. fields], Source = first });
            fields.Clear();
            column = 0;
        }
    }

    private static DescribedField Field(ReadOnlySpan<char> line, int column)
    {
        var text = line.TrimStart(" \t");
        var indent = line[..(line.Length - text.Length)];
        var colon = text.IndexOf(':');
        var isKey = colon > 0 && (colon == text.Length - 1 || text[colon + 1] is ' ' or '\t') && (column == 0 || indent.Length < column);
        if (!isKey) return new("", text.ToString()) { Indent = indent.ToString() };
        var value = text[(colon + 1)..].TrimStart(" \t");
        return new(text[..colon].ToString(), value.ToString()) { Indent = indent.ToString(), Gap = text[(colon + 1)..(text.Length - value.Length)].ToString() };
    }
}
