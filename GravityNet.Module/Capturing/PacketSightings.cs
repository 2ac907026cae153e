namespace GravityNet;

/// <summary>One packet and every place where it was seen, in the order of its way.</summary>
public sealed record PacketSightings
{
    /// <summary>What the packet is known by in every place, whatever NAT and VXLAN do to it: IP id, and ICMP id and sequence, DNS id, TCP sequence numbers or a hash of the payload.</summary>
    public required string Key { get; init; }

    /// <summary>What it is, in tcpdump's words.</summary>
    public required string Info { get; init; }

    /// <summary>The places, in the order of the packet's way: by falling time to live, and by time where that is the same.</summary>
    public required IReadOnlyList<PacketSighting> Where { get; init; }

    /// <summary>The last place of its way.</summary>
    public PacketSighting LastSeen => Where[^1];

    /// <summary>The packet and its way.</summary>
    public override string ToString() => $"{Info}: {string.Join(" -> ", Where)}";
}
