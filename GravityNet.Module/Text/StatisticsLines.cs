using System.Globalization;
using System.Text;

namespace GravityNet.Text;

/// <summary>
/// Prints counters of links as the table that they were read from.
/// </summary>
internal static class StatisticsLines
{
    private const string Indent = "    ";
    // "*X errors:" "packets" "errors" "dropped" "heartbt" "overrun" "compressed" "otherhost"
    private static readonly int[] Sizes = [10, 7, 6, 7, 7, 7, 10, 9];

    public static IReadOnlyList<string> Print(LinkStatistics s) => s.Table switch
    {
        StatisticsTable.Sized => Sized(s),
        StatisticsTable.Proc => [Proc(s)],
        _ => Fixed(s, s.Table == StatisticsTable.FixedOverruns),
    };

    // the widths of iproute2's print_num before 5.13
    private static List<string> Fixed(LinkStatistics s, bool hasOverruns)
    {
        var (third, fourth) = hasOverruns ? ("overrun", "missed") : ("missed ", "overrun");
        var (early, late) = hasOverruns ? (s.RxOverruns, s.RxMissed) : (s.RxMissed, s.RxOverruns);
        var lines = new List<string>
        {
            $"    RX: bytes  packets  errors  dropped {third} mcast   {(s.RxCompressed is null ? "" : "compressed")}",
            Left(Indent, 10, s.RxBytes, 8, s.RxPackets, 7, s.RxErrors, 7, s.RxDropped, 7, early, 7, s.RxMulticast, 7, s.RxCompressed),
        };
        if (s.RxLengthErrors is not null)
        {
            lines.Add($"    RX errors: length   crc     frame   fifo    {fourth}{(s.RxNoHandler is null ? "" : "   nohandler")}");
            lines.Add(Left("               ", 8, s.RxLengthErrors, 7, s.RxCrcErrors, 7, s.RxFrameErrors, 7, s.RxFifoErrors, 7, late, 7, s.RxNoHandler));
        }

        lines.Add($"    TX: bytes  packets  errors  dropped carrier collsns {(s.TxCompressed is null ? "" : "compressed")}");
        lines.Add(Left(Indent, 10, s.TxBytes, 8, s.TxPackets, 7, s.TxErrors, 7, s.TxDropped, 7, s.TxCarrierErrors, 7, s.TxCollisions, 7, s.TxCompressed));
        if (s.TxAbortedErrors is not null)
        {
            lines.Add($"    TX errors: aborted  fifo   window heartbeat{(s.CarrierChanges is null ? "" : " transns")}");
            lines.Add(Left("               ", 8, s.TxAbortedErrors, 7, s.TxFifoErrors, 7, s.TxWindowErrors, 7, s.TxHeartbeatErrors, 7, s.CarrierChanges));
        }

        return lines;
    }

