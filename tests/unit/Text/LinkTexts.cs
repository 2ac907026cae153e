using GravityNet.Parsing;

namespace GravityNet.UnitTests.Text;

/// <summary>
/// The languages of links: lines under a link that nobody knows are printed by the link that they are under.
/// </summary>
internal static class LinkTexts
{
    public static string PrintBack(string text)
    {
        var parsed = IpLinks.Parse("n", "ip-addr", text);
        var printed = parsed.Records.SelectMany(l => l.Others).Select(o => o.Source).ToHashSet();
        return Language.Together(parsed with { Unread = [.. parsed.Unread.Where(l => !printed.Contains(l))] });
    }

    // /proc/net/dev is a table: its heads are no records
    public static string PrintStatisticsBack(string text)
    {
        if (!text.StartsWith("Inter-|", StringComparison.Ordinal)) return PrintBack(text);
        var parsed = IpStatistics.Parse("n", "ip-stats", text);
        var heads = text.Split('\n').Select(l => l.TrimEnd('\r')).Take(2).Zip(IpStatistics.ProcHeads).TakeWhile(p => p.First == p.Second).Select(p => p.First);
        return string.Join('\n', [.. heads, Language.Together(parsed)]);
    }
}
