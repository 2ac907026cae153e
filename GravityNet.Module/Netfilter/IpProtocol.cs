using System.Globalization;

namespace GravityNet.Netfilter;

/// <summary>The IP protocols' numbers by the names that iptables prints (its own list, then /etc/protocols).</summary>
internal static class IpProtocol
{
    /// <summary>ICMP.</summary>
    public const int Icmp = 1;

    /// <summary>TCP.</summary>
    public const int Tcp = 6;

    /// <summary>UDP.</summary>
    public const int Udp = 17;

    /// <summary>ICMPv6.</summary>
    public const int Icmpv6 = 58;

    /// <summary>SCTP.</summary>
    public const int Sctp = 132;

    /// <summary>The number of a name or number; 0 for <c>all</c>, null for a name that nobody knows.</summary>
    public static int? Number(string name) => name switch
    {
        "all" or "ip" => 0,
        "icmp" => Icmp,
        "igmp" => 2,
        "ipencap" or "ipip" or "ip4" => 4,
        "tcp" => Tcp,
        "egp" => 8,
        "udp" => Udp,
        "dccp" => 33,
        "ipv6" => 41,
        "gre" => 47,
        "esp" or "ipv6-crypt" => 50,
        "ah" or "ipv6-auth" => 51,
        "icmpv6" or "ipv6-icmp" => Icmpv6,
        "ospf" or "ospfigp" => 89,
        "pim" => 103,
        "ipcomp" => 108,
        "vrrp" or "carp" => 112,
        "l2tp" => 115,
        "sctp" => Sctp,
        "mh" or "ipv6-mh" or "mobility-header" => 135,
        "udplite" => 136,
        _ => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 255 ? number : null,
    };
}
