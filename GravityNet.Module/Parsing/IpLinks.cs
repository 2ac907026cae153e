using System.Buffers;
using GravityNet.Text;
using static GravityNet.Link;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ip [-d] [-s [-s]] [-o] addr show</c> and <c>link show</c>, from iproute2 4.11 to today, and busybox's.
/// </summary>
public static class IpLinks
{
    private static readonly SearchValues<char> KindLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Reads the text of a fact. A line under a link that no parser knows is in its <see cref="Link.Others"/>, and unread too.</summary>
    public static Parsed<Link> Parse(string node, string fact, string text)
    {
        var links = new List<Link>();
        var unread = new List<SourceLine>();
        var lines = new LinkLines(node, fact, text);
        var pool = new LinkPool();
        var draft = new LinkDraft();
        while (lines.Next())
        {
            if (lines.IsJoined)
            {
                draft.Letters.Append(LinkLayout.SameLine);
                Detail(draft, ref lines, pool, unread);
            }
            else if (lines.IsBlank)
            {
                continue;
            }
            else if (lines.IsIndented && draft.IsOpen)
            {
                Detail(draft, ref lines, pool, unread);
            }
            else if (lines.IsIndented || !First(ref lines))
            {
                lines.TakeAll();
                unread.Add(lines.Source());
            }
        }

        Flush();
        return new(links, unread);

        bool First(ref LinkLines line)
        {
            if (OwnAddress(draft, ref line, pool, Flush)) return true;
            Flush();
            return Header(draft, ref line, pool);
        }

        void Flush()
        {
            if (draft.IsOpen) links.Add(draft.Take(node, pool));
        }
    }

    // 2: eth0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master cni0 state UP group default qlen 1000
    private static bool Header(LinkDraft draft, ref LinkLines lines, LinkPool pool)
    {
        var line = pool.Read(lines.Current);
        if (!line.Next() || Index(line.Current) is not { } index) return false;
        line.Take(HeaderField.Index);
        if (!line.Next() || line.Current is not [_, .., ':']) return false;
        var name = line.Current[..^1];
        ReadOnlySpan<char> peer = default;
        if (name.IndexOf('@') is > 0 and var at && at + 1 < name.Length)
        {
            peer = name[(at + 1)..];
            name = name[..at];
        }

        line.Take(HeaderField.Name);
        IReadOnlyList<string> flags = [];
        int? mtu = null, queue = null;
        string qdisc = "", master = "", state = "", mode = "", group = "";
        while (line.Next())
        {
            switch (line.Current)
            {
                case ['<', .. var inner, '>']:
                    var words = pool.Flags(inner);
                    if (line.Take(HeaderField.Flags)) flags = words;
                    break;
                case "mtu": mtu = line.Number(HeaderField.Mtu) ?? mtu; break;
                case "qdisc": qdisc = line.Value(HeaderField.Qdisc) ?? qdisc; break;
                case "master": master = line.Value(HeaderField.Master) ?? master; break;
                case "state": state = line.Value(HeaderField.State) ?? state; break;
                case "mode": mode = line.Value(HeaderField.Mode) ?? mode; break;
                case "group": group = line.Value(HeaderField.Group) ?? group; break;
                case "qlen": queue = line.Number(HeaderField.QueueLength) ?? queue; break;
                default: break;
            }
        }

        // flags are always printed: a line that ends before them was cut, and a link without flags would pass for one that is down
        if (flags.Count == 0 && mtu is null) return false;
        (draft.Words, draft.Form) = line.End();
        draft.Open(index, name.ToString(), lines.Source());
        draft.Peer = pool.Lines.Text(peer);
        draft.PeerIndex = peer.StartsWith("if") && LineReader.IsNumber(peer[2..], out var n) && n <= int.MaxValue ? (int)n : null;
        (draft.Flags, draft.Mtu, draft.Qdisc, draft.Master, draft.State, draft.Mode, draft.Group, draft.QueueLength) = (flags, mtu, qdisc, master, state, mode, group, queue);
        draft.Letters.Append(LinkLayout.Header);
        return true;
    }

