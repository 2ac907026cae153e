using GravityNet.Text;
using static GravityNet.BridgeVlan;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>bridge vlan show</c>. What <c>-d</c> and <c>-s</c> add stays unread.
/// </summary>
public static class BridgeVlans
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<BridgeVlan> Parse(string node, string fact, string text)
    {
        var rows = new List<BridgeVlan>();
        var unread = new List<SourceLine>();
        var headings = new List<Heading>();
        var lines = new FactLines(node, fact, text);
        var pool = new LinePool();
        Span<char> buffer = stackalloc char[LineReader.BufferSize];
        var port = "";
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            var line = new LineReader(lines.Current, buffer, pool);
            line.Next();
            if (headings.Count == 0 && line.Current is "port" && line.Rest.Contains("vlan", StringComparison.Ordinal))
            {
                headings.Add(new(lines.Current.ToString(), lines.Source()));
            }
            else if (Row(node, lines.Source(), lines.IsIndented ? port : "", ref line) is { } row)
            {
                port = row.Interface;
                rows.Add(row);
            }
            else
            {
                unread.Add(lines.Source());
            }
        }

        return new(rows, unread) { Headings = headings };
    }

    // veth1             1 PVID Egress Untagged
    private static BridgeVlan? Row(string node, SourceLine source, string port, ref LineReader line)
    {
        var isContinued = port.Length > 0;
        if (!isContinued)
        {
            port = line.Text();
            line.Take(Field.Interface);
            if (!line.Next()) return null;
        }

        int? first = null, last = null;
        var dash = line.Current.IndexOf('-');
        if (LineReader.IsNumber(dash < 0 ? line.Current : line.Current[..dash], out var one) && one < 4096)
        {
            first = (int)one;
            if (dash >= 0)
            {
                if (!LineReader.IsNumber(line.Current[(dash + 1)..], out var other) || other >= 4096) return null;
                last = (int)other;
            }

            line.Take(Field.Vlan);
        }
        else if (isContinued || line.Current is not "None")
        {
            return null;
        }

        bool isPvid = false, isUntagged = false;
        while (line.Next())
        {
            if (line.Current is "PVID") isPvid |= line.Take(Field.Pvid);
            else if (line.Current is "Egress" && line.Peek() is "Untagged") isUntagged |= line.Value(Field.Untagged) is not null;
        }

        var (words, form) = line.End();
        return new()
        {
            Node = node,
            Interface = port,
            Vlan = first,
            LastVlan = last,
            Pvid = isPvid,
            Untagged = isUntagged,
            Words = words,
            Form = form,
            IsContinued = isContinued,
            Source = source,
        };
    }
}
