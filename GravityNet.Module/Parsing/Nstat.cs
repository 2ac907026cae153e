using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>nstat -asz</c>, and the files that it reads itself: <c>/proc/net/snmp</c> and <c>/proc/net/netstat</c>.
/// </summary>
public static class Nstat
{
    /// <summary>Reads the text of a fact, whichever of both it is.</summary>
    public static Parsed<Counter> Parse(string node, string fact, string text)
    {
        var groups = ParseFiles(node, fact, text);
        if (groups.Records.Count == 0) return FactParser.EachOfWords(node, fact, text, (SourceLine source, ref LineReader line) => Line(node, source, ref line), line => line.StartsWith('#'));
        var counters = groups.Records.SelectMany(g => g.Counters.Select(c => new Counter { Node = node, Name = g.Name + c.Name, Value = c.Value, Source = g.Source }));
        return new([.. counters], groups.Unread);
    }

    /// <summary>Reads the kernel's files: each group is a line of names and one of values.</summary>
    public static Parsed<CounterGroup> ParseFiles(string node, string fact, string text)
    {
        var groups = new List<CounterGroup>();
        var unread = new List<SourceLine>();
        SourceLine? names = null;
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            var line = lines.Source();
            if (names is not null && Group(node, names, line.Text) is { } group)
            {
                groups.Add(group);
                names = null;
                continue;
            }

            if (names is not null) unread.Add(names);
            names = line;
        }

        if (names is not null) unread.Add(names);
        return new(groups, unread);
    }

    private static CounterGroup? Group(string node, SourceLine names, string values)
    {
        var colon = names.Text.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0 || !values.AsSpan().StartsWith(names.Text.AsSpan(0, colon + 2), StringComparison.Ordinal)) return null;
        var (words, numbers) = (names.Text[(colon + 2)..].Split(' '), values[(colon + 2)..].Split(' '));
        if (words.Length != numbers.Length) return null;
        var counters = new NamedCount[words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i].Length == 0 || !LineReader.IsSigned(numbers[i], out long value)) return null;
            counters[i] = new(words[i], value);
        }

        return new() { Node = node, Name = names.Text[..colon], Counters = counters, Source = names };
    }

    private static Counter? Line(string node, SourceLine source, ref LineReader line)
    {
        var name = line.Text();
        line.Take(Counter.Field.Name);
        if (!line.Next() || !LineReader.IsSigned(line.Current, out long value)) return null;
        line.Take(Counter.Field.Value);
        var rate = "";
        if (line.Next())
        {
            rate = line.Text();
            line.Take(Counter.Field.Rate);
        }

        var (words, form) = line.End();
        return new() { Node = node, Name = name, Value = value, Rate = rate, Words = words, Form = form, Source = source };
    }
}
