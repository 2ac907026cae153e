using GravityNet.Text;
using static GravityNet.Connection;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>conntrack -L</c>, with and without <c>-o extended,id,ktimestamp</c>, and <c>/proc/net/nf_conntrack</c>.
/// </summary>
public static class Conntrack
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<Connection> Parse(string node, string fact, string text) =>
        FactParser.EachOfWords(node, fact, text, (SourceLine source, ref LineReader line) => Line(node, source, ref line));

    private static Connection? Line(string node, SourceLine source, ref LineReader line)
    {
        var entry = new Connection { Node = node, Source = source };
        var (original, reply) = (entry.Original, entry.Reply);
        var inReply = false;
        var begun = false;
        do
        {
            if (line.Current.StartsWith("src=", StringComparison.Ordinal))
            {
                inReply = begun;
                begun = true;
            }

            if (!begun) Head(ref entry, ref line);
            else if (line.Current is "[UNREPLIED]") entry = line.Take(Field.Unreplied) ? entry with { IsUnreplied = true } : entry;
            else if (line.Current is "[ASSURED]" or "[OFFLOAD]" or "[HW_OFFLOAD]") entry = Status(entry, ref line);
            else if (line.Current.IndexOf('=') is > 0 and var equals && !(inReply ? Tuple(ref reply, equals, Field.Reply, ref line) : Tuple(ref original, equals, Field.Original, ref line))) Entry(ref entry, equals, ref line);
        }
        while (line.Next());
        if (original.SourceAddress.Length == 0) return null;
        var (words, form) = line.End();
        return entry with { Original = original, Reply = reply, Words = words, Form = form };
    }

    // what stands before the first direction: [ipv4 2] tcp 6 [431999] [ESTABLISHED]
    private static void Head(ref Connection entry, ref LineReader line)
    {
        if (LineReader.IsNumber(line.Current, out long number))
        {
            if (entry is { Family.Length: > 0, FamilyNumber: null, Protocol.Length: 0 } && number is >= 0 and < 256) entry = line.Take(Field.FamilyNumber) ? entry with { FamilyNumber = (int)number } : entry;
            else if (entry is { Protocol.Length: > 0, ProtocolNumber: null } && number is >= 0 and < 256) entry = line.Take(Field.ProtocolNumber) ? entry with { ProtocolNumber = (int)number } : entry;
            else if (entry is { ProtocolNumber: not null, TimeoutSeconds: null }) entry = line.Take(Field.Timeout) ? entry with { TimeoutSeconds = number } : entry;
        }
        else if (line.Current is ['[', ..])
        {
            // [NEW] and its kin of conntrack -E
            return;
        }
        else if (entry is { Family.Length: 0, Protocol.Length: 0 } && line.Current is "ipv4" or "ipv6")
        {
            if (line.Take(Field.Family)) entry = entry with { Family = line.Text() };
        }
        else if (entry.Protocol.Length == 0)
        {
            if (!line.Current.IsEmpty && line.Take(Field.Protocol)) entry = entry with { Protocol = line.Text() };
        }
        else if (entry is { ProtocolNumber: not null, State.Length: 0 })
        {
            if (line.Take(Field.State)) entry = entry with { State = line.Text() };
        }
    }

    private static Connection Status(Connection entry, ref LineReader line) => line.Take(Field.Status) ? entry with { Status = line.Current[1..^1].ToString() } : entry;

    private static bool Tuple(ref ConnectionTuple tuple, int equals, Field first, ref LineReader line)
    {
        var value = line.Current[(equals + 1)..];
        var index = line.Current[..equals] switch
        {
            "src" => 0,
            "dst" => 1,
            "sport" => 2,
            "dport" => 3,
            "type" => 4,
            "code" => 5,
            // behind type and code it is the echo's; else the entry's own
            "id" when tuple is { IcmpType: not null, IcmpId: null } => 6,
            "srckey" => 7,
            "dstkey" => 8,
            "packets" => 9,
            "bytes" => 10,
            _ => -1,
        };
        if (index < 0 || value.IsEmpty) return false;
        if (index is 0 or 1 or 7 or 8)
        {
            if (!line.Take(first + index)) return true;
            var text = line.Pooled(value);
            tuple = index switch { 0 => tuple with { SourceAddress = text }, 1 => tuple with { Destination = text }, 7 => tuple with { SourceKey = text }, _ => tuple with { DestinationKey = text } };
            return true;
        }

        if (!LineReader.IsNumber(value, out long number) || (index < 9 && number is < 0 or > ushort.MaxValue) || !line.Take(first + index)) return true;
        tuple = index switch
        {
            2 => tuple with { SourcePort = (int)number },
            3 => tuple with { DestinationPort = (int)number },
            4 => tuple with { IcmpType = (int)number },
            5 => tuple with { IcmpCode = (int)number },
            6 => tuple with { IcmpId = (int)number },
            9 => tuple with { Packets = number },
            _ => tuple with { Bytes = number },
        };
        return true;
    }

    private static void Entry(ref Connection entry, int equals, ref LineReader line)
    {
        var value = line.Current[(equals + 1)..];
        if (line.Current[..equals] is "secctx")
        {
            if (!value.IsEmpty && line.Take(Field.SecurityContext)) entry = entry with { SecurityContext = line.Pooled(value) };
            return;
        }

        if (!LineReader.IsNumber(value, out long number)) return;
        switch (line.Current[..equals])
        {
            case "mark": entry = line.Take(Field.Mark) ? entry with { Mark = number } : entry; break;
            case "zone" when number is >= 0 and <= ushort.MaxValue: entry = line.Take(Field.Zone) ? entry with { Zone = (int)number } : entry; break;
            case "delta-time": entry = line.Take(Field.Age) ? entry with { AgeSeconds = number } : entry; break;
            case "use" when number is >= 0 and <= int.MaxValue: entry = line.Take(Field.Use) ? entry with { Use = (int)number } : entry; break;
            case "id": entry = line.Take(Field.Id) ? entry with { Id = number } : entry; break;
            default: break;
        }
    }
}
