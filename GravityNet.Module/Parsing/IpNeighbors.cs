using System.Buffers;
using System.Globalization;
using GravityNet.Text;
using static GravityNet.Neighbor;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ip [-d] [-s] neighbor show</c>, of iproute2 and busybox, and the kernel's table of IPv4 neighbors (<c>/proc/net/arp</c>, proc(5)).
/// </summary>
public static class IpNeighbors
{
    private static readonly SearchValues<char> Times = SearchValues.Create("0123456789/");
    private const string TableHeader = "IP address ";

    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<Neighbor> Parse(string node, string fact, string text)
    {
        var entries = new List<Neighbor>();
        var unread = new List<SourceLine>();
        var headings = new List<Heading>();
        var lines = new FactLines(node, fact, text);
        var pool = new LinePool();
        Span<char> buffer = stackalloc char[LineReader.BufferSize];
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            if (lines.Current.StartsWith(TableHeader))
            {
                headings.Add(new(lines.Current.ToString(), lines.Source()));
                continue;
            }

            var line = new LineReader(lines.Current, buffer, pool);
            line.Next();
            if (!line.IsAddress) unread.Add(lines.Source());
            else if (headings.Count == 0) entries.Add(Line(node, lines.Source(), ref line));
            else if (Row(node, lines.Source(), ref line) is { } row) entries.Add(row);
            else unread.Add(lines.Source());
        }

        return new(entries, unread) { Headings = headings };
    }

    // 10.244.65.0 dev flannel.1 lladdr 4a:6c:67:96:7e:83 PERMANENT
    private static Neighbor Line(string node, SourceLine source, ref LineReader line)
    {
        var address = line.Text();
        line.Take(Field.Address);
        string device = "", mac = "", state = "", protocol = "";
        bool isRouter = false, isProxy = false, isManaged = false, isExternLearn = false, isOffload = false, isExternValid = false;
        int? references = null, used = null, confirmed = null, updated = null, probes = null;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "dev": device = line.Value(Field.Interface) ?? device; break;
                case "lladdr": mac = line.Value(Field.Mac) ?? mac; break;
                case "router": isRouter |= line.Take(Field.Router); break;
                case "proxy": isProxy |= line.Take(Field.Proxy); break;
                case "managed": isManaged |= line.Take(Field.Managed); break;
                case "extern_learn": isExternLearn |= line.Take(Field.ExternLearn); break;
                case "offload": isOffload |= line.Take(Field.Offload); break;
                case "extern_valid": isExternValid |= line.Take(Field.ExternValid); break;
                case "ref": references = line.Number(Field.References) ?? references; break;
                case "used": Used(ref line, ref used, ref confirmed, ref updated); break;
                case "probes": probes = line.Number(Field.Probes) ?? probes; break;
                case "PERMANENT" or "REACHABLE" or "STALE" or "DELAY" or "PROBE" or "FAILED" or "INCOMPLETE" or "NOARP" or "NONE":
                    if (line.Take(Field.State)) state = line.Text();
                    break;
                case "proto": protocol = line.Value(Field.Protocol) ?? protocol; break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            Node = node,
            Address = address,
            Interface = device,
            Mac = mac,
            Router = isRouter,
            Proxy = isProxy,
            Managed = isManaged,
            ExternLearn = isExternLearn,
            Offload = isOffload,
            ExternValid = isExternValid,
            References = references,
            UsedSeconds = used,
            ConfirmedSeconds = confirmed,
            UpdatedSeconds = updated,
            Probes = probes,
            State = state,
            Protocol = protocol,
            Words = words,
            Form = form,
            Source = source,
        };
    }

    // used 3/63/0; newer versions let the next word follow without a blank: used 3/63/0probes 6
    private static void Used(ref LineReader line, ref int? used, ref int? confirmed, ref int? updated)
    {
        var word = line.Peek();
        var end = word.IndexOfAnyExcept(Times);
        if (end >= 0 && word[end..] is not "probes") return;
        if (end >= 0) word = word[..end];
        var first = word.IndexOf('/');
        var second = word.LastIndexOf('/');
        if (first < 0 || first == second || !Seconds(word[..first], out var a) || !Seconds(word[(first + 1)..second], out var b) || !Seconds(word[(second + 1)..], out var c)) return;
        if (line.Value(Field.Used, word.Length)) (used, confirmed, updated) = (a, b, c);
    }

    private static bool Seconds(ReadOnlySpan<char> word, out int seconds)
    {
        var isNumber = LineReader.IsNumber(word, out var number) && number <= int.MaxValue;
        seconds = isNumber ? (int)number : 0;
        return isNumber;
    }

    // 10.244.65.0      0x1         0x6         4a:6c:67:96:7e:83     *        flannel.1
    // an entry without a MAC and not permanent is being asked for, or failed
    private static Neighbor? Row(string node, SourceLine source, ref LineReader line)
    {
        var address = line.Text();
        line.Take(Column.Address);
        line.Next();
        if (!line.Next() || !line.Current.StartsWith("0x") || !int.TryParse(line.Current[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var flags)) return null;
        // the table tells no more of a MAC's age than that there is one
        var (isProxy, state) = flags switch { _ when (flags & 8) != 0 => (true, ""), _ when (flags & 4) != 0 => (false, "PERMANENT"), _ when (flags & 2) != 0 => (false, "STALE"), _ => (false, "INCOMPLETE") };
        // other flags stay as they are printed
        var isPlain = state switch { "PERMANENT" => line.Current is "0x6", "STALE" => line.Current is "0x2", "INCOMPLETE" => line.Current is "0x0", _ => false };
        if (isPlain) line.Take(Column.Flags);
        var mac = line.Next() && (flags & 2) != 0 && line.Take(Column.Mac) ? line.Text() : "";
        line.Next();
        if (!line.Next()) return null;
        var device = line.Text();
        line.Take(Column.Interface);
        var (words, form) = line.End();
        return new() { Node = node, Address = address, Interface = device, Mac = mac, Proxy = isProxy, State = state, Words = words, Form = form, IsTableRow = true, Source = source };
    }
}
