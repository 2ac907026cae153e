using System.Buffers.Binary;

namespace GravityNet.Capturing;

/// <summary>
/// Finds the headers of a captured frame. Works on any bytes: what is cut off or makes no sense is left out, nothing throws.
/// </summary>
/// <remarks>RFC 791, RFC 8200, RFC 826, IEEE 802.1Q, RFC 7348 and libpcap's description of its Linux cooked headers.</remarks>
internal static class FrameDecoder
{
    public const ushort EtherIPv4 = 0x0800;
    public const ushort EtherArp = 0x0806;
    public const ushort EtherIPv6 = 0x86DD;
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Icmp6 = 58;
    public const int UdpHeaderLength = 8;
    public const int VxlanHeaderLength = 8;
    private const int ArpLength = 28;
    private const int EthernetHeaderLength = 14;

    /// <summary>Decodes a frame, one level of VXLAN included.</summary>
    public static DecodedFrame Decode(ReadOnlySpan<byte> frame, LinkType link, VxlanPorts ports)
    {
        var decoded = DecodeOuter(frame, link);
        if (IsVxlan(in decoded.Packet, ports))
        {
            var vxlan = decoded.Packet.PayloadStart + UdpHeaderLength;
            if (decoded.Packet.End - vxlan >= VxlanHeaderLength && (frame[vxlan] & 0x08) != 0)
            {
                var inner = DecodeEthernet(frame, vxlan + VxlanHeaderLength, decoded.Packet.End);
                inner.Vni = (int)(BinaryPrimitives.ReadUInt32BigEndian(frame[(vxlan + 4)..]) >> 8);
                inner.VxlanStart = vxlan;
                return inner;
            }
        }

        return decoded;
    }

    /// <summary>Decodes a frame's outermost packet alone.</summary>
    public static DecodedFrame DecodeOuter(ReadOnlySpan<byte> frame, LinkType link) => link switch
    {
        LinkType.Ethernet => DecodeEthernet(frame, 0, frame.Length),
        LinkType.LinuxCooked when frame.Length >= 16 => AfterLinkHeader(frame, 16, BinaryPrimitives.ReadUInt16BigEndian(frame[14..])),
        LinkType.LinuxCooked2 when frame.Length >= 20 => AfterLinkHeader(frame, 20, BinaryPrimitives.ReadUInt16BigEndian(frame)),
        LinkType.RawIp when frame.Length >= 1 => AfterLinkHeader(frame, 0, frame[0] >> 4 == 6 ? EtherIPv6 : EtherIPv4),
        _ => new DecodedFrame { MacStart = -1, Vlan = -1, Vni = -1, Packet = { Start = frame.Length, End = frame.Length, PayloadStart = frame.Length } },
    };

    /// <summary>Decodes the IP packet that begins at a place, as the one inside an ICMP error.</summary>
    public static NetworkLayer DecodePacket(ReadOnlySpan<byte> frame, int start, int end, ushort etherType)
    {
        var layer = new NetworkLayer { EtherType = etherType, Start = start, End = end, PayloadStart = end };
        switch (etherType)
        {
            case EtherIPv4:
                DecodeIPv4(frame, ref layer);
                break;
            case EtherIPv6:
                DecodeIPv6(frame, ref layer);
                break;
            case EtherArp:
                DecodeArp(frame, ref layer);
                break;
        }

        return layer;
    }

    /// <summary>Whether a packet is a VXLAN datagram (its header may still be cut off or invalid).</summary>
    public static bool IsVxlan(in NetworkLayer packet, VxlanPorts ports) =>
        packet is { Protocol: Udp, HasPorts: true } && ports.Contains(packet.DestinationPort);

    private static DecodedFrame AfterLinkHeader(ReadOnlySpan<byte> frame, int start, ushort etherType) =>
        new() { MacStart = -1, Vlan = -1, Vni = -1, Packet = DecodePacket(frame, start, frame.Length, etherType) };

    /// <summary>Decodes the Ethernet frame that stands between two places.</summary>
    public static DecodedFrame DecodeEthernet(ReadOnlySpan<byte> frame, int start, int end)
    {
        var decoded = new DecodedFrame { MacStart = -1, Vlan = -1, Vni = -1, Packet = { Start = end, End = end, PayloadStart = end } };
        if (end - start < EthernetHeaderLength)
            return decoded;
        decoded.MacStart = start;
        var type = BinaryPrimitives.ReadUInt16BigEndian(frame[(start + 12)..]);
        var next = start + EthernetHeaderLength;
        while (type is 0x8100 or 0x88A8 or 0x9100 && end - next >= 4)
        {
            decoded.Vlan = BinaryPrimitives.ReadUInt16BigEndian(frame[next..]) & 0x0FFF;
            type = BinaryPrimitives.ReadUInt16BigEndian(frame[(next + 2)..]);
            next += 4;
        }

        decoded.Packet = DecodePacket(frame, next, end, type);
        return decoded;
    }

