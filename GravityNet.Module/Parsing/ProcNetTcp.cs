using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace GravityNet.Parsing;

/// <summary>
/// Reads listening sockets out of <c>/proc/net/tcp</c> and <c>/proc/net/tcp6</c> (proc(5)): addresses are hexadecimal, in words of the machine's byte
/// order, which is little-endian wherever flannel is built for.
/// </summary>
public static class ProcNetTcp
{
    private const string Listen = "0A";

    /// <summary>Addresses and ports that are listened on; lines of other states, and what is no such line, are passed over.</summary>
    public static IReadOnlyList<IPEndPoint> ParseListeners(string text)
    {
        var found = new List<IPEndPoint>();
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 4 || words[3] != Listen || words[1].Split(':') is not [var address, var port]) continue;
            if (address.Length is not (8 or 32) || !ushort.TryParse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)) continue;
            var bytes = new byte[address.Length / 2];
            var isRead = true;
            for (var word = 0; isRead && word < bytes.Length; word += 4)
            {
                isRead = uint.TryParse(address.AsSpan(word * 2, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value);
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(word), value);
            }

            if (isRead) found.Add(new(new IPAddress(bytes), number));
        }

        return found;
    }
}
