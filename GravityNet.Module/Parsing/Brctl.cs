using System.Buffers.Binary;
using System.Globalization;

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
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            if (lines.IsBlank || lines.Current.StartsWith("bridge name")) continue;
            if (lines.Current.IndexOf(PortLink, StringComparison.Ordinal) is > 0 and var at)
            {
                var link = lines.Current[..at];
                var (member, owner) = (link[(link.LastIndexOf('/') + 1)..].ToString(), lines.Current[(lines.Current.LastIndexOf('/') + 1)..].TrimEnd().ToString());
                var known = bridges.FindIndex(b => b.Interface == owner);
                if (known < 0) bridges.Add(new(node, owner, "", false, [member]) { Source = lines.Source() });
                else bridges[known] = bridges[known] with { Ports = [.. bridges[known].Ports, member] };
                continue;
            }

            var words = new Words(lines.Current);
            // a further port of the bridge above stands alone, far to the right
            if (lines.IsIndented && bridges.Count > 0)
            {
                bridges[^1] = bridges[^1] with { Ports = [.. bridges[^1].Ports, words.Text()] };
                continue;
            }

            var (name, id, stp, port) = (words.Text(), words.Text(), words.Text(), words.Text());
            if (stp is "yes" or "no") bridges.Add(new(node, name, id, stp == "yes", port.Length > 0 ? [port] : []) { Source = lines.Source() });
            else unread.Add(lines.Source());
        }

        return new(bridges, unread);
    }

    /// <summary>Reads <c>brctl showmacs</c>, or the bytes of <c>brforward</c> as od prints them, a row a line. A bridge that filters VLANs lists a local MAC once for each VLAN: it is read once.</summary>
    public static Parsed<BridgeMac> ParseShowMacs(string node, string fact, string text)
    {
        var macs = new List<BridgeMac>();
        var unread = new List<SourceLine>();
        var seen = new HashSet<(int, string)>();
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            if (lines.IsBlank || lines.Current.StartsWith("port no")) continue;
            if (Row(lines.Current) is { } row)
            {
                if (seen.Add((row.PortNumber, row.Mac))) macs.Add(new(row.PortNumber, row.Mac, row.IsLocal, row.AgeSeconds) { Source = lines.Source() });
                continue;
            }

            var words = new Words(lines.Current);
            if (words.Number() is { } port && words.Text() is { Length: 17 } mac && words.Text() is ("yes" or "no") and var local
                && double.TryParse(words.Rest, NumberStyles.Float, CultureInfo.InvariantCulture, out var age))
            {
                if (seen.Add((port, mac))) macs.Add(new(port, mac, local == "yes", age) { Source = lines.Source() });
            }
            else
            {
                unread.Add(lines.Source());
            }
        }

        return new(macs, unread);
    }

    // struct __fdb_entry of linux/if_bridge.h: MAC, port, whether it is local, the age in hundredths of a second (little endian, as on x86-64 and arm64), the port's
    // high byte, three bytes of nothing
    private static (int PortNumber, string Mac, bool IsLocal, double AgeSeconds)? Row(ReadOnlySpan<char> line)
    {
        Span<byte> bytes = stackalloc byte[16];
        var words = new Words(line);
        var count = 0;
        while (words.Next())
        {
            if (count == bytes.Length || words.Current.Length != 2 || !byte.TryParse(words.Current, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out bytes[count])) return null;
            count++;
        }

        if (count != bytes.Length) return null;
        var mac = string.Join(':', bytes[..6].ToArray().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
        return (bytes[6] | (bytes[12] << 8), mac, bytes[7] != 0, BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) / 100.0);
    }
}
