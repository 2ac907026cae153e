using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace GravityNet.Capturing;

/// <summary>Writes a DNS message as <c>tcpdump -v</c> does: a query with its question, a response with its counts and answers.</summary>
/// <remarks>RFC 1035, section 4; RFC 3596 (AAAA), RFC 2782 (SRV), RFC 6891 (OPT).</remarks>
internal readonly ref struct DnsText
{
    private const int HeaderLength = 12;

    /// <summary>More labels than a legal name can have: the bound for names whose pointers run in a circle.</summary>
    private const int MaxLabels = 128;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private readonly StringBuilder _text;
    private readonly ReadOnlySpan<byte> _message;

    public DnsText(StringBuilder text, ReadOnlySpan<byte> message)
    {
        _text = text;
        _message = message;
    }

    /// <summary>Writes the message.</summary>
    /// <param name="length">The message's length, of which less may have been captured.</param>
    public void Write(int length)
    {
        if (_message.Length < HeaderLength)
        {
            _text.Append(" [|domain]");
            return;
        }

        var flags = UInt16(2);
        var questions = UInt16(4);
        _text.Append(Invariant, $"{UInt16(0)}{Operation(flags >> 11 & 0x0F)}");
        if ((flags & 0x8000) != 0)
            WriteResponse(flags, questions, length);
        else
            WriteQuery(flags, questions, length);
    }

    private void WriteQuery(ushort flags, ushort questions, int length)
    {
        _text.Append((flags & 0x0100) != 0 ? "+" : "").Append((flags & 0x0010) != 0 ? "%" : "");
        if ((flags & 0x06CF) != 0)
            _text.Append(Invariant, $" [b2&3=0x{flags:x}]");
        WriteOddCount(UInt16(6), 0, "a");
        WriteOddCount(questions, 1, "q");
        WriteOddCount(UInt16(8), 0, "n");
        WriteOddCount(UInt16(10), 0, "au");
        var at = HeaderLength;
        for (var i = 0; i < questions; i++)
        {
            if (!WriteQuestion(ref at))
            {
                _text.Append(" [|domain]");
                return;
            }
        }

        _text.Append(Invariant, $" ({length})");
    }

    private void WriteResponse(ushort flags, ushort questions, int length)
    {
        _text.Append(ResponseCode(flags & 0x0F));
        _text.Append((flags & 0x0400) != 0 ? "*" : "").Append((flags & 0x0080) != 0 ? "" : "-");
        _text.Append((flags & 0x0200) != 0 ? "|" : "").Append((flags & 0x0020) != 0 ? "$" : "");
        WriteOddCount(questions, 1, "q");
        var at = HeaderLength;
        for (var i = 0; i < questions; i++)
        {
            if (!SkipName(ref at) || at + 4 > _message.Length)
            {
                _text.Append(" [|domain]");
                return;
            }

            at += 4;
        }

        var answers = UInt16(6);
        _text.Append(Invariant, $" {answers}/{UInt16(8)}/{UInt16(10)}");
        for (var i = 0; i < answers; i++)
        {
            if (i > 0)
                _text.Append(',');
            _text.Append(' ');
            if (!WriteRecord(ref at))
            {
                _text.Append(" [|domain]");
                return;
            }
        }

        _text.Append(Invariant, $" ({length})");
    }

    private void WriteOddCount(ushort count, ushort usual, string letter)
    {
        if (count != usual)
            _text.Append(Invariant, $" [{count}{letter}]");
    }

    private bool WriteQuestion(ref int at)
    {
        var name = at;
        if (!SkipName(ref at) || at + 4 > _message.Length)
            return false;
        _text.Append(' ').Append(TypeName(UInt16(at)));
        if (UInt16(at + 2) != 1)
            _text.Append(' ').Append(ClassName(UInt16(at + 2)));
        _text.Append("? ");
        WriteName(name);
        at += 4;
        return true;
    }

    private bool WriteRecord(ref int at)
    {
        WriteName(at);
        if (!SkipName(ref at) || at + 10 > _message.Length)
            return false;
        var type = UInt16(at);
        var recordClass = UInt16(at + 2);
        var length = UInt16(at + 8);
        var data = at + 10;
        if (recordClass != 1 && type != 41)
            _text.Append(' ').Append(ClassName(recordClass));
        _text.Append(' ').Append(TypeName(type));
        at = data + length;
        if (at > _message.Length)
            return false;
        WriteData(type, recordClass, data, length);
        return true;
    }

    private void WriteData(ushort type, ushort recordClass, int data, int length)
    {
        switch (type)
        {
            case 1 when length == 4:
                _text.Append(' ').Append(NetworkLayer.AddressText(BinaryPrimitives.ReadUInt32BigEndian(_message[data..]), 4));
                break;
            case 28 when length == 16:
                _text.Append(' ').Append(NetworkLayer.AddressText(BinaryPrimitives.ReadUInt128BigEndian(_message[data..]), 6));
                break;
            case 2 or 5 or 12:
                _text.Append(' ');
                WriteName(data);
                break;
            case 6:
                var at = data;
                _text.Append(' ');
                WriteName(at);
                _text.Append(' ');
                if (!SkipName(ref at))
                    break;
                WriteName(at);
                if (!SkipName(ref at))
                    break;
                for (var i = 0; i < 5 && at + 4 <= data + length; i++, at += 4)
                    _text.Append(Invariant, $" {BinaryPrimitives.ReadUInt32BigEndian(_message[at..])}");
                break;
            case 15 when length > 2:
                _text.Append(' ');
                WriteName(data + 2);
                _text.Append(Invariant, $" {UInt16(data)}");
                break;
            case 16:
                for (var text = data; text < data + length; text += 1 + _message[text])
                {
                    _text.Append(" \"");
                    FrameText.AppendSafely(_text, _message[(text + 1)..Math.Min(text + 1 + _message[text], data + length)]);
                    _text.Append('"');
                }

                break;
            case 33 when length > 6:
                _text.Append(' ');
                WriteName(data + 6);
                _text.Append(Invariant, $":{UInt16(data + 4)} {UInt16(data)} {UInt16(data + 2)}");
                break;
            case 41:
                _text.Append(Invariant, $" UDPsize={recordClass}");
                break;
        }
    }

    /// <summary>Writes the name at a place, following its compression pointers; ends in a mark where it does not end well.</summary>
    private void WriteName(int at)
    {
        if (at < _message.Length && _message[at] == 0)
        {
            _text.Append('.');
            return;
        }

        for (var labels = 0; labels < MaxLabels && at < _message.Length; labels++)
        {
            int length = _message[at];
            if (length == 0)
                return;
            if ((length & 0xC0) == 0xC0)
            {
                if (at + 1 >= _message.Length)
                    break;
                at = UInt16(at) & 0x3FFF;
                continue;
            }

            if ((length & 0xC0) != 0 || at + 1 + length > _message.Length)
                break;
            FrameText.AppendSafely(_text, _message.Slice(at + 1, length));
            _text.Append('.');
            at += 1 + length;
        }

        _text.Append("<BAD NAME>");
    }

    private bool SkipName(ref int at)
    {
        while (at < _message.Length)
        {
            int length = _message[at];
            if ((length & 0xC0) == 0xC0)
            {
                at += 2;
                return at <= _message.Length;
            }

            at += 1 + length;
            if (length == 0)
                return true;
            if ((length & 0xC0) != 0)
                return false;
        }

        return false;
    }

    private ushort UInt16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_message[at..]);

    private static string Operation(int code) => code switch
    {
        0 => "",
        1 => " inv_q",
        2 => " stat",
        4 => " notify",
        5 => " update",
        _ => $" op{code}",
    };

    private static string ResponseCode(int code) => code switch
    {
        0 => "",
        1 => " FormErr",
        2 => " ServFail",
        3 => " NXDomain",
        4 => " NotImp",
        5 => " Refused",
        6 => " YXDomain",
        7 => " YXRRSet",
        8 => " NXRRSet",
        9 => " NotAuth",
        10 => " NotZone",
        _ => $" Resp{code}",
    };

    private static string ClassName(int code) => code switch
    {
        3 => "CHAOS",
        4 => "HS",
        255 => "ANY",
        _ => $"Class{code}",
    };

    private static string TypeName(int code) => code switch
    {
        1 => "A",
        2 => "NS",
        5 => "CNAME",
        6 => "SOA",
        12 => "PTR",
        13 => "HINFO",
        15 => "MX",
        16 => "TXT",
        28 => "AAAA",
        33 => "SRV",
        35 => "NAPTR",
        41 => "OPT",
        43 => "DS",
        46 => "RRSIG",
        47 => "NSEC",
        48 => "DNSKEY",
        65 => "HTTPS",
        252 => "AXFR",
        255 => "ANY",
        _ => $"Type{code}",
    };
}
