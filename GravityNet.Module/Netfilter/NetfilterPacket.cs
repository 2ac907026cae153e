namespace GravityNet.Netfilter;

/// <summary>
/// A packet at some point of its way, as far as it is known. A field that is null is unknown, and so is a rule's answer that depends on it.
/// </summary>
internal sealed record NetfilterPacket
{
    /// <summary>Whether it is an IPv6 packet.</summary>
    public bool IsIPv6 { get; init; }

    /// <summary>The IP protocol's number (<see cref="IpProtocol"/>).</summary>
    public int? Protocol { get; init; }

    /// <summary>The source address, or as many bits of it as are known.</summary>
    public MaskedAddress? Source { get; init; }

    /// <summary>The destination address, or as many bits of it as are known.</summary>
    public MaskedAddress? Destination { get; init; }

    /// <summary>The source port.</summary>
    public int? SourcePort { get; init; }

    /// <summary>The destination port.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>The interface that it came in on; empty for a packet of the node's own.</summary>
    public string? InInterface { get; init; }

    /// <summary>The interface that it goes out of; empty before routing, and for a packet to the node itself.</summary>
    public string? OutInterface { get; init; }

    /// <summary>The bridge's port that it came in on (<c>physdev</c>); empty for none.</summary>
    public string? PhysicalIn { get; init; }

    /// <summary>The bridge's port that it goes out of; empty for none: a packet that is routed has none.</summary>
    public string? PhysicalOut { get; init; }

    /// <summary>The packet's mark.</summary>
    public KnownBits Mark { get; init; }

    /// <summary>The connection's mark.</summary>
    public KnownBits ConnectionMark { get; init; }

    /// <summary>What connection tracking says.</summary>
    public PacketState? State { get; init; }

    /// <summary>Whether the connection's destination was translated (<c>--ctstate DNAT</c>).</summary>
    public bool? IsDestinationTranslated { get; init; }

    /// <summary>Whether the connection's source was translated (<c>--ctstate SNAT</c>).</summary>
    public bool? IsSourceTranslated { get; init; }

    /// <summary>TCP's flags: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32.</summary>
    public KnownBits TcpFlags { get; init; }

    /// <summary>The type of an ICMP or ICMPv6 message.</summary>
    public int? IcmpType { get; init; }

    /// <summary>The code of an ICMP or ICMPv6 message.</summary>
    public int? IcmpCode { get; init; }

    /// <summary>The IP packet's length in bytes.</summary>
    public int? Length { get; init; }

    /// <summary>The TTL or hop limit.</summary>
    public int? Ttl { get; init; }

    /// <summary>Whether it is a second or further fragment: it has no ports then. A packet whose ports are known is none.</summary>
    public bool? IsFragment { get; init; }

    /// <summary>The sets that rules changed since the packet came (target SET): their saved entries tell nothing more. Names with a blank after each.</summary>
    public string ChangedSets { get; init; } = "";

    /// <summary>Of what packets on one way differ in: all of the fields would cost more than the few that then have to be compared.</summary>
    public override int GetHashCode() => HashCode.Combine(Source, Destination, DestinationPort, Mark, State, OutInterface);

    /// <summary>Reads an address of a packet; null for a text that is none.</summary>
    public static MaskedAddress? Address(string text) => MaskedAddress.Parse(text);

    /// <summary>Whether it is a later fragment, where something tells.</summary>
    internal bool? IsLaterFragment => IsFragment ?? (SourcePort is not null || DestinationPort is not null || IcmpType is not null ? false : null);
}
