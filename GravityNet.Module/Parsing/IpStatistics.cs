using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// Reads the counters of links: the tables of <c>ip -s [-s] link</c>, and /proc/net/dev.
/// </summary>
public static class IpStatistics
{
    private const int MostLines = 8;
    private const int MostColumns = 8;

    /// <summary>The first lines of /proc/net/dev.</summary>
    internal static IReadOnlyList<string> ProcHeads { get; } =
    [
        "Inter-|   Receive                                                |  Transmit",
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
    ];

    /// <summary>Reads the text of a fact; a link without counters gives no record.</summary>
    public static Parsed<LinkStatistics> Parse(string node, string fact, string text)
    {
        if (text.StartsWith("Inter-|", StringComparison.Ordinal)) return Proc(node, fact, text);
        var links = IpLinks.Parse(node, fact, text);
        return new([.. links.Records.Select(l => l.Statistics).OfType<LinkStatistics>()], links.Unread);
    }

    private static Parsed<LinkStatistics> Proc(string node, string fact, string text)
    {
        var records = new List<LinkStatistics>();
        var unread = new List<SourceLine>();
        var heads = 0;
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            if (heads < ProcHeads.Count && lines.Number == heads + 1 && lines.Current.SequenceEqual(ProcHeads[heads]))
            {
                heads++;
                continue;
            }

            if (ProcRow(node, ref lines) is { } row) records.Add(row);
            else unread.Add(lines.Source());
        }

        return new(records, unread);
    }

    private static LinkStatistics? ProcRow(string node, ref FactLines lines)
    {
        const int Columns = 16;
        // a name may have a colon in it (eth0:1)
        var colon = lines.Current.LastIndexOf(':');
        if (colon <= 0) return null;
        Span<long> numbers = stackalloc long[Columns];
        if (Numbers(lines.Current[(colon + 1)..], numbers) != Columns) return null;
        var row = new LinkStatistics
        {
            Node = node,
            Interface = lines.Current[..colon].Trim().ToString(),
            RxBytes = numbers[0],
            RxPackets = numbers[1],
            RxErrors = numbers[2],
            RxDropped = numbers[3],
            RxFifoErrors = numbers[4],
            RxFrameErrors = numbers[5],
            RxCompressed = numbers[6],
            RxMulticast = numbers[7],
            TxBytes = numbers[8],
            TxPackets = numbers[9],
            TxErrors = numbers[10],
            TxDropped = numbers[11],
            TxFifoErrors = numbers[12],
            TxCollisions = numbers[13],
            TxCarrierErrors = numbers[14],
            TxCompressed = numbers[15],
            Table = StatisticsTable.Proc,
            Source = lines.Source(),
        };
        return lines.Current.SequenceEqual(row.Print()) ? row : null;
    }

    /// <summary>
    /// Reads the table that begins at the current line, and goes to its last line; null, and goes nowhere, where it is no table that some iproute2 prints.
    /// </summary>
    internal static LinkStatistics? Read(LinkDraft link, ref LinkLines lines)
    {
        var ahead = lines;
        var texts = new List<string> { lines.Current.ToString() };
        var isJoined = lines.IsJoined;
        var statistics = new LinkStatistics { Node = "", Interface = link.Name, Index = link.Index, Source = lines.Source(), Table = TableOf(lines.Current) };
        var end = lines;
        var count = 0;
        while (texts.Count < MostLines && ahead.Next() && ahead.IsJoined == isJoined && ahead.IsIndented)
        {
            texts.Add(ahead.Current.ToString());
            if (texts.Count % 2 == 1)
            {
                if (!texts[^1].StartsWith("    RX errors:", StringComparison.Ordinal) && !texts[^1].StartsWith("    TX", StringComparison.Ordinal)) break;
                continue;
            }

            if (WithRow(statistics, texts[^2], texts[^1]) is not { } more) break;
            statistics = more;
            end = ahead;
            count = texts.Count;
        }

        // what it prints is what was read, or it is no table of ours
        if (statistics.TxBytes is null) return null;
        var printed = statistics.Lines();
        if (!printed.SequenceEqual(texts.Take(count))) return null;
        lines = end;
        return statistics;
    }

    private static StatisticsTable TableOf(ReadOnlySpan<char> head) =>
        !head.StartsWith("    RX: bytes  packets  errors  dropped ") ? StatisticsTable.Sized
        : head.Contains("overrun", StringComparison.Ordinal) ? StatisticsTable.FixedOverruns : StatisticsTable.Fixed;

    // a line of names and the line of numbers under it
    private static LinkStatistics? WithRow(LinkStatistics s, string head, string row)
    {
        Span<long> n = stackalloc long[MostColumns];
        var count = Numbers(row, n);
        var isReceived = head.StartsWith("    RX", StringComparison.Ordinal);
        var hasOverruns = s.Table == StatisticsTable.FixedOverruns;
        if (!head.AsSpan(4).StartsWith(isReceived ? "RX errors:" : "TX errors:"))
        {
            if (count is not (6 or 7)) return null;
            long? compressed = count == 7 ? n[6] : null;
            return isReceived
                ? s with { RxBytes = n[0], RxPackets = n[1], RxErrors = n[2], RxDropped = n[3], RxOverruns = hasOverruns ? n[4] : null, RxMissed = hasOverruns ? null : n[4], RxMulticast = n[5], RxCompressed = compressed }
                : s with { TxBytes = n[0], TxPackets = n[1], TxErrors = n[2], TxDropped = n[3], TxCarrierErrors = n[4], TxCollisions = n[5], TxCompressed = compressed };
        }

        if (!isReceived)
        {
            if (count is not (4 or 5)) return null;
            return s with { TxAbortedErrors = n[0], TxFifoErrors = n[1], TxWindowErrors = n[2], TxHeartbeatErrors = n[3], CarrierChanges = count == 5 ? n[4] : null };
        }

        if (count is not (5 or 6 or 7)) return null;
        var hasNoHandler = head.Contains(" nohandler", StringComparison.Ordinal);
        return s with
        {
            RxLengthErrors = n[0],
            RxCrcErrors = n[1],
            RxFrameErrors = n[2],
            RxFifoErrors = n[3],
            RxMissed = hasOverruns ? n[4] : s.RxMissed,
            RxOverruns = hasOverruns ? s.RxOverruns : n[4],
            RxNoHandler = hasNoHandler && count > 5 ? n[5] : null,
            RxOtherHost = count == 7 ? n[6] : count == 6 && !hasNoHandler ? n[5] : null,
        };
    }

    // how many numbers a line has; -1 where it has something else, or more
    private static int Numbers(ReadOnlySpan<char> line, Span<long> numbers)
    {
        var words = new Words(line);
        var count = 0;
        while (words.Next())
        {
            if (count == numbers.Length || !LineReader.IsNumber(words.Current, out numbers[count])) return -1;
            count++;
        }

        return count;
    }
}
