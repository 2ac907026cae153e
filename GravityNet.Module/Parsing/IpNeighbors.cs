namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ip [-d] neighbor show</c>.
/// </summary>
public static class IpNeighbors
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<Neighbor> Parse(string node, string fact, string text) => FactParser.EachLine<Neighbor>(node, fact, text, Line);

    // 10.244.65.0 dev flannel.1 lladdr 4a:6c:67:96:7e:83 PERMANENT
    private static Neighbor? Line(string node, ref FactLines lines)
    {
        var words = new Words(lines.Current);
        if (!words.Next() || !words.IsAddress) return null;
        var neighbor = new Neighbor { Node = node, Address = words.Current.ToString(), Source = lines.Source() };
        var rest = new List<string>();
        while (words.Next())
        {
            switch (words.Current)
            {
                case "dev": neighbor = neighbor with { Interface = words.Text() }; break;
                case "lladdr": neighbor = neighbor with { Mac = words.Text() }; break;
                case "PERMANENT" or "REACHABLE" or "STALE" or "DELAY" or "PROBE" or "FAILED" or "INCOMPLETE" or "NOARP" or "NONE":
                    neighbor = neighbor with { State = words.Current.ToString() };
                    break;
                default: rest.Add(words.Current.ToString()); break;
            }
        }

        return neighbor with { Words = rest };
    }
}
