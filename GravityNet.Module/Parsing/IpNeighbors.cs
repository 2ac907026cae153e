using System.Globalization;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ip [-d] neighbor show</c>, of iproute2 and busybox, and the kernel's table of IPv4 neighbors (<c>/proc/net/arp</c>, proc(5)).
/// </summary>
public static class IpNeighbors
{
    private const string TableHeader = "IP address ";

    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<Neighbor> Parse(string node, string fact, string text)
    {
        if (!text.StartsWith(TableHeader, StringComparison.Ordinal)) return FactParser.EachLine<Neighbor>(node, fact, text, Line);
        var parsed = FactParser.EachLine<Neighbor>(node, fact, text, Entry);
        return parsed with { Unread = [.. parsed.Unread.Where(l => !l.Text.StartsWith(TableHeader, StringComparison.Ordinal))] };
    }

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

    // 10.244.65.0      0x1         0x6         4a:6c:67:96:7e:83     *        flannel.1
    // of the flags (if_arp.h) 2 says that there is a MAC, and 4 that it is permanent; an entry without either is being asked for, or failed
    private static Neighbor? Entry(string node, ref FactLines lines)
    {
        var words = new Words(lines.Current);
        if (!words.Next() || !words.IsAddress) return null;
        var address = words.Current.ToString();
        words.Next();
        if (!words.Next() || !words.Current.StartsWith("0x") || !int.TryParse(words.Current[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var flags)) return null;
        var mac = words.Text();
        words.Next();
        return new Neighbor
        {
            Node = node,
            Address = address,
            Interface = words.Text(),
            Mac = (flags & 2) != 0 ? mac : "",
            // the table tells no more of a MAC's age than that there is one
            State = (flags & 4) != 0 ? "PERMANENT" : (flags & 2) != 0 ? "STALE" : "INCOMPLETE",
            Source = lines.Source(),
        };
    }
}
