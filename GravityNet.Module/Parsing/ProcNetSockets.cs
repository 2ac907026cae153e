using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using GravityNet.Text;
using static GravityNet.NodeSocket;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>/proc/net/tcp</c>, <c>tcp6</c>, <c>udp</c> and <c>udp6</c> (proc(5)): addresses are hexadecimal, in words of the machine's byte order, which is
/// little-endian wherever flannel is built for.
/// </summary>
public static class ProcNetSockets
{
    // include/net/tcp_states.h, in the words of ss; a UDP socket is ESTABLISHED where it is connected, else CLOSE, which ss calls UNCONN
    private static readonly string[] States = ["", "ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "UNCONN", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "NEW-SYN-RECV", "BOUND"];

    /// <summary>Reads the text of a fact, with or without the files' headings.</summary>
    public static Parsed<NodeSocket> Parse(string node, string fact, string text)
    {
        var protocol = fact.EndsWith("ss-udp", StringComparison.Ordinal) ? "udp" : "tcp";
        return FactParser.EachOfWords(node, fact, text, (SourceLine source, ref LineReader line) => Row(node, protocol, source, ref line), IsHeading);
    }

    /// <summary>Whether a text begins with the heading of such a file.</summary>
    internal static bool IsHeading(ReadOnlySpan<char> text) => text.TrimStart(' ').StartsWith("sl ", StringComparison.Ordinal) && text.Contains("local_address", StringComparison.Ordinal);

    /// <summary>A state's number.</summary>
    internal static string? PrintState(string state) => Array.IndexOf(States, state) is > 0 and var number ? number.ToString("X2", CultureInfo.InvariantCulture) : null;

    /// <summary>Both queues: that to send, then that to read.</summary>
    internal static string? PrintQueues(long? send, long? receive) => send is null || receive is null ? null : string.Create(CultureInfo.InvariantCulture, $"{send:X8}:{receive:X8}");

    /// <summary>An address and a port in hexadecimal.</summary>
    internal static string? PrintEnd(string address, string port)
    {
        if (!IPAddress.TryParse(address, out var ip) || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        Span<byte> bytes = stackalloc byte[16];
        ip.TryWriteBytes(bytes, out var length);
        var text = new StringBuilder();
        for (var word = 0; word < length; word += 4) text.Append(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt32LittleEndian(bytes[word..]):X8}");
        return text.Append(CultureInfo.InvariantCulture, $":{number:X4}").ToString();
    }

    // sl local rem st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode ...
    private static NodeSocket? Row(string node, string protocol, SourceLine source, ref LineReader line)
    {
        if (!line.Current.EndsWith(":", StringComparison.Ordinal)) return null;
        var socket = new NodeSocket { Node = node, Protocol = protocol, IsFile = true, Source = source };
        for (var column = 1; line.Next(); column++)
        {
            var word = line.Current;
            switch (column)
            {
                case 1:
                    if (!End(word, out var address, out var port)) return null;
                    socket = socket with { LocalAddress = address, LocalPort = port };
                    line.Take(FileField.Local);
                    break;
                case 2:
                    if (!End(word, out var peer, out var peerPort)) return null;
                    socket = socket with { PeerAddress = peer, PeerPort = peerPort };
                    line.Take(FileField.Peer);
                    break;
                case 3:
                    if (!int.TryParse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var state) || state <= 0 || state >= States.Length) return null;
                    socket = socket with { State = States[state] };
                    line.Take(FileField.State);
                    break;
                case 4 when word.Length == 17 && word[8] == ':' && Hex(word[..8], out var send) && Hex(word[9..], out var receive):
                    socket = socket with { SendQueue = send, ReceiveQueue = receive };
                    line.Take(FileField.Queues);
                    break;
                case 7 when LineReader.IsSigned(word, out int user):
                    socket = socket with { UserId = user };
                    line.Take(FileField.UserId);
                    break;
                case 9 when LineReader.IsNumber(word, out long inode):
                    socket = socket with { Inode = inode };
                    line.Take(FileField.Inode);
                    break;
                default:
                    break;
            }
        }

        var (words, form) = line.End();
        socket = socket with { Words = words, Form = form };
        // hexadecimal in small letters, or an address that has two forms, would be printed otherwise
        return socket.State.Length > 0 && socket.Print() == source.Text ? socket : null;
    }

    private static bool Hex(ReadOnlySpan<char> word, out long value)
    {
        var isRead = uint.TryParse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number);
        value = number;
        return isRead;
    }

    private static bool End(ReadOnlySpan<char> word, out string address, out string port)
    {
        (address, port) = ("", "");
        var colon = word.IndexOf(':');
        if (colon is not (8 or 32) || word.Length != colon + 5 || !ushort.TryParse(word[(colon + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)) return false;
        Span<byte> bytes = stackalloc byte[colon / 2];
        for (var at = 0; at < bytes.Length; at += 4)
        {
            if (!uint.TryParse(word.Slice(at * 2, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return false;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], value);
        }

        address = new IPAddress(bytes).ToString();
        port = number.ToString(CultureInfo.InvariantCulture);
        return true;
    }
}
