using System.Buffers.Binary;
using System.Globalization;
using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>brctl show</c> and <c>brctl showmacs BRIDGE</c>, and what the kernel has of both in <c>/sys</c>: the link from each port to its bridge, and the bridge's
/// table <c>brforward</c> as bytes.
/// </summary>
public static class Brctl
{
    private const string PortLink = "/brport/bridge -> ";

    /// <summary>Reads <c>brctl show</c>, or <c>ls -l /sys/class/net/*/brport/bridge</c>.</summary>
    public static Parsed<Bridge> ParseShow(string node, string fact, string text)
    {
        var bridges = new List<Bridge>();
        var unread = new List<SourceLine>();
        var headings = new List<Heading>();
        var lines = new FactLines(node, fact, text);
        var pool = new LinePool();
        Span<char> buffer = stackalloc char[LineReader.BufferSize];
        var isOpen = false;
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            if (lines.Current.StartsWith("bridge name"))
            {
                headings.Add(new(lines.Current.ToString(), lines.Source()));
                isOpen = false;
                continue;
            }

            if (lines.Current.IndexOf(PortLink, StringComparison.Ordinal) is > 0 and var at)
            {
                var link = lines.Current[..at];
                AddPort(lines.Current[(lines.Current.LastIndexOf('/') + 1)..].TrimEnd().ToString(), link[(link.LastIndexOf('/') + 1)..].ToString(), lines.Source());
                isOpen = false;
                continue;
            }

            var line = new LineReader(lines.Current, buffer, pool);
            var hasWord = line.Next();
            // a further port of the bridge above stands alone, far to the right
            if (isOpen && hasWord && lines.IsIndented && line.Rest.IndexOfAnyExcept(' ', '\t') < 0)
            {
                var port = line.Text();
                line.Take(Bridge.PortField.Port);
                var bridge = bridges[^1];
                bridges[^1] = bridge with { Ports = [.. bridge.Ports, port], PortForms = [.. bridge.PortForms, line.End().Form], AreBelow = bridge.AreBelow || bridge.Ports.Count == 0 };
                continue;
            }

            var read = lines.IsIndented ? null : First(node, lines.Source(), ref line);
            isOpen = read is not null;
            if (read is null) unread.Add(lines.Source());
            else bridges.Add(read);
        }

        return new(bridges, unread) { Headings = headings };

        void AddPort(string owner, string port, SourceLine source)
        {
            var known = bridges.FindIndex(b => b.Interface == owner);
            if (known < 0) bridges.Add(new(node, owner, "", false, [port]) { Source = source });
            else bridges[known] = bridges[known] with { Ports = [.. bridges[known].Ports, port] };
        }
    }

    // cni0		8000.caaf24bcc6e0	no		veth131bfd8c
    private static Bridge? First(string node, SourceLine source, ref LineReader line)
    {
        var name = line.Text();
        line.Take(Bridge.Field.Interface);
        if (!line.Next()) return null;
        var id = line.Text();
        line.Take(Bridge.Field.Id);
        if (!line.Next() || line.Current is not ("yes" or "no")) return null;
        var hasStp = line.Current is "yes";
        line.Take(Bridge.Field.Stp);
        string[] ports = [];
        if (line.Next())
        {
            ports = [line.Text()];
            line.Take(Bridge.Field.Port);
        }

        var (words, form) = line.End();
        return new(node, name, id, hasStp, ports) { Words = words, Form = form, Source = source };
    }

    /// <summary>Reads <c>brctl showmacs</c>, or the bytes of <c>brforward</c> as od prints them, a row a line.</summary>
    public static Parsed<BridgeMac> ParseShowMacs(string node, string fact, string text) => FactParser.EachOfWords<BridgeMac>(
        node, fact, text, (source, ref line) => Row(source.Text, source) ?? Mac(source, ref line), line => line.StartsWith("port no"));

    //   1	22:6d:ce:9c:10:2e	yes		   0.00
    private static BridgeMac? Mac(SourceLine source, ref LineReader line)
    {
        if (!LineReader.IsNumber(line.Current, out var port) || port > int.MaxValue) return null;
        line.Take(BridgeMac.Field.PortNumber);
        if (!line.Next() || line.Current.Length != 17) return null;
        var mac = line.Text();
        line.Take(BridgeMac.Field.Mac);
        if (!line.Next() || line.Current is not ("yes" or "no")) return null;
        var isLocal = line.Current is "yes";
        line.Take(BridgeMac.Field.IsLocal);
        if (!line.Next() || !double.TryParse(line.Current, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var age)) return null;
        // as brctl prints it
        if (!line.Current.SequenceEqual(BridgeMac.AgeText(age))) return null;
        line.Take(BridgeMac.Field.Age);
        var (words, form) = line.End();
        return new((int)port, mac, isLocal, age) { Words = words, Form = form, Source = source };
    }

    // struct __fdb_entry of linux/if_bridge.h: MAC, port, whether it is local, the age in hundredths of a second (little endian, as on x86-64 and arm64), the port's
    // high byte, three bytes of nothing
    private static BridgeMac? Row(ReadOnlySpan<char> line, SourceLine source)
    {
        Span<byte> bytes = stackalloc byte[16];
        var words = new Words(line);
        var count = 0;
        while (words.Next())
        {
            if (count == bytes.Length || words.Current.Length != 2 || !byte.TryParse(words.Current, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[count])) return null;
            count++;
        }

        if (count != bytes.Length) return null;
        var mac = string.Join(':', bytes[..6].ToArray().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
        var row = new BridgeMac(bytes[6] | (bytes[12] << 8), mac, bytes[7] != 0, BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) / 100.0) { IsBytes = true, Source = source };
        // what od prints otherwise is no row
        return line.SequenceEqual(row.Print()) ? row : null;
    }
}