    // iproute2's print_stats64 from 5.13 on
    private static List<string> Sized(LinkStatistics s)
    {
        int[] widths = [.. Sizes];
        Widen(widths, 0, s.RxBytes, s.RxPackets, s.RxErrors, s.RxDropped, s.RxMissed, s.RxMulticast, s.RxCompressed);
        Widen(widths, 1, s.RxLengthErrors, s.RxCrcErrors, s.RxFrameErrors, s.RxFifoErrors, s.RxOverruns, s.RxNoHandler, s.RxOtherHost);
        Widen(widths, 0, s.TxBytes, s.TxPackets, s.TxErrors, s.TxDropped, s.TxCarrierErrors, s.TxCollisions, s.TxCompressed);
        // as it does: one column further to the right than it prints them in
        Widen(widths, 2, s.TxAbortedErrors, s.TxFifoErrors, s.TxWindowErrors, s.TxHeartbeatErrors, s.CarrierChanges);
        var lines = new List<string>
        {
            Heads("    RX: ", widths, 4, "bytes", "packets", "errors", "dropped", "missed", "mcast", s.RxCompressed is null ? "" : "compressed"),
            Right(Indent, widths, 0, s.RxBytes, s.RxPackets, s.RxErrors, s.RxDropped, s.RxMissed, s.RxMulticast, s.RxCompressed),
        };
        if (s.RxLengthErrors is not null)
        {
            var more = (s.RxNoHandler is null ? "" : " nohandler".PadLeft(widths[6] + 1)) + (s.RxOtherHost is null ? "" : " otherhost".PadLeft(widths[7] + 1));
            lines.Add(Heads("    RX errors:", widths, 10, "", "length", "crc", "frame", "fifo", "overrun") + more);
            lines.Add(Right("".PadLeft(widths[0] + 5), widths, 1, s.RxLengthErrors, s.RxCrcErrors, s.RxFrameErrors, s.RxFifoErrors, s.RxOverruns, s.RxNoHandler, s.RxOtherHost));
        }

        lines.Add(Heads("    TX: ", widths, 4, "bytes", "packets", "errors", "dropped", "carrier", "collsns", s.TxCompressed is null ? "" : "compressed"));
        lines.Add(Right(Indent, widths, 0, s.TxBytes, s.TxPackets, s.TxErrors, s.TxDropped, s.TxCarrierErrors, s.TxCollisions, s.TxCompressed));
        if (s.TxAbortedErrors is not null)
        {
            lines.Add(Heads("    TX errors:", widths, 10, "", "aborted", "fifo", "window", "heartbt", s.CarrierChanges is null ? "" : "transns"));
            lines.Add(Right("".PadLeft(widths[0] + 5), widths, 1, s.TxAbortedErrors, s.TxFifoErrors, s.TxWindowErrors, s.TxHeartbeatErrors, s.CarrierChanges));
        }

        return lines;
    }

    // the kernel's dev_seq_printf_stats
    private static string Proc(LinkStatistics s) => string.Create(
        CultureInfo.InvariantCulture,
        $"{s.Interface,6}: {s.RxBytes,7} {s.RxPackets,7} {s.RxErrors,4} {s.RxDropped,4} {s.RxFifoErrors,4} {s.RxFrameErrors,5} {s.RxCompressed,10} {s.RxMulticast,9} {s.TxBytes,8} {s.TxPackets,7} {s.TxErrors,4} {s.TxDropped,4} {s.TxFifoErrors,4} {s.TxCollisions,5} {s.TxCarrierErrors,7} {s.TxCompressed,10}");

    private static string Left(string indent, params ReadOnlySpan<object?> widthsAndNumbers)
    {
        var line = new StringBuilder(indent);
        for (var i = 0; i < widthsAndNumbers.Length; i += 2)
        {
            if (widthsAndNumbers[i + 1] is long number) line.Append(number.ToString(CultureInfo.InvariantCulture).PadRight((int)widthsAndNumbers[i]!)).Append(' ');
        }

        return line.ToString();
    }

    private static string Right(string indent, int[] widths, int first, params ReadOnlySpan<long?> numbers)
    {
        var line = new StringBuilder(indent);
        for (var i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] is { } number) line.Append(number.ToString(CultureInfo.InvariantCulture).PadLeft(widths[first + i])).Append(' ');
        }

        return line.ToString();
    }

    private static string Heads(string before, int[] widths, int taken, params ReadOnlySpan<string> heads)
    {
        var line = new StringBuilder(before);
        for (var i = 0; i < heads.Length; i++)
        {
            if (i > 0) line.Append(' ');
            line.Append(heads[i].PadLeft(i == 0 ? widths[0] - taken : widths[i]));
        }

        return line.ToString();
    }

    private static void Widen(int[] widths, int first, params ReadOnlySpan<long?> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            var length = numbers[i]?.ToString(CultureInfo.InvariantCulture).Length ?? 0;
            if (first + i < widths.Length) widths[first + i] = Math.Max(widths[first + i], length);
        }
    }
}
