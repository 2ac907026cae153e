using System.Buffers.Binary;
using System.Globalization;

namespace GravityNet.Capturing;

/// <summary>
/// What one packet is known by on every interface it crosses. Addresses and ports are no part of it, since NAT changes them; nor is the time to live;
/// for VXLAN it is the inner packet's. A packet that is sent again gets a new IP id, and is another packet.
/// </summary>
/// <param name="Protocol">The IP protocol; 0 for what is not IP.</param>
/// <param name="Kind">ICMP's type and code, TCP's SYN, FIN and RST, DNS' direction; tells fragments apart.</param>
/// <param name="Id">The IP id; 0 where there is none (IPv6, a SYN-ACK, some UDP).</param>
/// <param name="Mark">What the transport header knows the packet by, or a hash of the payload.</param>
/// <param name="Stamp">TCP's time stamp of a segment without an IP id: tells a SYN-ACK from the one sent again. Else 0.</param>
internal readonly record struct PacketKey(byte Protocol, int Kind, uint Id, ulong Mark, uint Stamp = 0)
{
    /// <summary>Hash no more than is captured of the inner packet everywhere: VXLAN's headers take 50 bytes of the same snapshot length.</summary>
    private const int HashedLength = 64;

    private const int FragmentKind = 0x10000;

    public static PacketKey Of(CapturedPacket captured)
    {
        ref readonly var packet = ref captured.Decoded.Packet;
        var frame = captured.Frame.Span;
        if (packet.Version == 0)
            return new PacketKey(0, packet.EtherType, 0, Hash(frame[packet.Start..packet.End]));
        var payload = packet.Payload(frame);
        if (packet.FragmentOffset != 0)
            return new PacketKey(packet.Protocol, FragmentKind | packet.FragmentOffset, packet.Id, 0);
        return packet.Protocol switch
        {
            FrameDecoder.Icmp or FrameDecoder.Icmp6 when payload.Length >= 8 => OfIcmp(in packet, payload, frame),
            FrameDecoder.Tcp when payload.Length >= 14 => OfTcp(in packet, payload),
            FrameDecoder.Udp when payload.Length >= 12 && (packet.SourcePort == 53 || packet.DestinationPort == 53) =>
                new PacketKey(packet.Protocol, 1 + (payload[10] >> 7), packet.Id, BinaryPrimitives.ReadUInt16BigEndian(payload[8..])),
            FrameDecoder.Udp when payload.Length >= 8 => new PacketKey(packet.Protocol, 0, packet.Id, Hash(payload[8..])),
            _ => new PacketKey(packet.Protocol, 0, packet.Id, Hash(payload)),
        };
    }

    /// <summary>The key in words.</summary>
    public override string ToString()
    {
        var mark = Protocol switch
        {
            FrameDecoder.Icmp or FrameDecoder.Icmp6 when IsEcho => $"echo {(Kind >> 8 is 8 or 128 ? "request" : "reply")} id {Mark >> 16} seq {Mark & 0xFFFF}",
            FrameDecoder.Tcp when Kind < FragmentKind => $"seq {Mark >> 32} ack {Mark & 0xFFFFFFFF}{((Kind & 2) != 0 ? " syn" : "")}{((Kind & 1) != 0 ? " fin" : "")}{((Kind & 4) != 0 ? " rst" : "")}",
            FrameDecoder.Udp when Kind is 1 or 2 => $"dns {(Kind == 1 ? "query" : "answer")} {Mark}",
            _ when Kind >= FragmentKind => $"fragment at {Kind & 0xFFFF}",
            _ => $"kind {Kind} hash {Mark:x16}",
        };
        var protocol = Protocol == 0 ? "link" : FrameText.ProtocolName(Protocol).ToLowerInvariant();
        return string.Create(CultureInfo.InvariantCulture, $"{protocol} {mark} ip-id {Id}{(Stamp == 0 ? "" : $" ts {Stamp}")}");
    }

    private bool IsEcho => Kind is 0 or 8 << 8 or 128 << 8 or 129 << 8;

    private static PacketKey OfIcmp(in NetworkLayer packet, ReadOnlySpan<byte> icmp, ReadOnlySpan<byte> frame)
    {
        var kind = icmp[0] << 8 | icmp[1];
        var echo = packet.Protocol == FrameDecoder.Icmp ? icmp[0] is 0 or 8 : icmp[0] is 128 or 129;
        if (echo)
            return new PacketKey(packet.Protocol, kind, packet.Id, BinaryPrimitives.ReadUInt32BigEndian(icmp[4..]));
        if (packet.Protocol == FrameDecoder.Icmp && icmp[0] is 3 or 4 or 5 or 11 or 12)
        {
            // an error quotes a packet, whose addresses NAT translates too: its id and length stay
            var about = FrameDecoder.DecodePacket(frame, packet.PayloadStart + 8, packet.End, packet.EtherType);
            return new PacketKey(packet.Protocol, kind, packet.Id, (ulong)about.Id << 32 | (uint)about.Length);
        }

        return new PacketKey(packet.Protocol, kind, packet.Id, Hash(icmp[4..]));
    }

    private static PacketKey OfTcp(in NetworkLayer packet, ReadOnlySpan<byte> tcp)
    {
        // the length is no part: a device may cut a large segment into several, of which the first keeps id and sequence number
        var key = new PacketKey(packet.Protocol, tcp[13] & 0x07, packet.Id, BinaryPrimitives.ReadUInt64BigEndian(tcp[4..]));
        return packet.Id == 0 ? key with { Stamp = TimeStamp(tcp) } : key;
    }

    /// <summary>The value of TCP's time stamp option (RFC 7323); 0 where there is none.</summary>
    private static uint TimeStamp(ReadOnlySpan<byte> tcp)
    {
        var at = 20;
        var end = Math.Min(tcp.Length, (tcp[12] >> 4) * 4);
        while (at + 1 < end && tcp[at] != 0)
        {
            if (tcp[at] == 8 && at + 6 <= end)
                return BinaryPrimitives.ReadUInt32BigEndian(tcp[(at + 2)..]);
            at += tcp[at] == 1 ? 1 : Math.Max((byte)2, tcp[at + 1]);
        }

        return 0;
    }

    /// <summary>FNV-1a, 64 bits: needs to be the same for the same bytes, and no more.</summary>
    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in bytes[..Math.Min(bytes.Length, HashedLength)])
            hash = unchecked((hash ^ b) * 1099511628211UL);
        return hash;
    }
}
