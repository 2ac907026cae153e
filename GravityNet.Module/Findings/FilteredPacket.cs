using System.Globalization;
using System.Net;

namespace GravityNet.Findings;

/// <summary>The first packet of a flow, as far as it is known, for rules to match.</summary>
/// <param name="Protocol"><c>icmp</c>, <c>tcp</c> or <c>udp</c>.</param>
internal sealed record FilteredPacket(string Protocol)
{
    // the bits that kube-proxy and kubelet set for packets to masquerade and to drop: only their own rules mark, and none of them marks a plain flow
    private static readonly string[] KubeMarks = ["0x4000/0x4000", "0x8000/0x8000"];

    /// <summary>The addresses that it may come from; null where unknown.</summary>
    public IPNetwork? Source { get; init; }

    /// <summary>The addresses that it may be for; null where unknown.</summary>
    public IPNetwork? Destination { get; init; }

    /// <summary>The interface that it came in on; null where unknown.</summary>
    public string? InInterface { get; init; }

    /// <summary>The interface that it goes out of; null where unknown.</summary>
    public string? OutInterface { get; init; }

    /// <summary>The destination port; null where unknown.</summary>
    public int? Port { get; init; }

    /// <summary>Whether the rule matches; null where that is not known.</summary>
    public bool? Matches(IptablesRule rule)
    {
        bool?[] parts =
        [
            IsProtocol(rule.Protocol),
            // whether it goes in fragments is not known here
            rule.IsFragment is null ? true : null,
            Holds(rule.SourceAddress, n => IsIn(Source, n)),
            Holds(rule.DestinationAddress, n => IsIn(Destination, n)),
            Holds(rule.InInterface, p => IsInterface(InInterface, p)),
            Holds(rule.OutInterface, p => IsInterface(OutInterface, p)),
            .. rule.Matches.Select(Match),
        ];
        return parts.Contains(false) ? false : parts.Contains(null) ? null : true;
    }

    private bool? IsProtocol(string protocol) => Holds(protocol, p => p == "all" || p == Protocol);

    private static bool? Holds(string condition, Func<string, bool?> holds) =>
        condition.Length == 0 ? true : condition.StartsWith("! ", StringComparison.Ordinal) ? !holds(condition[2..]) : holds(condition);

    private static bool? IsIn(IPNetwork? own, string network)
    {
        if (own is not { } has || !IPNetwork.TryParse(network.Contains('/', StringComparison.Ordinal) ? network : network + "/32", out var range)) return null;
        if (range.PrefixLength <= has.PrefixLength) return range.Contains(has.BaseAddress);
        return has.Contains(range.BaseAddress) ? null : false;
    }

    private static bool? IsInterface(string? own, string pattern) =>
        own is null ? null : pattern.EndsWith('+') ? own.StartsWith(pattern[..^1], StringComparison.Ordinal) : own == pattern;

    private bool? Match(IptablesMatch match)
    {
        var words = match.Options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (negated, option) = words is ["!", ..] ? (true, words[1..]) : (false, words);
        bool? holds = (match.Module, option) switch
        {
            ("comment", _) => !negated,
            ("conntrack", ["--ctstate", var states]) => states.Split(',').Contains("NEW"),
            ("state", ["--state", var states]) => states.Split(',').Contains("NEW"),
            ("mark", ["--mark", var mark]) when KubeMarks.Contains(mark) => false,
            ("icmp", ["--icmp-type", var type]) => type is "8" or "any",
            ("udp" or "tcp", []) => true,
            ("udp" or "tcp", ["--dport", var port]) => IsPort(port),
            ("multiport", ["--dports", var ports]) => ports.Split(',').Select(IsPort).Aggregate((bool?)false, (any, one) => any == true || one == true ? true : any ?? one),
            _ => null,
        };
        return negated ? !holds : holds;
    }

    private bool? IsPort(string text)
    {
        if (Port is not { } port) return null;
        var ends = text.Split(':');
        return int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? port >= first && port <= last
            : null;
    }
}