    private static void DecodeArp(ReadOnlySpan<byte> frame, ref NetworkLayer layer)
    {
        var arp = frame[layer.Start..layer.End];
        // Ethernet and IPv4 alone: hardware type 1, protocol 0x0800, address lengths 6 and 4
        if (arp.Length < ArpLength || BinaryPrimitives.ReadUInt64BigEndian(arp) >> 16 != 0x0001_0800_0604)
            return;
        layer.AddressVersion = 4;
        layer.Length = ArpLength;
        layer.Source = BinaryPrimitives.ReadUInt32BigEndian(arp[14..]);
        layer.Destination = BinaryPrimitives.ReadUInt32BigEndian(arp[24..]);
    }

    private static void DecodeIPv4(ReadOnlySpan<byte> frame, ref NetworkLayer layer)
    {
        var header = frame[layer.Start..layer.End];
        if (header.Length < 20 || header[0] >> 4 != 4)
            return;
        var headerLength = (header[0] & 0x0F) * 4;
        var length = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        if (headerLength < 20 || length < headerLength)
            return;
        var fragment = BinaryPrimitives.ReadUInt16BigEndian(header[6..]);
        layer.Version = layer.AddressVersion = 4;
        layer.Length = length;
        layer.Id = BinaryPrimitives.ReadUInt16BigEndian(header[4..]);
        layer.FragmentOffset = (ushort)((fragment & 0x1FFF) * 8);
        layer.MoreFragments = (fragment & 0x2000) != 0;
        layer.Ttl = header[8];
        layer.Protocol = header[9];
        layer.Source = BinaryPrimitives.ReadUInt32BigEndian(header[12..]);
        layer.Destination = BinaryPrimitives.ReadUInt32BigEndian(header[16..]);
        layer.End = Math.Min(layer.End, layer.Start + length);
        layer.PayloadStart = Math.Min(layer.Start + headerLength, layer.End);
        layer.PayloadLength = length - headerLength;
        ReadPorts(frame, ref layer);
    }

    private static void DecodeIPv6(ReadOnlySpan<byte> frame, ref NetworkLayer layer)
    {
        const int HeaderLength = 40;
        var header = frame[layer.Start..layer.End];
        if (header.Length < HeaderLength || header[0] >> 4 != 6)
            return;
        var length = BinaryPrimitives.ReadUInt16BigEndian(header[4..]);
        layer.Version = layer.AddressVersion = 6;
        layer.Length = HeaderLength + length;
        layer.Ttl = header[7];
        layer.Source = BinaryPrimitives.ReadUInt128BigEndian(header[8..]);
        layer.Destination = BinaryPrimitives.ReadUInt128BigEndian(header[24..]);
        layer.End = Math.Min(layer.End, layer.Start + HeaderLength + length);
        var next = header[6];
        var at = layer.Start + HeaderLength;
        // hop-by-hop, routing, fragment, destination options; whatever else stands there is the payload
        while (next is 0 or 43 or 44 or 60 && layer.FragmentOffset == 0 && layer.End - at >= 8)
        {
            var extension = next;
            next = frame[at];
            if (extension == 44)
            {
                var fragment = BinaryPrimitives.ReadUInt16BigEndian(frame[(at + 2)..]);
                layer.FragmentOffset = (ushort)(fragment & 0xFFF8);
                layer.MoreFragments = (fragment & 1) != 0;
                layer.Id = BinaryPrimitives.ReadUInt32BigEndian(frame[(at + 4)..]);
                at += 8;
            }
            else
            {
                at += (frame[at + 1] + 1) * 8;
            }
        }

        layer.Protocol = next;
        layer.PayloadStart = Math.Min(at, layer.End);
        layer.PayloadLength = Math.Max(0, layer.Start + layer.Length - at);
        ReadPorts(frame, ref layer);
    }

    private static void ReadPorts(ReadOnlySpan<byte> frame, ref NetworkLayer layer)
    {
        if (layer.Protocol is not (Udp or Tcp) || layer.FragmentOffset != 0 || layer.End - layer.PayloadStart < 4)
            return;
        layer.HasPorts = true;
        layer.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(frame[layer.PayloadStart..]);
        layer.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(frame[(layer.PayloadStart + 2)..]);
    }
}
