namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ethtool -k</c>: a heading with the interface, then a line for each feature; parts of a feature are indented under it.
/// </summary>
public static class EthtoolFeatures
{
    private static readonly string[] Headings = ["Features for ", "Offload parameters for "];

    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<InterfaceFeature> Parse(string node, string fact, string text)
    {
        var features = new List<InterfaceFeature>();
        var unread = new List<SourceLine>();
        var headings = new List<Heading>();
        var name = "";
        var group = "";
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            if (InterfaceOf(lines.Current) is { } found)
            {
                (name, group) = (found, "");
                headings.Add(new(lines.Current.ToString(), lines.Source()));
            }
            else if (Line(node, name, group, ref lines) is { } feature && lines.Current.SequenceEqual(feature.Print()))
            {
                if (feature.Indent.Length == 0) group = feature.Name;
                features.Add(feature);
            }
            else
            {
                unread.Add(lines.Source());
            }
        }

        return new(features, unread) { Headings = headings };
    }

    private static string? InterfaceOf(ReadOnlySpan<char> line)
    {
        foreach (var heading in Headings)
        {
            if (line.StartsWith(heading, StringComparison.Ordinal) && line[^1] == ':') return line[heading.Length..^1].ToString();
        }

        return null;
    }

    private static InterfaceFeature? Line(string node, string name, string group, ref FactLines lines)
    {
        var line = lines.Current;
        var word = line.TrimStart();
        var colon = word.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0) return null;
        var state = word[(colon + 2)..];
        var isOn = state is "on" || state.StartsWith("on ", StringComparison.Ordinal);
        if (!isOn && state is not "off" && !state.StartsWith("off ", StringComparison.Ordinal)) return null;
        var isFixed = state.Contains("[fixed]", StringComparison.Ordinal);
        var requested = !isFixed && state.IndexOf('[') is > 0 and var at && state[^1] == ']' ? state[(at + 1)..^1].ToString() : "";
        var indent = line[..(line.Length - word.Length)];
        return new()
        {
            Node = node,
            Interface = name,
            Name = word[..colon].ToString(),
            Group = indent.IsEmpty ? "" : group,
            IsOn = isOn,
            IsFixed = isFixed,
            Requested = requested,
            Indent = indent is "\t" ? "\t" : indent.ToString(),
            Source = lines.Source(),
        };
    }
}
