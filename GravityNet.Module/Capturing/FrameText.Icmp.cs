using System.Buffers.Binary;

namespace GravityNet.Capturing;

internal readonly ref partial struct FrameText
{
    private const int IcmpHeaderLength = 8;

    private void WriteIcmp(in NetworkLayer packet)
    {
        var icmp = packet.Payload(_frame);
        if (icmp.Length < IcmpHeaderLength)
        {
            _text.Append(" [|icmp]");
            return;
        }

        var id = BinaryPrimitives.ReadUInt16BigEndian(icmp[4..]);
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(icmp[6..]);
        _text.Append("ICMP ");
        switch (icmp[0])
        {
            case 0:
                _text.Append(Invariant, $"echo reply, id {id}, seq {sequence}");
                break;
            case 8:
                _text.Append(Invariant, $"echo request, id {id}, seq {sequence}");
                break;
            case 3:
                WriteUnreachable(in packet, icmp[1], mtu: sequence);
                break;
            case 4:
                _text.Append("source quench");
                break;
            case 5:
                WriteRedirect(in packet, icmp);
                break;
            case 9:
                _text.Append("router advertisement");
                break;
            case 10:
                _text.Append("router solicitation");
                break;
            case 11:
                _text.Append(icmp[1] switch { 0 => "time exceeded in-transit", 1 => "ip reassembly time exceeded", var code => $"time exceeded-#{code}" });
                break;
            case 12:
                _text.Append(icmp[1] == 0 ? $"parameter problem - octet {icmp[4]}" : $"parameter problem - code {icmp[1]}");
                break;
            case 13:
                _text.Append(Invariant, $"time stamp query id {id} seq {sequence}");
                break;
            case 14:
                _text.Append(Invariant, $"time stamp reply id {id} seq {sequence}");
                break;
            case var type:
                _text.Append(Invariant, $"type-#{type}");
                break;
        }

        _text.Append(Invariant, $", length {packet.PayloadLength}");
        if (icmp[0] is 3 or 4 or 5 or 11 or 12 && icmp.Length > IcmpHeaderLength)
        {
            // the packet that the error is about
            var about = About(in packet);
            _text.Append("\n\tIP ");
            WriteIPv4(in about, about.Length, inside: true);
        }
    }

    private NetworkLayer About(in NetworkLayer packet) =>
        FrameDecoder.DecodePacket(_frame, Math.Min(packet.PayloadStart + IcmpHeaderLength, packet.End), packet.End, packet.EtherType);

    private void WriteUnreachable(in NetworkLayer packet, byte code, ushort mtu)
    {
        var about = About(in packet);
        var to = about.Version == 4 ? NetworkLayer.AddressText(about.Destination, 4) : "?";
        _text.Append(code switch
        {
            0 => $"net {to} unreachable",
            1 => $"host {to} unreachable",
            2 => $"{to} protocol {about.Protocol} unreachable",
            3 when about.Protocol == FrameDecoder.Tcp => $"{to} tcp port {about.DestinationPort} unreachable",
            3 when about.Protocol == FrameDecoder.Udp => $"{to} udp port {about.DestinationPort} unreachable",
            3 => $"{to} protocol {about.Protocol} port unreachable",
            4 when mtu != 0 => $"{to} unreachable - need to frag (mtu {mtu})",
            4 => $"{to} unreachable - need to frag",
            5 => $"{to} unreachable - source route failed",
            6 => $"net {to} unreachable - unknown",
            7 => $"host {to} unreachable - unknown",
            8 => $"{to} unreachable - source host isolated",
            9 => $"net {to} unreachable - admin prohibited",
            10 => $"host {to} unreachable - admin prohibited",
            11 => $"net {to} unreachable - tos prohibited",
            12 => $"host {to} unreachable - tos prohibited",
            13 => $"host {to} unreachable - admin prohibited filter",
            14 => $"host {to} unreachable - host precedence violation",
            15 => $"host {to} unreachable - precedence cutoff",
            _ => $"{to} unreachable - #{code}",
        });
    }

    private void WriteRedirect(in NetworkLayer packet, ReadOnlySpan<byte> icmp)
    {
        var about = About(in packet);
        var to = about.Version == 4 ? NetworkLayer.AddressText(about.Destination, 4) : "?";
        var gateway = NetworkLayer.AddressText(BinaryPrimitives.ReadUInt32BigEndian(icmp[4..]), 4);
        _text.Append(icmp[1] switch
        {
            0 => $"redirect {to} to net {gateway}",
            1 => $"redirect {to} to host {gateway}",
            2 => $"redirect-tos {to} to net {gateway}",
            3 => $"redirect-tos {to} to host {gateway}",
            var code => $"redirect-#{code} {to} to {gateway}",
        });
    }

    private void WriteIcmp6(in NetworkLayer packet)
    {
        var icmp = packet.Payload(_frame);
        if (icmp.Length < IcmpHeaderLength)
        {
            _text.Append("[|icmp6]");
            return;
        }

        var options = 0;
        string? behindLength = null;
        _text.Append("ICMP6, ");
        switch (icmp[0])
        {
            case 1:
                WriteUnreachable6(in packet, icmp[1]);
                break;
            case 2:
                _text.Append(Invariant, $"packet too big, mtu {BinaryPrimitives.ReadUInt32BigEndian(icmp[4..])}");
                break;
            case 3:
                _text.Append(icmp[1] == 0 ? "time exceeded in-transit" : "ip reassembly time exceeded");
                break;
            case 4:
                _text.Append("parameter problem");
                break;
            case 128 or 129:
                _text.Append(Invariant, $"echo {(icmp[0] == 128 ? "request" : "reply")}, id {BinaryPrimitives.ReadUInt16BigEndian(icmp[4..])}, ");
                _text.Append(Invariant, $"seq {BinaryPrimitives.ReadUInt16BigEndian(icmp[6..])}");
                break;
            case 133:
                _text.Append("router solicitation");
                options = 8;
                break;
            case 134:
                _text.Append("router advertisement");
                options = 16;
                break;
            case 135 when icmp.Length >= 24:
                _text.Append("neighbor solicitation");
                behindLength = $", who has {NetworkLayer.AddressText(BinaryPrimitives.ReadUInt128BigEndian(icmp[8..]), 6)}";
                options = 24;
                break;
            case 136 when icmp.Length >= 24:
                _text.Append("neighbor advertisement");
                behindLength = $", tgt is {NetworkLayer.AddressText(BinaryPrimitives.ReadUInt128BigEndian(icmp[8..]), 6)}, Flags [{AdvertisementFlags(icmp[4])}]";
                options = 24;
                break;
            case 143:
                _text.Append(Invariant, $"multicast listener report v2, {BinaryPrimitives.ReadUInt16BigEndian(icmp[6..])} group record(s)");
                break;
            case var type:
                _text.Append(Invariant, $"type-#{type}");
                break;
        }

        // tcpdump gives an echo's length for ICMP alone
        if (icmp[0] is not (128 or 129))
            _text.Append(Invariant, $", length {packet.PayloadLength}").Append(behindLength);
        if (options > 0 && icmp.Length > options)
            WriteNeighborOptions(icmp[options..]);
    }

    private static string AdvertisementFlags(byte flags)
    {
        var names = new List<string>();
        if ((flags & 0x80) != 0)
            names.Add("router");
        if ((flags & 0x40) != 0)
            names.Add("solicited");
        if ((flags & 0x20) != 0)
            names.Add("override");
        return names.Count == 0 ? "none" : string.Join(", ", names);
    }

    private void WriteUnreachable6(in NetworkLayer packet, byte code)
    {
        var about = About(in packet);
        var to = about.Version == 6 ? NetworkLayer.AddressText(about.Destination, 6) : "?";
        _text.Append("destination unreachable, ");
        _text.Append(code switch
        {
            0 => $"unreachable route {to}",
            1 => $"unreachable prohibited {to}",
            2 => $"beyond scope {to}",
            3 => $"unreachable address {to}",
            4 when about.Protocol == FrameDecoder.Tcp => $"unreachable port, {to} tcp port {about.DestinationPort}",
            4 when about.Protocol == FrameDecoder.Udp => $"unreachable port, {to} udp port {about.DestinationPort}",
            _ => $"unreachable code-#{code}",
        });
    }

    /// <summary>The options of neighbor discovery (RFC 4861, 4.6).</summary>
    private void WriteNeighborOptions(ReadOnlySpan<byte> options)
    {
        while (options.Length >= 8 && options[1] > 0)
        {
            var length = options[1] * 8;
            var name = options[0] switch
            {
                1 => "source link-address",
                2 => "destination link-address",
                3 => "prefix info",
                4 => "redirected header",
                5 => "mtu",
                25 => "rdnss",
                31 => "dnssl",
                _ => "unknown",
            };
            _text.Append(Invariant, $"\n\t  {name} option ({options[0]}), length {length} ({options[1]}):");
            if (options[0] is 1 or 2)
                _text.Append(' ').Append(MacText(options[2..8]));
            else if (options[0] == 5)
                _text.Append(Invariant, $"  {BinaryPrimitives.ReadUInt32BigEndian(options[4..])}");
            options = options[Math.Min(length, options.Length)..];
        }
    }
}
