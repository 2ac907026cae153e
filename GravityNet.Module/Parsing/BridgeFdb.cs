namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>bridge fdb show</c>.
/// </summary>
public static class BridgeFdb
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<FdbEntry> Parse(string node, string fact, string text) => FactParser.EachLine<FdbEntry>(node, fact, text, Line);

    // 7a:6d:e5:f8:c9:06 dev flannel.1 dst 192.168.33.13 self permanent
    private static FdbEntry? Line(string node, ref FactLines lines)
    {
        var words = new Words(lines.Current);
        if (!words.Next() || words.Current.Length != 17 || words.Current.Count(':') != 5) return null;
        var entry = new FdbEntry { Node = node, Mac = words.Current.ToString(), Source = lines.Source() };
        var rest = new List<string>();
        while (words.Next())
        {
            switch (words.Current)
            {
                case "dev": entry = entry with { Interface = words.Text() }; break;
                case "dst": entry = entry with { Destination = words.Text() }; break;
                case "master": entry = entry with { Master = words.Text() }; break;
                case "vlan": entry = entry with { Vlan = words.Number() }; break;
                case "self": entry = entry with { Self = true }; break;
                case "permanent" or "static" or "stale": entry = entry with { State = words.Current.ToString() }; break;
                default: rest.Add(words.Current.ToString()); break;
            }
        }

        return entry with { Words = rest };
    }
}
