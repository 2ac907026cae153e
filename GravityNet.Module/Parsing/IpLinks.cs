using System.Buffers;
using System.Globalization;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ip [-d] addr show</c> and <c>ip [-d] link show</c>, from iproute2 4.11 to today.
/// </summary>
public static class IpLinks
{
    private static readonly SearchValues<char> KindLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<Link> Parse(string node, string fact, string text)
    {
        var links = new List<Link>();
        var unread = new List<SourceLine>();
        var addresses = new List<InterfaceAddress>();
        var lines = new FactLines(node, fact, text);
        Link? link = null;
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            if (!lines.IsIndented)
            {
                Flush();
                link = Header(node, ref lines);
                if (link is null) unread.Add(lines.Source());
            }
            else if (link is null)
            {
                unread.Add(lines.Source());
            }
            else
            {
                link = Detail(link, ref lines, addresses, unread);
            }
        }

        Flush();
        return new(links, unread);

        void Flush()
        {
            if (link is null) return;
            links.Add(link with { Addresses = [.. addresses] });
            addresses.Clear();
        }
    }

    // 2: eth0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master cni0 state UP group default qlen 1000
    private static Link? Header(string node, ref FactLines lines)
    {
        var words = new Words(lines.Current);
        if (!words.Next() || !words.Current.EndsWith(":")) return null;
        if (!int.TryParse(words.Current[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return null;
        if (!words.Next() || !words.Current.EndsWith(":")) return null;

        var name = words.Current[..^1];
        ReadOnlySpan<char> peer = default;
        if (name.IndexOf('@') is >= 0 and var at)
        {
            peer = name[(at + 1)..];
            name = name[..at];
        }

        var link = new Link
        {
            Node = node,
            Index = index,
            Interface = name.ToString(),
            Peer = peer.ToString(),
            PeerIndex = peer.StartsWith("if") && int.TryParse(peer[2..], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : null,
            Source = lines.Source(),
        };

        var rest = new List<string>();
        while (words.Next())
        {
            switch (words.Current)
            {
                case ['<', .. var flags, '>']: link = link with { Flags = flags.ToString().Split(',', StringSplitOptions.RemoveEmptyEntries) }; break;
                case "mtu": link = link with { Mtu = words.Number() }; break;
                case "master": link = link with { Master = words.Text() }; break;
                case "state": link = link with { State = words.Text() }; break;
                default: rest.Add(words.Current.ToString()); break;
            }
        }

        // flags are always printed: a line that ends before them was cut, and a link without flags would pass for one that is down
        return link.Flags.Count > 0 || link.Mtu is not null ? link with { Words = rest } : null;
    }

    private static Link Detail(Link link, ref FactLines lines, List<InterfaceAddress> addresses, List<SourceLine> unread)
    {
        var words = new Words(lines.Current);
        words.Next();
        switch (words.Current)
        {
            case var layer when layer.StartsWith("link/"):
                link = link with { LinkLayer = layer["link/".Length..].ToString(), LayerSource = lines.Source() };
                if (words.Next() && words.Current.Contains(':')) link = link with { Mac = words.Current.ToString() };
                while (words.Next())
                {
                    if (words.Current is "link-netnsid" or "link-netns") link = link with { PeerNamespace = words.Text() };
                }

                return link;

            case "inet" or "inet6":
                if (Address(ref words, ref lines) is { } address) addresses.Add(address);
                else unread.Add(lines.Source());
                return link;

            case "valid_lft" or "altname" or "alias" or "vf":
            case var word when word.EndsWith("_slave") || word.StartsWith("prog/"):
                return link;

            case "vxlan":
                return link with { Kind = "vxlan", Vxlan = Vxlan(ref words), KindSource = lines.Source() };

            // the first word of the detail line is the kind: veth, bridge, vlan, macvlan, dummy, ...
            case var kind when link.Kind.Length == 0 && kind.IndexOfAnyExcept(KindLetters) < 0:
                return link with { Kind = kind.ToString(), KindSource = lines.Source() };

            default:
                unread.Add(lines.Source());
                return link;
        }
    }

    // vxlan id 1 local 192.168.33.11 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 ...
    private static VxlanDevice Vxlan(ref Words words)
    {
        var device = new VxlanDevice();
        while (words.Next())
        {
            switch (words.Current)
            {
                case "id": device = device with { Vni = words.Number() }; break;
                case "local" or "local6": device = device with { Local = words.Text() }; break;
                case "dev": device = device with { Interface = words.Text() }; break;
                case "dstport": device = device with { Port = words.Number() }; break;
                case "nolearning": device = device with { Learning = false }; break;
                default: break;
            }
        }

        return device;
    }

    // inet 10.244.19.1/24 brd 10.244.19.255 scope global cni0; a point-to-point one reads 10.0.0.1 peer 10.0.0.2/32
    private static InterfaceAddress? Address(ref Words words, ref FactLines lines)
    {
        var family = words.Current.ToString();
        if (!words.Next()) return null;
        var text = words.Current;
        var prefix = family == "inet" ? 32 : 128;
        if (text.IndexOf('/') is >= 0 and var slash)
        {
            if (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out prefix)) return null;
            text = text[..slash];
        }

        var address = text.ToString();
        var scope = "";
        while (words.Next())
        {
            if (words.Current is "scope") scope = words.Text();
        }

        return new(family, address, prefix, scope) { Source = lines.Source() };
    }
}
