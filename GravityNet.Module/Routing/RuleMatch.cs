using System.Globalization;

namespace GravityNet.Routing;

/// <summary>
/// Whether a rule is for a packet (fib_rule_match of the kernel): true, false, or null where that depends on something that is not given.
/// </summary>
internal static class RuleMatch
{
    private static readonly Dictionary<string, int> Protocols = new(StringComparer.OrdinalIgnoreCase)
    {
        ["icmp"] = 1, ["igmp"] = 2, ["ipencap"] = 4, ["tcp"] = 6, ["udp"] = 17, ["dccp"] = 33, ["ipv6"] = 41, ["gre"] = 47, ["esp"] = 50, ["ah"] = 51, ["ipv6-icmp"] = 58, ["ospf"] = 89, ["sctp"] = 132, ["udplite"] = 136,
    };

    /// <summary>Whether the rule is for the packet; where that is not known, <paramref name="missing"/> says for what.</summary>
    public static bool? Of(PolicyRule rule, RouteQuery query, RoutePrefix to, RoutePrefix? from, out string missing)
    {
        missing = "";
        var all = true;
        foreach (var (fits, what) in Selectors(rule, query, to, from))
        {
            // one that does not fit decides, whatever the unknown ones say
            if (fits == false) return rule.IsInverted;
            if (fits is null)
            {
                all = false;
                if (missing.Length == 0) missing = what;
            }
        }

        return all ? !rule.IsInverted : null;
    }

    private static IEnumerable<(bool? Fits, string Missing)> Selectors(PolicyRule rule, RouteQuery query, RoutePrefix to, RoutePrefix? from)
    {
        // what the node itself sends comes in by lo
        var input = query.InputInterface.Length > 0 ? query.InputInterface : "lo";
        if (rule.InputInterface.Length > 0) yield return (!rule.InputDetached && rule.InputInterface == input, "");
        if (rule.OutputInterface.Length > 0) yield return (!rule.OutputDetached && query.InputInterface.Length == 0 && rule.OutputInterface == query.OutputInterface, "");
        if (rule.Mark is { } mark) yield return (((mark ^ query.Mark) & (rule.MarkMask ?? uint.MaxValue)) == 0, "");
        else if (rule.MarkMask is { } mask) yield return ((query.Mark & mask) == 0, "");
        if (rule.From is not ("" or "all")) yield return (In(rule.From, from, query.InputInterface.Length > 0 ? null : false), "its source");
        if (rule.To is not ("" or "all")) yield return (In(rule.To, to, false), "its destination");
        // IPv4 looks at the bits of RFC 1349 alone
        if (rule.Tos.Length > 0) yield return (TypeOfService.Parse(rule.Tos) is not { } tos ? null : tos == 0 || tos == (to.IsIPv6 ? query.Tos & 0xfc : TypeOfService.OfRoutes(query.Tos)), "what its TOS means");
        if (rule.Dscp.Length > 0) yield return (null, "its DSCP");
        if (rule.FlowLabel.Length > 0) yield return (null, "its flow label");
        if (rule.UidRange.Length > 0) yield return (InRange(rule.UidRange, query.Uid ?? (query.InputInterface.Length > 0 ? 0u : null)), "whose socket sends it");
        if (rule.IpProtocol.Length > 0) yield return (query.Protocol is { } protocol && NumberOf(rule.IpProtocol) is { } number ? number == protocol : null, "its protocol");
        if (rule.SourcePort.Length > 0) yield return (InRange(rule.SourcePort, PortOf(query.SourcePort, query.Protocol)), "its source port");
        if (rule.DestinationPort.Length > 0) yield return (InRange(rule.DestinationPort, PortOf(query.DestinationPort, query.Protocol)), "its destination port");
        if (rule.TunnelId is not null) yield return (null, "the tunnel that it came through");
        foreach (var word in rule.Words) yield return (null, $"what '{word}' means");
    }

    private static bool? In(string network, RoutePrefix? address, bool? ifMissing) => RoutePrefix.Parse(network) is not { } prefix ? null : address is { } given ? prefix.Contains(given) : ifMissing;

    // only these have ports
    private static uint? PortOf(int? port, int? protocol) => port is { } given ? (uint)given : protocol is null or 6 or 17 or 33 or 132 or 136 ? null : 0;

    private static int? NumberOf(string protocol)
    {
        if (Protocols.TryGetValue(protocol, out var number)) return number;
        // iproute2 names those that the node's /etc/protocols does not
        var digits = protocol.StartsWith("ipproto-", StringComparison.Ordinal) ? protocol.AsSpan(8) : protocol;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) ? number : null;
    }

    // 80, 80-90, or 0x50/0xff
    private static bool? InRange(string range, uint? value)
    {
        if (value is not { } given) return null;
        if (range.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash) return Number(range[..slash]) is { } bits && Number(range[(slash + 1)..]) is { } mask ? ((given ^ bits) & mask) == 0 : null;
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var (first, last) = dash < 0 ? (Number(range), Number(range)) : (Number(range[..dash]), Number(range[(dash + 1)..]));
        return first is null || last is null ? null : given >= first && given <= last;

        static uint? Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
            ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
