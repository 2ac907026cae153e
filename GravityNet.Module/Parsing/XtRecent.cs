using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// Reads the files of <c>/proc/net/xt_recent</c>, with the file's name before each line as grep prints it, or without: <c>src=10.0.0.1 ttl: 64 last_seen: 4295 oldest_pkt: 1 4295</c>.
/// </summary>
public static class XtRecent
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<RecentAddress> Parse(string node, string fact, string text) => FactParser.EachLine<RecentAddress>(node, fact, text, Line);

    private static RecentAddress? Line(string node, ref FactLines lines)
    {
        var line = lines.Current;
        var (folder, list) = ("", "");
        var at = line.IndexOf("src=", StringComparison.Ordinal);
        if (at > 0)
        {
            var slash = line[..at].LastIndexOf('/') + 1;
            if (line[at - 1] != ':' || slash >= at - 1) return null;
            (folder, list) = (line[..slash].ToString(), line[slash..(at - 1)].ToString());
        }

        if (at < 0) return null;
        var words = new Words(line[at..]);
        if (!words.Next() || words.Current.Length <= 4) return null;
        var address = words.Current[4..].ToString();
        if (!Field(ref words, "ttl:", out var ttl) || !Field(ref words, "last_seen:", out var seen) || !Field(ref words, "oldest_pkt:", out var oldest)) return null;
        if (ttl is < 0 or > 255 || oldest is < 0 or > int.MaxValue) return null;
        var times = new List<long>();
        while (words.Next())
        {
            if (!LineReader.IsNumber(words.Current.TrimEnd(','), out long time)) return null;
            times.Add(time);
        }

        var entry = new RecentAddress { Node = node, Folder = folder, List = list, Address = address, Ttl = (int)ttl, LastSeen = seen, OldestPacket = (int)oldest, Times = times, Source = lines.Source() };
        return line.SequenceEqual(entry.Print()) ? entry : null;
    }

    private static bool Field(ref Words words, string name, out long value)
    {
        value = 0;
        return words.Next() && words.Current.SequenceEqual(name) && words.Next() && LineReader.IsNumber(words.Current, out value);
    }
}
