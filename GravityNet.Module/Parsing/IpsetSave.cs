namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ipset save</c>.
/// </summary>
public static class IpsetSave
{
    /// <summary>Reads the text of a fact. Entries of a set that the text does not create, as in an excerpt, are in one without a type.</summary>
    public static Parsed<Ipset> Parse(string node, string fact, string text)
    {
        var sets = new List<Ipset>();
        var entries = new List<List<IpsetEntry>>();
        var byName = new Dictionary<string, int>(StringComparer.Ordinal);
        var unread = new List<SourceLine>();
        var parts = new OptionLine();
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            parts.Read(lines.Current, 3);
            if (parts.Count < 3 || parts[0] is not ("create" or "add"))
            {
                unread.Add(lines.Source());
                continue;
            }

            var (name, what, options) = (parts[1], parts[2], parts[3]);
            if (parts[0] == "create")
            {
                Add(new() { Node = node, Name = name, Type = what, Options = options, Form = parts.Form, Source = lines.Source() });
                continue;
            }

            if (!byName.TryGetValue(name, out var at)) at = Add(new() { Node = node, Name = name, Source = lines.Source() });
            entries[at].Add(new() { Set = name, Element = what, Options = options, Form = parts.Form, Source = lines.Source() });
        }

        return new([.. sets.Select((set, i) => set with { Entries = entries[i] })], unread);

        int Add(Ipset set)
        {
            byName[set.Name] = sets.Count;
            sets.Add(set);
            entries.Add([]);
            return sets.Count - 1;
        }
    }
}
