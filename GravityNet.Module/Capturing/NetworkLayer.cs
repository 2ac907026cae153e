using System.Buffers.Binary;
using System.Net;

namespace GravityNet.Capturing;

/// <summary>Where the parts of one network header and its payload stand in a frame, and the numbers that every question needs. No allocation.</summary>
internal struct NetworkLayer
{
    /// <summary>The type as in an Ethernet header; 0 where there is none.</summary>
    public ushort EtherType;

    /// <summary>4 or 6 where the IP header is whole and makes sense; else 0.</summary>
    public byte Version;

    /// <summary>What <see cref="Source"/> and <see cref="Destination"/> are: 4 or 6; 0 where there are none. An ARP packet has them without being IP.</summary>
    public byte AddressVersion;

    /// <summary>The IP protocol, behind IPv6's extension headers.</summary>
    public byte Protocol;

    /// <summary>Time to live, or hop limit.</summary>
    public byte Ttl;

    /// <summary>IPv4's identification; for IPv6 that of a fragment header, else 0.</summary>
    public uint Id;

    /// <summary>Offset of this fragment in its datagram, in bytes.</summary>
    public ushort FragmentOffset;

    /// <summary>Whether more fragments follow.</summary>
    public bool MoreFragments;

    /// <summary>First byte of the network header.</summary>
    public int Start;

    /// <summary>End of what was captured of the network header's packet (link padding is beyond it).</summary>
    public int End;

    /// <summary>First byte after the IP header and its extension headers.</summary>
    public int PayloadStart;

    /// <summary>How long the payload says that it is; more than there is where the capture was cut.</summary>
    public int PayloadLength;

    /// <summary>The IP packet's whole length as it says.</summary>
    public int Length;

    /// <summary>Source address as a number (IPv4 in the low 32 bits).</summary>
    public UInt128 Source;

    /// <summary>Destination address as a number.</summary>
    public UInt128 Destination;

    /// <summary>UDP's or TCP's source port, ICMP echo's id; 0 where there is none.</summary>
    public ushort SourcePort;

    /// <summary>UDP's or TCP's destination port; 0 where there is none.</summary>
    public ushort DestinationPort;

    /// <summary>Whether ports were read: UDP or TCP whose header's first four bytes are there.</summary>
    public bool HasPorts;

    /// <summary>The payload as far as it was captured.</summary>
    public readonly ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> frame) =>
        PayloadStart < End ? frame[PayloadStart..End] : default;

    /// <summary>An address as text.</summary>
    public static string AddressText(UInt128 address, byte version)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (version == 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)address);
            return new IPAddress(bytes[..4]).ToString();
        }

        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new IPAddress(bytes).ToString();
    }
}
