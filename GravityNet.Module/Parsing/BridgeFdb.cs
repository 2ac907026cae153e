using GravityNet.Text;
using static GravityNet.FdbEntry;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>bridge [-d] [-s] fdb show</c>.
/// </summary>
public static class BridgeFdb
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<FdbEntry> Parse(string node, string fact, string text)
    {
        // 4.17 and 4.18 leave out the words 'dst' and 'master': 0a:00:00:00:00:01 dev veth1 cni0 permanent
        var isBare = !text.Contains(" dst ", StringComparison.Ordinal) && !text.Contains(" master ", StringComparison.Ordinal);
        var rows = new List<FdbEntry>();
        var unread = new List<SourceLine>();
        var lines = new FactLines(node, fact, text);
        var pool = new LinePool();
        Span<char> buffer = stackalloc char[LineReader.BufferSize];
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            var line = new LineReader(lines.Current, buffer, pool);
            line.Next();
            if (line.Current.Length == 17 && line.Current.Count(':') == 5) rows.Add(Line(node, lines.Source(), isBare, ref line));
            else unread.Add(lines.Source());
        }

        return new(rows, unread);
    }

    // 7a:6d:e5:f8:c9:06 dev flannel.1 dst 192.168.33.13 self permanent
    private static FdbEntry Line(string node, SourceLine source, bool isBare, ref LineReader line)
    {
        var mac = line.Text();
        line.Take(Field.Mac);
        string device = "", destination = "", via = "", master = "", state = "";
        int? vlan = null, port = null, vni = null, sourceVni = null, viaIndex = null, netns = null, used = null, updated = null;
        long? nexthop = null;
        bool isDestinationBare = false, isMasterBare = false;
        bool isNotified = false, isInactive = false, isSelf = false, isRouter = false, isExternLearn = false, isOffload = false, isSticky = false, isLocked = false;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "dev": device = line.Value(Field.Interface) ?? device; break;
                case "dst": destination = line.Value(Field.Destination) ?? destination; break;
                case "vlan": vlan = line.Number(Field.Vlan) ?? vlan; break;
                case "port": port = line.Number(Field.Port) ?? port; break;
                case "vni": vni = line.Number(Field.Vni) ?? vni; break;
                case "src_vni": sourceVni = line.Number(Field.SourceVni) ?? sourceVni; break;
                case "via" when line.Peek() is "ifindex": viaIndex = line.Number(Field.ViaIndex, "ifindex") ?? viaIndex; break;
                case "via": via = line.Value(Field.Via) ?? via; break;
                case "nhid": nexthop = line.LongNumber(Field.NexthopId) ?? nexthop; break;
                case "link-netnsid": netns = line.Number(Field.LinkNetNsId) ?? netns; break;
                case "activity_notify": isNotified |= line.Take(Field.ActivityNotify); break;
                case "inactive": isInactive |= line.Take(Field.Inactive); break;
                case "used": Used(ref line, ref used, ref updated); break;
                case "self": isSelf |= line.Take(Field.Self); break;
                case "router": isRouter |= line.Take(Field.Router); break;
                case "extern_learn": isExternLearn |= line.Take(Field.ExternLearn); break;
                case "offload": isOffload |= line.Take(Field.Offload); break;
                case "sticky": isSticky |= line.Take(Field.Sticky); break;
                case "locked": isLocked |= line.Take(Field.Locked); break;
                // a flag of the same name stands before the bridge's, and alone where the kernel does not tell the bridge
                case "master" when line.Peek() is not ("master" or "sticky" or "locked" or "permanent" or "static" or "stale"): master = line.Value(Field.Master) ?? master; break;
                case "permanent" or "static" or "stale":
                    if (line.Take(Field.State)) state = line.Text();
                    break;
                case var _ when isBare && destination.Length == 0 && line.IsAddress:
                    isDestinationBare = line.Take(Field.Destination);
                    if (isDestinationBare) destination = line.Text();
                    break;
                case var _ when isBare && !isSelf && destination.Length == 0 && master.Length == 0 && (line.Rest.IsWhiteSpace() || line.Peek() is "permanent" or "static" or "stale"):
                    isMasterBare = line.Current is not "master" && !line.Current.Contains('=') && line.Take(Field.Master);
                    if (isMasterBare) master = line.Text();
                    break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            Node = node,
            Mac = mac,
            Interface = device,
            Destination = destination,
            Vlan = vlan,
            Port = port,
            Vni = vni,
            SourceVni = sourceVni,
            Via = via,
            ViaIndex = viaIndex,
            NexthopId = nexthop,
            LinkNetNsId = netns,
            ActivityNotify = isNotified,
            Inactive = isInactive,
            UsedSeconds = used,
            UpdatedSeconds = updated,
            Self = isSelf,
            Router = isRouter,
            ExternLearn = isExternLearn,
            Offload = isOffload,
            Sticky = isSticky,
            Locked = isLocked,
            Master = master,
            State = state,
            IsDestinationBare = isDestinationBare,
            IsMasterBare = isMasterBare,
            Words = words,
            Form = form,
            Source = source,
        };
    }

    // used 4/2
    private static void Used(ref LineReader line, ref int? used, ref int? updated)
    {
        var word = line.Peek();
        var slash = word.IndexOf('/');
        if (slash < 0 || !LineReader.IsNumber(word[..slash], out var a) || !LineReader.IsNumber(word[(slash + 1)..], out var b) || a > int.MaxValue || b > int.MaxValue) return;
        if (line.Value(Field.Used) is not null) (used, updated) = ((int)a, (int)b);
    }
}
