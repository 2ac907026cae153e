using System.Globalization;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>brctl show</c> and <c>brctl showmacs BRIDGE</c>.
/// </summary>
public static class Brctl
{
    /// <summary>Reads <c>brctl show</c>.</summary>
    public static Parsed<Bridge> ParseShow(string node, string fact, string text)
    {
        var bridges = new List<Bridge>();
        var unread = new List<SourceLine>();
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            if (lines.IsBlank || lines.Current.StartsWith("bridge name")) continue;
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

    /// <summary>Reads <c>brctl showmacs</c>. A bridge that filters VLANs lists a local MAC once for each VLAN: it is read once.</summary>
    public static Parsed<BridgeMac> ParseShowMacs(string node, string fact, string text)
    {
        var macs = new List<BridgeMac>();
        var unread = new List<SourceLine>();
        var seen = new HashSet<(int, string)>();
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            if (lines.IsBlank || lines.Current.StartsWith("port no")) continue;
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
}
