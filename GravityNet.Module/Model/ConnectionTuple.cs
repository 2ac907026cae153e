namespace GravityNet;

/// <summary>
/// One direction of a tracked connection: who sends to whom, and what was counted (conntrack(8)).
/// </summary>
public sealed record ConnectionTuple
{
    /// <summary>Who sends.</summary>
    public string SourceAddress { get; init; } = "";

    /// <summary>To whom.</summary>
    public string Destination { get; init; } = "";

    /// <summary>The sender's port (TCP, UDP, SCTP, DCCP); null for other protocols.</summary>
    public int? SourcePort { get; init; }

    /// <summary>The destination's port; null for other protocols.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>The ICMP type; null for other protocols.</summary>
    public int? IcmpType { get; init; }

    /// <summary>The ICMP code; null for other protocols.</summary>
    public int? IcmpCode { get; init; }

    /// <summary>The ICMP echo's identifier; null for other protocols.</summary>
    public int? IcmpId { get; init; }

    /// <summary>The sender's GRE key, as printed (hexadecimal); empty for other protocols.</summary>
    public string SourceKey { get; init; } = "";

    /// <summary>The destination's GRE key, as printed (hexadecimal); empty for other protocols.</summary>
    public string DestinationKey { get; init; } = "";

    /// <summary>The packets of this direction; null where they are not counted (<c>net.netfilter.nf_conntrack_acct</c>).</summary>
    public long? Packets { get; init; }

    /// <summary>The bytes of this direction; null where they are not counted.</summary>
    public long? Bytes { get; init; }

    /// <summary>The direction in short: <c>10.244.19.2:51854 -> 10.100.214.177:53</c>.</summary>
    public override string ToString() => $"{End(SourceAddress, SourcePort)} -> {End(Destination, DestinationPort)}";

    /// <summary>How many fields a direction has in a line.</summary>
    internal const int FieldCount = 11;

    private static string End(string address, int? port) =>
        port is null ? address : address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";
}
