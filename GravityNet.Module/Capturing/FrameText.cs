using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace GravityNet.Capturing;

/// <summary>
/// Writes a frame as <c>tcpdump -vnS</c> writes it, with these differences, which are meant: no remark on checksums (on a sending node they are not
/// computed yet: that is offload, no fault), VXLAN by port (<c>-T vxlan</c> would take every datagram for VXLAN), HTTP headers without a body,
/// no hex dump, and protocols that a cluster's network does not run on by their name alone.
/// </summary>
/// <remarks>Sequence numbers are absolute (<c>-S</c>), so that one segment reads the same on every interface, also where a capture began in its midst.</remarks>
internal readonly ref partial struct FrameText
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private readonly StringBuilder _text;
    private readonly ReadOnlySpan<byte> _frame;
    private readonly VxlanPorts _ports;

    public FrameText(StringBuilder text, ReadOnlySpan<byte> frame, VxlanPorts ports)
    {
        _text = text;
        _frame = frame;
        _ports = ports;
    }

    /// <summary>Writes the whole frame, without its time.</summary>
    /// <param name="outer">The outermost packet's headers.</param>
    /// <param name="length">The frame's length on the link.</param>
    public void WriteFrame(in DecodedFrame outer, int length) => WriteFrame(in outer, length, inside: false);

    /// <summary>Writes what stands behind the addresses: the summary of the transport header and what it carries.</summary>
    public void WritePayload(in NetworkLayer packet) => WritePayload(in packet, inside: true);

    private void WriteFrame(in DecodedFrame decoded, int length, bool inside)
    {
        var packet = decoded.Packet;
        switch (packet.EtherType)
        {
            case FrameDecoder.EtherIPv4:
                _text.Append("IP ");
                WriteIPv4(in packet, length - packet.Start, inside);
                break;
            case FrameDecoder.EtherIPv6:
                _text.Append("IP6 ");
                WriteIPv6(in packet, length - packet.Start, inside);
                break;
            case FrameDecoder.EtherArp:
                _text.Append("ARP, ");
                WriteArp(in packet, length - packet.Start, verbose: true);
                break;
            default:
                WriteOtherFrame(in decoded, length);
                break;
        }
    }

    private void WriteOtherFrame(in DecodedFrame decoded, int length)
    {
        if (decoded.MacStart < 0)
        {
            _text.Append(Invariant, $"[|ether], length {length}");
            return;
        }

        WriteMac(decoded.MacStart + 6);
        _text.Append(" > ");
        WriteMac(decoded.MacStart);
        if (decoded.Packet.EtherType < 0x600)
            _text.Append(Invariant, $", 802.3, length {length - decoded.MacStart}");
        else
            _text.Append(Invariant, $", ethertype {EtherTypeName(decoded.Packet.EtherType)} (0x{decoded.Packet.EtherType:x4}), length {length - decoded.MacStart}");
    }

    private static string EtherTypeName(ushort type) => type switch
    {
        0x88CC => "LLDP",
        0x8863 => "PPPoE D",
        0x8864 => "PPPoE S",
        0x8847 => "MPLS unicast",
        0x888E => "EAPOL",
        0x8809 => "Slow Protocols",
        _ => "Unknown",
    };

    /// <param name="packet">The packet.</param>
    /// <param name="available">How many bytes of it were on the link, as far as the layers below say.</param>
    /// <param name="inside">Whether it is inside VXLAN already: one level is decoded.</param>
    private void WriteIPv4(in NetworkLayer packet, int available, bool inside)
    {
        var header = _frame[packet.Start..packet.End];
        if (packet.Version != 4)
        {
            WriteBadIPv4(header);
            return;
        }

        if (packet.Length > available)
            _text.Append(Invariant, $"truncated-ip - {packet.Length - available} bytes missing! ");
        _text.Append(Invariant, $"(tos 0x{header[1]:x}{(header[1] & 3) switch { 1 => ",ECT(1)", 2 => ",ECT(0)", 3 => ",CE", _ => "" }}");
        if (packet.Ttl > 0)
            _text.Append(Invariant, $", ttl {packet.Ttl}");
        var flags = (header[6] >> 5) switch
        {
            0 => "none",
            1 => "+",
            2 => "DF",
            3 => "+, DF",
            4 => "rsvd",
            5 => "+, rsvd",
            6 => "DF, rsvd",
            _ => "+, DF, rsvd",
        };
        _text.Append(Invariant, $", id {packet.Id}, offset {packet.FragmentOffset}, flags [{flags}], ");
        _text.Append(Invariant, $"proto {ProtocolName(packet.Protocol)} ({packet.Protocol}), length {packet.Length}");
        WriteIPv4Options(header[20..Math.Clamp((header[0] & 0x0F) * 4, 20, header.Length)]);
        _text.Append(")\n    ");
        WriteAddressesAndPayload(in packet, inside);
    }

    private void WriteBadIPv4(ReadOnlySpan<byte> header)
    {
        if (header.Length < 20)
            _text.Append("[|ip]");
        else if (header[0] >> 4 != 4)
            _text.Append(Invariant, $"version {header[0] >> 4} (invalid)");
        else if ((header[0] & 0x0F) < 5)
            _text.Append(Invariant, $"bad-hlen {(header[0] & 0x0F) * 4}");
        else
            _text.Append(Invariant, $"bad-len {BinaryPrimitives.ReadUInt16BigEndian(header[2..])}");
    }

    private void WriteIPv4Options(ReadOnlySpan<byte> options)
    {
        var separator = ", options (";
        var any = options.Length > 0;
        while (options.Length > 0)
        {
            var length = options[0] <= 1 ? 1 : options.Length > 1 ? Math.Max((byte)2, options[1]) : 1;
            var name = options[0] switch
            {
                0 => "EOL",
                1 => "NOP",
                7 => "RR",
                68 => "timestamp",
                130 => "security",
                131 => "LSRR",
                137 => "SSRR",
                148 => "RA",
                var other => $"unknown {other}",
            };
            _text.Append(separator).Append(name);
            separator = ",";
            if (options[0] == 0)
                break;
            options = options[Math.Min(length, options.Length)..];
        }

        if (any)
            _text.Append(')');
    }

    private void WriteIPv6(in NetworkLayer packet, int available, bool inside)
    {
        if (packet.Version != 6)
        {
            _text.Append("[|ip6]");
            return;
        }

        var header = _frame[packet.Start..packet.End];
        if (packet.Length > available)
            _text.Append(Invariant, $"truncated-ip6 - {packet.Length - available} bytes missing!");
        var first = BinaryPrimitives.ReadUInt32BigEndian(header);
        _text.Append('(');
        if ((first >> 20 & 0xFF) is var trafficClass and not 0)
            _text.Append(Invariant, $"class 0x{trafficClass:x2}, ");
        if ((first & 0xFFFFF) is var label and not 0)
            _text.Append(Invariant, $"flowlabel 0x{label:x5}, ");
        _text.Append(Invariant, $"hlim {packet.Ttl}, next-header {ProtocolName(header[6])} ({header[6]}) payload length: {packet.Length - 40}) ");
        WriteAddressesAndPayload(in packet, inside);
    }

    private void WriteAddressesAndPayload(in NetworkLayer packet, bool inside)
    {
        _text.Append(NetworkLayer.AddressText(packet.Source, packet.Version));
        if (packet.HasPorts)
            _text.Append(Invariant, $".{packet.SourcePort}");
        _text.Append(" > ").Append(NetworkLayer.AddressText(packet.Destination, packet.Version));
        if (packet.HasPorts)
            _text.Append(Invariant, $".{packet.DestinationPort}");
        _text.Append(": ");
        WritePayload(in packet, inside);
    }

    private void WritePayload(in NetworkLayer packet, bool inside)
    {
        if (packet.EtherType == FrameDecoder.EtherArp)
        {
            _text.Append("ARP, ");
            WriteArp(in packet, packet.Length, verbose: false);
        }
        else if (packet.Version == 0)
        {
            _text.Append(Invariant, $"ethertype {EtherTypeName(packet.EtherType)} (0x{packet.EtherType:x4})");
        }
        else if (packet.FragmentOffset != 0)
        {
            _text.Append(Invariant, $"ip-proto-{packet.Protocol}");
        }
        else
        {
            switch (packet.Protocol)
            {
                case FrameDecoder.Icmp when packet.Version == 4:
                    WriteIcmp(in packet);
                    break;
                case FrameDecoder.Icmp6 when packet.Version == 6:
                    WriteIcmp6(in packet);
                    break;
                case FrameDecoder.Tcp:
                    WriteTcp(in packet);
                    break;
                case FrameDecoder.Udp:
                    WriteUdp(in packet, inside);
                    break;
                default:
                    _text.Append(Invariant, $" ip-proto-{packet.Protocol} {packet.PayloadLength}");
                    break;
            }
        }
    }

    private void WriteUdp(in NetworkLayer packet, bool inside)
    {
        var udp = packet.Payload(_frame);
        if (udp.Length < FrameDecoder.UdpHeaderLength)
        {
            _text.Append(" [|udp]");
            return;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        var data = udp[FrameDecoder.UdpHeaderLength..Math.Clamp(length, FrameDecoder.UdpHeaderLength, udp.Length)];
        length -= FrameDecoder.UdpHeaderLength;
        if (length < 0)
            _text.Append(Invariant, $"truncated-udplength {length + FrameDecoder.UdpHeaderLength}");
        else if (length > packet.PayloadLength - FrameDecoder.UdpHeaderLength && !packet.MoreFragments)
            _text.Append(Invariant, $"UDP, bad length {length} > {packet.PayloadLength - FrameDecoder.UdpHeaderLength}");
        else if (FrameDecoder.IsVxlan(in packet, _ports))
            WriteVxlan(packet.PayloadStart + FrameDecoder.UdpHeaderLength, packet.End, Math.Min(length, packet.PayloadLength - FrameDecoder.UdpHeaderLength), inside);
        else if (packet.SourcePort is 53 or 5353 || packet.DestinationPort is 53 or 5353)
            new DnsText(_text, data).Write(length);
        else
            _text.Append(Invariant, $"UDP, length {length}");
    }

    private void WriteVxlan(int start, int end, int length, bool inside)
    {
        if (end - start < FrameDecoder.VxlanHeaderLength)
        {
            _text.Append(" [|vxlan]");
            return;
        }

        var flags = _frame[start];
        var valid = (flags & 0x08) != 0;
        var vni = BinaryPrimitives.ReadUInt32BigEndian(_frame[(start + 4)..]) >> 8;
        _text.Append(Invariant, $"VXLAN, flags [{(valid ? "I" : "invalid")}] (0x{flags:x2}), vni {vni}");
        if (!valid || inside)
            return;
        _text.Append('\n');
        var inner = FrameDecoder.DecodeEthernet(_frame, start + FrameDecoder.VxlanHeaderLength, end);
        WriteFrame(in inner, start + length, inside: true);
    }

    private void WriteArp(in NetworkLayer packet, int length, bool verbose)
    {
        var arp = _frame[packet.Start..packet.End];
        if (packet.AddressVersion == 0)
        {
            _text.Append("[|arp]");
            return;
        }

        if (verbose)
            _text.Append("Ethernet (len 6), IPv4 (len 4), ");
        var sender = NetworkLayer.AddressText(packet.Source, 4);
        var target = NetworkLayer.AddressText(packet.Destination, 4);
        switch (BinaryPrimitives.ReadUInt16BigEndian(arp[6..]))
        {
            case 1:
                _text.Append("Request who-has ").Append(target);
                if (arp.Slice(18, 6).ContainsAnyExcept((byte)0))
                {
                    _text.Append(" (");
                    WriteMac(packet.Start + 18);
                    _text.Append(')');
                }

                _text.Append(" tell ").Append(sender);
                break;
            case 2:
                _text.Append("Reply ").Append(sender).Append(" is-at ");
                WriteMac(packet.Start + 8);
                break;
            case var operation:
                _text.Append(Invariant, $"Unknown ({operation})");
                break;
        }

        _text.Append(Invariant, $", length {length}");
    }

    private void WriteMac(int start) => _text.Append(MacText(_frame.Slice(start, 6)));

    /// <summary>A MAC address as text.</summary>
    public static string MacText(ReadOnlySpan<byte> mac) => $"{mac[0]:x2}:{mac[1]:x2}:{mac[2]:x2}:{mac[3]:x2}:{mac[4]:x2}:{mac[5]:x2}";

    /// <summary>An IP protocol's name as tcpdump prints it.</summary>
    public static string ProtocolName(byte protocol) => protocol switch
    {
        0 => "Options",
        1 => "ICMP",
        2 => "IGMP",
        4 => "IPIP",
        6 => "TCP",
        17 => "UDP",
        41 => "IPv6",
        43 => "Routing",
        44 => "Fragment",
        47 => "GRE",
        50 => "ESP",
        51 => "AH",
        58 => "ICMPv6",
        59 => "No next header",
        60 => "Dest",
        89 => "OSPF",
        103 => "PIM",
        112 => "VRRP",
        132 => "SCTP",
        _ => "unknown",
    };

    /// <summary>Appends text that came off the network: what a terminal could take for a command is shown as <c>^X</c> or <c>M-x</c>.</summary>
    public static void AppendSafely(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        foreach (var original in bytes)
        {
            var character = original;
            if (character >= 0x80)
            {
                text.Append("M-");
                character &= 0x7F;
            }

            if (character is < 0x20 or 0x7F)
                text.Append('^').Append((char)(character ^ 0x40));
            else
                text.Append((char)character);
        }
    }
}
