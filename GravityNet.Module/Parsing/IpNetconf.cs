namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ip netconf show</c>: <c>ipv4 dev cni0 forwarding off ...</c> of older iproute2 and <c>inet cni0 forwarding off ...</c> of newer.
/// </summary>
public static class IpNetconf
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<InterfaceForwarding> Parse(string node, string fact, string text) =>
        FactParser.EachLine<InterfaceForwarding>(node, fact, text, Line);

    private static InterfaceForwarding? Line(string node, ref FactLines lines)
    {
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
                case "forwarding":
                    words.Next();
                    entry = entry with { Forwarding = words.Current switch { "on" => true, "off" => false, _ => null } };
                    break;
                case "rp_filter": entry = entry with { RpFilter = words.Text() }; break;
                default: break;
            }
        }

        return entry;
    }
}