    // 2: eth0    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0\       valid_lft forever preferred_lft forever: ip -o addr prints no more of the link
    private static bool OwnAddress(LinkDraft draft, ref LinkLines lines, LinkPool pool, Action flush)
    {
        var line = lines.Current;
        var colon = line.IndexOf(' ');
        if (colon < 0 || Index(line[..colon]) is not { } index) return false;
        var name = line[(colon + 1)..];
        var end = name.IndexOf(' ');
        if (end <= 0 || name[end - 1] == ':' || IpAddresses.Read(name[end..], lines.Source(), pool) is not { } address) return false;
        name = name[..end];
        if (!draft.IsOpen || draft.Index != index || !name.SequenceEqual(draft.Name))
        {
            flush();
            draft.Open(index, name.ToString(), lines.Source());
        }

        draft.Addresses.Add(address);
        draft.Letters.Append(LinkLayout.OwnAddress);
        return true;
    }

    private static int? Index(ReadOnlySpan<char> word) =>
        word is [.. var digits, ':'] && LineReader.IsNumber(digits, out var index) && index <= int.MaxValue ? (int)index : null;

    private static void Detail(LinkDraft draft, ref LinkLines lines, LinkPool pool, List<SourceLine> unread)
    {
        var isAfterFunction = draft.IsAfterFunction;
        draft.IsAfterFunction = false;
        var line = lines.Current.TrimStart(" \t");
        var end = line.IndexOfAny(' ', '\t');
        var word = end < 0 ? line : line[..end];
        if (IsTyped(word, draft, ref lines, pool)) return;

        // a virtual function has counters of its own under it
        draft.IsAfterFunction = word is "vf" || (isAfterFunction && (word is "RX:" or "TX:" || LineReader.IsNumber(word, out _)));
        // a VLAN's priorities are its last line of details
        var isMap = word is "ingress-qos-map" or "egress-qos-map";
        if (!draft.IsAfterFunction && !isMap && !word.StartsWith("prog/")) unread.Add(lines.Source());
        var source = lines.Source();
        if (isMap)
        {
            draft.Others.Add(new(BeforeQueues(draft, lines.Current, LinkLayout.Other, pool).ToString()) { Source = source });
            return;
        }

        draft.Others.Add(new(lines.Current.ToString()) { Source = source });
        draft.Letters.Append(LinkLayout.Other);
    }

    private static bool IsTyped(ReadOnlySpan<char> word, LinkDraft draft, ref LinkLines lines, LinkPool pool)
    {
        switch (word)
        {
            case "inet" or "inet6":
                if (IpAddresses.Read(lines.Current, lines.Source(), pool) is not { } address) return false;
                draft.Addresses.Add(address);
                draft.Letters.Append(LinkLayout.Address);
                return true;

            case "valid_lft" or "preferred_lft":
                if (!draft.IsAfterAddress || IpAddresses.WithLifetime(draft.Addresses[^1], lines.Current, pool) is not { } living) return false;
                draft.Addresses[^1] = living;
                draft.Letters.Append(LinkLayout.Lifetime);
                return true;

            case "RX:":
                if (draft.Statistics is not null || IpStatistics.Read(draft, ref lines) is not { } statistics) return false;
                draft.Statistics = statistics;
                draft.Letters.Append(LinkLayout.Statistics);
                return true;

            case "alias":
                if (draft.Alias.Length > 0 || !IsText(lines.Current, "    alias ", out var alias)) return false;
                draft.Alias = alias;
                draft.Letters.Append(LinkLayout.Alias);
                return true;

            case "altname":
                if (!IsText(lines.Current, "    altname ", out var name)) return false;
                draft.AltNames.Add(name);
                draft.Letters.Append(LinkLayout.AltName);
                return true;

            case "TX:" or "vf" or "ingress-qos-map" or "egress-qos-map":
                return false;

            case ['l', 'i', 'n', 'k', '/', _, ..]:
                if (draft.LayerForm is not null) return false;
                Layer(draft, BeforeQueues(draft, lines.Current, LinkLayout.Layer, pool), pool);
                draft.LayerSource = lines.Source();
                return true;

            // the first word of a line of details is the kind: veth, bridge, vlan, macvlan, dummy, ...
            default:
                if (word.IndexOfAnyExcept(KindLetters) >= 0 || LineReader.IsNumber(word, out _)) return false;
                var isSlave = word.EndsWith("_slave");
                if ((isSlave ? draft.Slave : draft.Device) is not null) return false;
                var part = BeforeQueues(draft, lines.Current, isSlave ? LinkLayout.Slave : LinkLayout.Device, pool);
                if (isSlave) draft.Slave = LinkParts.Slave(part, lines.Source(), pool);
                else draft.Device = LinkParts.Device(part, lines.Source(), pool);
                return true;
        }
    }

