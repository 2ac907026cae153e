namespace GravityNet;

/// <summary>
/// What an interface of a node does with packets that are not for the node: the switches as <c>ip netconf</c> prints them (ip-netconf(8)), and what they come to
/// together with those of <c>all</c> and of the node (ip-sysctl in the kernel's documents).
/// </summary>
public sealed record NodeForwarding
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The interface; <c>all</c> and <c>default</c> are the kernel's rows for every interface and for those that come later.</summary>
    public required string Interface { get; init; }

    /// <summary><c>inet</c> or <c>inet6</c>.</summary>
    public required string Family { get; init; }

    /// <summary>Whether what arrives here may be routed onwards, as it is set here; null where unknown.</summary>
    public bool? Forwarding { get; init; }

    /// <summary>The reverse-path filter (RFC 3704) as it is set here: <c>off</c>, <c>strict</c> or <c>loose</c>; empty where unknown, and for inet6, which has none.</summary>
    public string RpFilter { get; init; } = "";

    /// <summary>Whether a multicast router is at work here; null where unknown.</summary>
    public bool? McForwarding { get; init; }

    /// <summary>Whether the interface answers ARP (inet) or NDP (inet6) for others, as it is set here; null where unknown.</summary>
    public bool? ProxyNeigh { get; init; }

    /// <summary>Whether routes over the interface are passed over while its link is down; null where unknown.</summary>
    public bool? IgnoreRoutesWithLinkdown { get; init; }

    /// <summary>
    /// Whether what arrives here is routed onwards. For inet that is the interface's own switch; for inet6 it is that of <c>all</c>, and the interface's own says only
    /// whether the node is a host or a router there (ip-sysctl, <c>conf/all/forwarding</c>), unless <c>force_forwarding</c> is on. Null where unknown, and for <c>default</c>.
    /// </summary>
    public bool? EffectiveForwarding { get; init; }

    /// <summary>The filter in effect: the larger of <c>all</c>'s and the interface's, where loose is larger than strict (ip-sysctl, <c>rp_filter</c>). Empty where unknown, for inet6, <c>all</c> and <c>default</c>.</summary>
    public string EffectiveRpFilter { get; init; } = "";

    /// <summary>Whether the interface answers for others: <c>all</c> or it itself says so (ip-sysctl, <c>proxy_arp</c>). Null where unknown, and for <c>all</c> and <c>default</c>.</summary>
    public bool? EffectiveProxyNeigh { get; init; }

    /// <summary>
    /// For a bridge: whether what it bridges crosses iptables (ip6tables for inet6): <c>net.bridge.bridge-nf-call-iptables</c>, or the bridge's own <c>nf_call_iptables</c>,
    /// is on. Services need it. Null where unknown, and for all but bridges.
    /// </summary>
    public bool? BridgeNf { get; init; }

    /// <summary>The node's switch: <c>net.ipv4.ip_forward</c>, or <c>net.ipv6.conf.all.forwarding</c>; null where unknown.</summary>
    public bool? IpForward { get; init; }

    /// <summary><c>ok</c>, <c>unknown</c> or <c>fault</c>.</summary>
#pragma warning disable CA1308 // the words are lower case as ip's own are
    public string Status => State.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>What breaks traffic here, in one sentence each; empty where nothing does.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What could not be told, and why; empty for nothing.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>The lines that prove it, as <c>NODE FACT:LINE: TEXT</c>.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    internal QuestionStatus State => Problems.Count > 0 ? QuestionStatus.Fault : Unknown.Count > 0 ? QuestionStatus.Unknown : QuestionStatus.Ok;

    /// <summary>The switches in the words of <c>ip netconf</c>, as far as they are known.</summary>
    public override string ToString() => string.Join(' ', new[]
    {
        $"{Family} {Interface}",
        Word("forwarding", Forwarding),
        RpFilter.Length > 0 ? $"rp_filter {RpFilter}" : "",
        Word("mc_forwarding", McForwarding),
        Word("proxy_neigh", ProxyNeigh),
        Word("ignore_routes_with_linkdown", IgnoreRoutesWithLinkdown),
    }.Where(w => w.Length > 0));

    private static string Word(string name, bool? value) => value is { } on ? $"{name} {(on ? "on" : "off")}" : "";
}
