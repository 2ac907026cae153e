namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ip netconf show</c>: <c>ipv4 dev cni0 forwarding off ...</c> of older iproute2 and <c>inet cni0 forwarding off ...</c> of newer;
/// and the files behind it, as grep prints them with their names: <c>/proc/sys/net/ipv4/conf/cni0/forwarding:0</c> (ip-sysctl).
/// </summary>
public static class IpNetconf
{
    private const string Files = "/proc/sys/net/ipv4/conf/";

    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<InterfaceForwarding> Parse(string node, string fact, string text) =>
        FactParser.EachLine<InterfaceForwarding>(node, fact, text, Line);

    private static InterfaceForwarding? Line(string node, ref FactLines lines)
    {
        if (lines.Current.StartsWith(Files)) return OfFile(node, ref lines);
        var words = new Words(lines.Current);
        words.Next();
        var family = words.Current switch { "inet" or "ipv4" => "inet", "inet6" or "ipv6" => "inet6", _ => "" };
        if (family.Length == 0 || !words.Next()) return null;
        if (words.Current is "dev" && !words.Next()) return null;
        var entry = new InterfaceForwarding { Node = node, Family = family, Interface = words.Current.ToString(), Source = lines.Source() };
        while (words.Next())
        {
            switch (words.Current)
            {
                case "forwarding": entry = entry with { Forwarding = Switch(ref words) }; break;
                case "mc_forwarding": entry = entry with { McForwarding = Switch(ref words) }; break;
                case "proxy_neigh": entry = entry with { ProxyNeigh = Switch(ref words) }; break;
                case "ignore_routes_with_linkdown": entry = entry with { IgnoreRoutesWithLinkdown = Switch(ref words) }; break;
                case "rp_filter": entry = entry with { RpFilter = words.Text() }; break;
                default: break;
            }
        }

        return entry;
    }

    private static bool? Switch(ref Words words)
    {
        words.Next();
        return words.Current switch { "on" or "1" => true, "off" or "0" => false, _ => null };
    }

    private static InterfaceForwarding? OfFile(string node, ref FactLines lines)
    {
        var line = lines.Current[Files.Length..].TrimEnd();
        var slash = line.IndexOf('/');
        var colon = line.LastIndexOf(':');
        if (slash <= 0 || colon < slash) return null;
        var entry = new InterfaceForwarding { Node = node, Family = "inet", Interface = line[..slash].ToString(), Source = lines.Source() };
        return line[(slash + 1)..].ToString() switch
        {
            "forwarding:0" => entry with { Forwarding = false },
            "forwarding:1" => entry with { Forwarding = true },
            "rp_filter:0" => entry with { RpFilter = "off" },
            "rp_filter:1" => entry with { RpFilter = "strict" },
            "rp_filter:2" => entry with { RpFilter = "loose" },
            _ => null,
        };
    }
}