    private static bool IsText(ReadOnlySpan<char> line, string before, out string text)
    {
        var isText = line.StartsWith(before) && line.Length > before.Length;
        text = isText ? line[before.Length..].ToString() : "";
        return isText;
    }

    // of every device, the last line of details goes on with its queues
    private static ReadOnlySpan<char> BeforeQueues(LinkDraft draft, ReadOnlySpan<char> line, char letter, LinkPool pool)
    {
        draft.Letters.Append(letter);
        if (draft.Queues is not null) return line;
        var at = line.IndexOf(" addrgenmode ");
        if (at < 0) at = line.IndexOf(" numtxqueues ");
        if (at < 0) return line;
        draft.Queues = LinkParts.Queues(line[(at + 1)..], pool);
        draft.Letters.Append(LinkLayout.Queues);
        return line[..(at + 1)];
    }

    // link/ether 66:aa:c5:21:36:10 brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 0 allmulti 0 minmtu 68 maxmtu 65535
    private static void Layer(LinkDraft draft, ReadOnlySpan<char> text, LinkPool pool)
    {
        var line = pool.Read(text);
        line.Next();
        draft.LinkLayer = pool.Lines.Text(line.Current["link/".Length..]);
        line.Take(LayerField.Layer);
        while (line.Next())
        {
            switch (line.Current)
            {
                case "brd": draft.Broadcast = line.Value(LayerField.Broadcast) ?? draft.Broadcast; break;
                case "peer": draft.LinkLayerPeer = line.Value(LayerField.Peer) ?? draft.LinkLayerPeer; break;
                case "permaddr": draft.PermanentMac = line.Value(LayerField.PermanentMac) ?? draft.PermanentMac; break;
                case "link-netns" when draft.PeerNamespace.Length == 0:
                    draft.PeerNamespace = line.Value(LayerField.Namespace) ?? "";
                    draft.IsPeerNamespaceNamed = draft.PeerNamespace.Length > 0;
                    break;
                case "link-netnsid" when draft.PeerNamespace.Length == 0: draft.PeerNamespace = line.Value(LayerField.NamespaceId) ?? ""; break;
                case "promiscuity": draft.Promiscuity = line.Number(LayerField.Promiscuity) ?? draft.Promiscuity; break;
                case "allmulti": draft.AllMulticast = line.Number(LayerField.AllMulticast) ?? draft.AllMulticast; break;
                case "minmtu": draft.MinMtu = line.LongNumber(LayerField.MinMtu) ?? draft.MinMtu; break;
                case "maxmtu": draft.MaxMtu = line.LongNumber(LayerField.MaxMtu) ?? draft.MaxMtu; break;
                case var mac when IsMac(mac):
                    var known = line.Text();
                    if (line.Take(LayerField.Mac)) draft.Mac = known;
                    break;
                default: break;
            }
        }

        (draft.LayerWords, draft.LayerForm) = line.End();
    }

    // 6 bytes on Ethernet, 20 on InfiniBand; a tunnel has an IP address here
    private static bool IsMac(ReadOnlySpan<char> word)
    {
        const int Shortest = 17;
        if (word.Length < Shortest || word.Length % 3 != 2) return false;
        for (var i = 0; i < word.Length; i++)
        {
            if (i % 3 == 2 ? word[i] != ':' : !char.IsAsciiHexDigit(word[i])) return false;
        }

        return true;
    }
}
