using GravityNet.Text;
using static GravityNet.NodeSocket;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ss -uanp</c> and <c>ss -tlnp</c> of any iproute2, and the kernel's files for the same. The columns' widths are those of the longest words, or of the
/// terminal's (before iproute2 4.16): each row keeps its own.
/// </summary>
public static class SocketTable
{
    /// <summary>Reads the text of a fact, whichever of both it is.</summary>
    public static Parsed<NodeSocket> Parse(string node, string fact, string text)
    {
        if (ProcNetSockets.IsHeading(text)) return ProcNetSockets.Parse(node, fact, text);
        var protocol = fact.EndsWith("ss-udp", StringComparison.Ordinal) ? "udp" : "tcp";
        var hasKinds = false;
        return FactParser.EachOfWords(node, fact, text, (SourceLine source, ref LineReader line) => Row(node, protocol, hasKinds, source, ref line), IsHeading);

        bool IsHeading(ReadOnlySpan<char> line)
        {
            var words = new Words(line);
            words.Next();
            var kinds = words.Current is "Netid";
            if (kinds) words.Next();
            if (words.Current is not "State" || !words.Next() || words.Current is not "Recv-Q") return false;
            hasKinds = kinds;
            return true;
        }
    }

    private static NodeSocket? Row(string node, string protocol, bool hasKind, SourceLine source, ref LineReader line)
    {
        // a line with blanks before it tells more of the socket above (-i, -m): nobody asks for it here
        if (source.Text is [' ' or '\t', ..]) return null;
        if (hasKind)
        {
            protocol = line.Text();
            line.Take(Field.Kind);
            if (!line.Next()) return null;
        }

        var state = line.Text();
        line.Take(Field.State);
        if (!line.Next() || !LineReader.IsNumber(line.Current, out long received)) return null;
        line.Take(Field.ReceiveQueue);
        if (!line.Next() || !LineReader.IsNumber(line.Current, out long sent)) return null;
        line.Take(Field.SendQueue);
        if (!line.Next() || !End(line.Current, out var address, out var scope, out var port, out var local)) return null;
        line.Take(Field.Local);
        if (!line.Next() || !End(line.Current, out var peer, out var peerScope, out var peerPort, out var remote) || peerScope.Length > 0) return null;
        line.Take(Field.Peer);
        List<SocketProcess>? processes = null;
        while (line.Next())
        {
            if (!line.Current.StartsWith("users:((", StringComparison.Ordinal) || processes is not null) continue;
            // a command's name may have blanks in it
            line.GoOnTo("))");
            processes = Processes(line.Current);
            if (processes is not null) line.Take(Field.Processes);
        }

        var (words, form) = line.End();
        var socket = new NodeSocket
        {
            Node = node,
            Protocol = protocol,
            State = state,
            ReceiveQueue = received,
            SendQueue = sent,
            LocalAddress = address,
            Interface = scope,
            LocalPort = port,
            PeerAddress = peer,
            PeerPort = peerPort,
            Processes = processes ?? [],
            HasBrackets = local && remote,
            Words = words,
            Form = form,
            Source = source,
        };
        // brackets at one end alone are no ss's
        return local == remote || socket.Print() == source.Text ? socket : null;
    }

    // 10.0.0.1:53, 127.0.0.53%lo:53, [fe80::1]%eth0:546, *:*, and :::22 of older ones: the port is behind the last colon
    private static bool End(ReadOnlySpan<char> word, out string address, out string scope, out string port, out bool hasBrackets)
    {
        (address, scope, port, hasBrackets) = ("", "", "", true);
        var colon = word.LastIndexOf(':');
        if (colon <= 0 || colon == word.Length - 1) return false;
        port = word[(colon + 1)..].ToString();
        var host = word[..colon];
        var percent = host.LastIndexOf('%');
        if (percent > 0)
        {
            scope = host[(percent + 1)..].ToString();
            host = host[..percent];
        }

        var inBrackets = host is ['[', .., ']'];
        if (inBrackets) host = host[1..^1];
        if (host.IsEmpty || (percent > 0 && scope.Length == 0) || (inBrackets && !host.Contains(':'))) return false;
        hasBrackets = inBrackets || !host.Contains(':');
        address = host is "0.0.0.0" ? "0.0.0.0" : host is "*" ? "*" : host.ToString();
        return true;
    }

    // users:(("nginx",pid=12,fd=6),("nginx",pid=13,fd=6)); null where it is written otherwise
    private static List<SocketProcess>? Processes(ReadOnlySpan<char> word)
    {
        if (!word.EndsWith("))", StringComparison.Ordinal)) return null;
        var rest = word["users:(".Length..^1];
        var found = new List<SocketProcess>();
        while (!rest.IsEmpty)
        {
            if (!rest.StartsWith("(\"", StringComparison.Ordinal)) return null;
            // a command's name may have quotes in it
            var quote = rest.IndexOf("\",pid=", StringComparison.Ordinal);
            var end = quote < 0 ? -1 : rest[quote..].IndexOf(')');
            if (end < 0) return null;
            var numbers = rest[(quote + 6)..(quote + end)];
            var comma = numbers.IndexOf(",fd=", StringComparison.Ordinal);
            if (comma < 0 || !LineReader.IsSigned(numbers[..comma], out int id) || !LineReader.IsSigned(numbers[(comma + 4)..], out int descriptor)) return null;
            found.Add(new(rest[2..quote].ToString(), id, descriptor));
            rest = rest[(quote + end + 1)..];
            if (rest.IsEmpty) return found;
            if (rest[0] != ',') return null;
            rest = rest[1..];
        }

        return null;
    }

    private static string State(ReadOnlySpan<char> word) => word switch { "LISTEN" => "LISTEN", "UNCONN" => "UNCONN", "ESTAB" => "ESTAB", _ => word.ToString() };
}
