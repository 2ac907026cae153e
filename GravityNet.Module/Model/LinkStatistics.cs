using System.Globalization;
using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// The counters of a link since it was made, as <c>ip -s link</c> prints them, with the errors by sort as <c>ip -s -s link</c> does (ip-link(8), the kernel's
/// documentation of network statistics), or as /proc/net/dev has them (proc(5)). Null where not printed.
/// </summary>
public sealed record LinkStatistics
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The interface's name.</summary>
    public required string Interface { get; init; }

    /// <summary>The interface's index; null where not printed (/proc/net/dev).</summary>
    public int? Index { get; init; }

    /// <summary>Bytes received.</summary>
    public long? RxBytes { get; init; }

    /// <summary>Packets received.</summary>
    public long? RxPackets { get; init; }

    /// <summary>Packets received with an error.</summary>
    public long? RxErrors { get; init; }

    /// <summary>Packets received and thrown away, for want of memory or of somebody who takes them. /proc/net/dev adds those of <see cref="RxMissed"/>.</summary>
    public long? RxDropped { get; init; }

    /// <summary>Packets that the hardware had no room for.</summary>
    public long? RxMissed { get; init; }

    /// <summary>Receive ring overruns.</summary>
    public long? RxOverruns { get; init; }

    /// <summary>Multicast packets received.</summary>
    public long? RxMulticast { get; init; }

    /// <summary>Compressed packets received; <c>ip</c> prints them where there are some.</summary>
    public long? RxCompressed { get; init; }

    /// <summary>Packets of a wrong length.</summary>
    public long? RxLengthErrors { get; init; }

    /// <summary>Packets with a wrong checksum of the link layer.</summary>
    public long? RxCrcErrors { get; init; }

    /// <summary>Packets of a wrong alignment. /proc/net/dev adds those of the wrong length, checksum and overruns.</summary>
    public long? RxFrameErrors { get; init; }

    /// <summary>Receive queue errors.</summary>
    public long? RxFifoErrors { get; init; }

    /// <summary>Packets that came in by a port that is not in use; <c>ip</c> prints them where there are some.</summary>
    public long? RxNoHandler { get; init; }

    /// <summary>Packets for another host's MAC, thrown away; <c>ip</c> prints them where there are some.</summary>
    public long? RxOtherHost { get; init; }

    /// <summary>Bytes sent.</summary>
    public long? TxBytes { get; init; }

    /// <summary>Packets sent.</summary>
    public long? TxPackets { get; init; }

    /// <summary>Packets that could not be sent for an error.</summary>
    public long? TxErrors { get; init; }

    /// <summary>Packets thrown away before they were sent.</summary>
    public long? TxDropped { get; init; }

    /// <summary>Losses of carrier while sending. /proc/net/dev adds aborted sendings, window and heartbeat errors.</summary>
    public long? TxCarrierErrors { get; init; }

    /// <summary>Collisions while sending.</summary>
    public long? TxCollisions { get; init; }

    /// <summary>Compressed packets sent; <c>ip</c> prints them where there are some.</summary>
    public long? TxCompressed { get; init; }

    /// <summary>Sendings that were given up.</summary>
    public long? TxAbortedErrors { get; init; }

    /// <summary>Send queue errors.</summary>
    public long? TxFifoErrors { get; init; }

    /// <summary>Late collisions.</summary>
    public long? TxWindowErrors { get; init; }

    /// <summary>Heartbeat errors.</summary>
    public long? TxHeartbeatErrors { get; init; }

    /// <summary>How often the carrier came or went (<c>transns</c>).</summary>
    public long? CarrierChanges { get; init; }

    /// <summary>The first line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The table that it was read from.</summary>
    internal StatisticsTable Table { get; init; } = StatisticsTable.Sized;

    /// <summary>The table's lines as they were read, from the fields.</summary>
    public string Print() => string.Join('\n', Lines());

    /// <summary>The counters that most ask for.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Interface}: RX {RxBytes} bytes {RxPackets} packets {RxErrors} errors {RxDropped} dropped, TX {TxBytes} bytes {TxPackets} packets {TxErrors} errors {TxDropped} dropped");

    /// <summary>The table's lines.</summary>
    internal IReadOnlyList<string> Lines() => StatisticsLines.Print(this);
}
