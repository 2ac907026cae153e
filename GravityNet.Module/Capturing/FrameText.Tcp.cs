using System.Buffers.Binary;

namespace GravityNet.Capturing;

internal readonly ref partial struct FrameText
{
    private const int TcpHeaderLength = 20;

    private void WriteTcp(in NetworkLayer packet)
    {
        var tcp = packet.Payload(_frame);
        if (tcp.Length < TcpHeaderLength)
        {
            _text.Append(packet.HasPorts ? " [|tcp]" : "[|tcp]");
            return;
        }

        var headerLength = (tcp[12] >> 4) * 4;
        if (headerLength < TcpHeaderLength)
        {
            _text.Append(Invariant, $" tcp {packet.PayloadLength - headerLength} [bad hdr length {headerLength} - too short, < {TcpHeaderLength}]");
            return;
        }

        var flags = tcp[13];
        _text.Append("Flags [");
        WriteTcpFlags(flags);
        _text.Append(']');
        var length = packet.PayloadLength - headerLength;
        if (length < 0)
        {
            _text.Append(Invariant, $" [bad hdr length {headerLength} - too long, > {packet.PayloadLength}]");
            return;
        }

        var sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        if (length > 0)
            _text.Append(Invariant, $", seq {sequence}:{unchecked(sequence + (uint)length)}");
        else if ((flags & 0x07) != 0)
            _text.Append(Invariant, $", seq {sequence}");
        if ((flags & 0x10) != 0)
            _text.Append(Invariant, $", ack {BinaryPrimitives.ReadUInt32BigEndian(tcp[8..])}");
        _text.Append(Invariant, $", win {BinaryPrimitives.ReadUInt16BigEndian(tcp[14..])}");
        if ((flags & 0x20) != 0)
            _text.Append(Invariant, $", urg {BinaryPrimitives.ReadUInt16BigEndian(tcp[18..])}");
        if (headerLength > TcpHeaderLength)
        {
            _text.Append(", options [");
            WriteTcpOptions(tcp[TcpHeaderLength..Math.Min(headerLength, tcp.Length)]);
            _text.Append(']');
        }

        _text.Append(Invariant, $", length {length}");
        if (length > 0 && tcp.Length > headerLength)
            WriteTcpData(in packet, flags, tcp[headerLength..], length);
    }

    private void WriteTcpFlags(byte flags)
    {
        if (flags == 0)
            _text.Append("none");
        for (var bit = 0; bit < 8; bit++)
        {
            if ((flags >> bit & 1) != 0)
                _text.Append("FSRP.UEW"[bit]);
        }
    }

    private void WriteTcpOptions(ReadOnlySpan<byte> options)
    {
        for (var first = true; options.Length > 0; first = false)
        {
            if (!first)
                _text.Append(',');
            if (options[0] <= 1)
            {
                _text.Append(options[0] == 0 ? "eol" : "nop");
                if (options[0] == 0)
                    return;
                options = options[1..];
                continue;
            }

            int length = options.Length > 1 ? options[1] : 0;
            if (length < 2 || length > options.Length)
            {
                _text.Append("[bad opt]");
                return;
            }

            WriteTcpOption(options[0], options[2..length]);
            options = options[length..];
        }
    }

    private void WriteTcpOption(byte kind, ReadOnlySpan<byte> value)
    {
        switch (kind, value.Length)
        {
            case (2, 2):
                _text.Append(Invariant, $"mss {BinaryPrimitives.ReadUInt16BigEndian(value)}");
                break;
            case (3, 1):
                _text.Append(Invariant, $"wscale {value[0]}");
                break;
            case (4, 0):
                _text.Append("sackOK");
                break;
            case (5, >= 8) when value.Length % 8 == 0:
                _text.Append(Invariant, $"sack {value.Length / 8} ");
                for (; value.Length > 0; value = value[8..])
                    _text.Append(Invariant, $"{{{BinaryPrimitives.ReadUInt32BigEndian(value)}:{BinaryPrimitives.ReadUInt32BigEndian(value[4..])}}}");
                break;
            case (8, 8):
                _text.Append(Invariant, $"TS val {BinaryPrimitives.ReadUInt32BigEndian(value)} ecr {BinaryPrimitives.ReadUInt32BigEndian(value[4..])}");
                break;
            default:
                _text.Append(Invariant, $"unknown-{kind}");
                if (value.Length > 0)
                    _text.Append(" 0x").Append(Convert.ToHexStringLower(value));
                break;
        }
    }

    private void WriteTcpData(in NetworkLayer packet, byte flags, ReadOnlySpan<byte> data, int length)
    {
        if ((flags & 0x04) != 0)
        {
            // RFC 1122, 4.2.2.12: a reset may say why, in text
            _text.Append(" [RST ");
            AppendSafely(_text, data);
            _text.Append(']');
        }
        else if (packet.SourcePort == 53 || packet.DestinationPort == 53)
        {
            _text.Append(' ');
            // RFC 1035, 4.2.2: the message's length in two bytes before it; a message in several segments is not put together
            if (data.Length < 2)
                _text.Append("[|domain]");
            else if (BinaryPrimitives.ReadUInt16BigEndian(data) != length - 2)
                _text.Append(Invariant, $"[prefix length({BinaryPrimitives.ReadUInt16BigEndian(data)}) != length({length - 2})] (invalid)");
            else
                new DnsText(_text, data[2..]).Write(length - 2);
        }
        else if (packet.SourcePort is 80 or 8080 || packet.DestinationPort is 80 or 8080)
        {
            WriteHttp(data, length);
        }
    }

    private void WriteHttp(ReadOnlySpan<byte> data, int length)
    {
        _text.Append(": HTTP");
        if (!IsHttpStart(data))
            return;
        _text.Append(Invariant, $", length: {length}");
        while (data.Length > 0)
        {
            var end = data.IndexOf((byte)'\n');
            var line = end < 0 ? data : data[..end];
            _text.Append("\n\t");
            AppendSafely(_text, line.TrimEnd((byte)'\r'));
            if (end < 0 || line.TrimEnd((byte)'\r').IsEmpty)
                return;
            data = data[(end + 1)..];
        }
    }

    private static bool IsHttpStart(ReadOnlySpan<byte> data)
    {
        if (data.StartsWith("HTTP/"u8))
            return true;
        var space = data.IndexOf((byte)' ');
        if (space < 0)
            return false;
        var word = data[..space];
        return word.SequenceEqual("GET"u8) || word.SequenceEqual("POST"u8) || word.SequenceEqual("PUT"u8) || word.SequenceEqual("HEAD"u8)
            || word.SequenceEqual("DELETE"u8) || word.SequenceEqual("OPTIONS"u8) || word.SequenceEqual("PATCH"u8);
    }
}
