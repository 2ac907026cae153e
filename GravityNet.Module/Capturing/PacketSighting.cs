namespace GravityNet;

/// <summary>That a packet was seen in one place, and what it looked like there.</summary>
public sealed record PacketSighting
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The interface.</summary>
    public required string Interface { get; init; }

    /// <summary>When (UTC), by the node's own clock.</summary>
    public required DateTime Time { get; init; }

    /// <summary>Time to live there: how far along the way. Null where the packet is not IP.</summary>
    public int? Ttl { get; init; }

    /// <summary>Source address there (NAT may change it on the way).</summary>
    public required string Source { get; init; }

    /// <summary>Source port there; null where there is none.</summary>
    public int? SourcePort { get; init; }

    /// <summary>Destination address there.</summary>
    public required string Destination { get; init; }

    /// <summary>Destination port there; null where there is none.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>The node that had put it into VXLAN; null where it was not in it.</summary>
    public string? OuterSource { get; init; }

    /// <summary>The node that the VXLAN packet was sent to; null where it was not in one.</summary>
    public string? OuterDestination { get; init; }

    /// <summary>Node, interface and time to live.</summary>
    public override string ToString() => Ttl is null ? $"{Node} {Interface}" : $"{Node} {Interface} (ttl {Ttl})";
}
