using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace GravityNet.Probing;

/// <summary>
/// Writes a DNS query and reads an answer (RFC 1035), as far as a probe needs it.
/// </summary>
internal static class DnsMessage
{
    private const int HeaderLength = 12;
    private const ushort TypeA = 1;
    private const ushort TypeAaaa = 28;
    private const ushort ClassIn = 1;

    /// <summary>
    /// A query for the A record of a name, with recursion desired.
    /// </summary>
    /// <exception cref="ArgumentException">The name is no DNS name: labels of 1 to 63 letters, digits, hyphens or underscores, 253 characters at most.</exception>
    public static byte[] Query(ushort id, string name)
    {
        var labels = name.TrimEnd('.').Split('.');
        if (name.Length > 253 || labels.Any(l => l.Length is 0 or > 63 || !l.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
        {
            throw new ArgumentException($"'{name}' is no DNS name.", nameof(name));
        }

        var message = new List<byte>(HeaderLength + name.Length + 6) { (byte)(id >> 8), (byte)id, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in labels)
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }

        message.AddRange([0, 0, (byte)TypeA, 0, (byte)ClassIn]);
        return [.. message];
    }

    /// <summary>Reads an answer; null where the bytes are none (a query, cut short, a name that points at itself).</summary>
    public static DnsAnswer? Read(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderLength || (message[2] & 0x80) == 0) return null;
        var questions = Number(message, 4);
        var records = Number(message, 6);
        var at = HeaderLength;
        for (var i = 0; i < questions; i++)
        {
            if (!SkipName(message, ref at) || (at += 4) > message.Length) return null;
        }

        var addresses = new List<string>();
        for (var i = 0; i < records; i++)
        {
            // name, type, class, time to live, length of the data
            if (!SkipName(message, ref at) || at + 10 > message.Length) return null;
            var type = Number(message, at);
            var length = Number(message, at + 8);
            at += 10;
            if (at + length > message.Length) return null;
            if ((type, length) is (TypeA, 4) or (TypeAaaa, 16)) addresses.Add(new IPAddress(message.Slice(at, length)).ToString());
            at += length;
        }

        return new(Number(message, 0), message[3] & 0x0f, (message[2] & 0x02) != 0, addresses);
    }

    // A name ends with an empty label or with a pointer to an earlier one; nothing here needs the text, so pointers need not be followed.
    private static bool SkipName(ReadOnlySpan<byte> message, ref int at)
    {
        while (at < message.Length)
        {
            var length = message[at];
            if (length == 0)
            {
                at++;
                return true;
            }

            if ((length & 0xc0) == 0xc0)
            {
                at += 2;
                return at <= message.Length;
            }

            if ((length & 0xc0) != 0) return false;
            at += length + 1;
        }

        return false;
    }

    private static ushort Number(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
