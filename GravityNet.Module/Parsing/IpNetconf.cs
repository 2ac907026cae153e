using GravityNet.Text;
using static GravityNet.InterfaceForwarding;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ip netconf show</c>: <c>ipv4 dev cni0 forwarding off ...</c> of older iproute2 and <c>inet cni0 forwarding off ...</c> of newer;
/// and the files behind it, as grep prints them with their names: <c>/proc/sys/net/ipv4/conf/cni0/forwarding:0</c> (ip-sysctl).
/// </summary>
public static class IpNetconf
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<InterfaceForwarding> Parse(string node, string fact, string text)
    {
        var pool = new LinePool();
        return FactParser.EachLine<InterfaceForwarding>(node, fact, text, Line);

        InterfaceForwarding? Line(string node, ref FactLines lines)
        {
            if (lines.Current.StartsWith(Folder)) return OfFile(node, ref lines);
            Span<char> buffer = stackalloc char[LineReader.BufferSize];
            var line = new LineReader(lines.Current, buffer, pool);
            line.Next();
            return OfLine(node, lines.Source(), ref line);
        }
    }

    private static InterfaceForwarding? OfLine(string node, SourceLine source, ref LineReader line)
    {
        var isOld = line.Current is "ipv4" or "ipv6";
        var family = line.Current switch { "inet" or "ipv4" => "inet", "inet6" or "ipv6" => "inet6", "mpls" => "mpls", _ => "" };
        if (family.Length == 0) return null;
        line.Take(Field.Family);
        if (!line.Next()) return null;
        if (line.Current is "dev")
        {
            line.Take(Field.Dev);
            if (!line.Next()) return null;
        }

        var name = line.Text();
        line.Take(Field.Interface);
        var filter = "";
        bool? forwarding = null, multicast = null, proxy = null, linkdown = null, input = null;
        var hasNumber = false;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "forwarding": forwarding = line.OnOff(Field.Forwarding) ?? forwarding; break;
                case "rp_filter" when IsFilter(line.Peek()): filter = line.Value(Field.RpFilter) ?? filter; break;
                case "mc_forwarding" when line.Peek() is "0" or "1":
                    if (line.Bit(Field.McForwarding) is { } isOn) (multicast, hasNumber) = (isOn, true);
                    break;
                case "mc_forwarding": multicast = line.OnOff(Field.McForwarding) ?? multicast; break;
                case "proxy_neigh": proxy = line.OnOff(Field.ProxyNeigh) ?? proxy; break;
                case "ignore_routes_with_linkdown": linkdown = line.OnOff(Field.IgnoreRoutesWithLinkdown) ?? linkdown; break;
                case "input": input = line.OnOff(Field.Input) ?? input; break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            Node = node,
            Family = family,
            Interface = name,
            Forwarding = forwarding,
            RpFilter = filter,
            McForwarding = multicast,
            ProxyNeigh = proxy,
            IgnoreRoutesWithLinkdown = linkdown,
            Input = input,
            IsOld = isOld,
            HasNumber = hasNumber,
            Words = words,
            Form = form,
            Source = source,
        };
    }

    private static InterfaceForwarding? OfFile(string node, ref FactLines lines)
    {
        var line = lines.Current[Folder.Length..];
        var slash = line.IndexOf('/');
        if (slash <= 0) return null;
        var entry = new InterfaceForwarding { Node = node, Family = "inet", Interface = line[..slash].ToString(), Source = lines.Source(), IsFile = true };
        return line[(slash + 1)..] switch
        {
            "forwarding:0" => entry with { Forwarding = false },
            "forwarding:1" => entry with { Forwarding = true },
            "rp_filter:0" or "rp_filter:1" or "rp_filter:2" => entry with { RpFilter = FilterOf(line[^1..]) },
            _ => null,
        };
    }
}
