namespace GravityNet;

/// <summary>
/// An interface's forwarding configuration, as <c>ip netconf</c> prints it (ip-netconf(8)).
/// </summary>
public sealed record InterfaceForwarding
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary><c>inet</c> or <c>inet6</c> (printed <c>ipv4</c> and <c>ipv6</c> by older iproute2).</summary>
    public required string Family { get; init; }

    /// <summary>The interface, or <c>all</c> or <c>default</c>.</summary>
    public required string Interface { get; init; }

    /// <summary>Whether packets that arrive on the interface may be routed onwards; null where not printed.</summary>
    public bool? Forwarding { get; init; }

    /// <summary><c>off</c>, <c>strict</c> or <c>loose</c> (RFC 3704); empty where not printed (IPv6 has none).</summary>
    public string RpFilter { get; init; } = "";

    /// <summary>Whether a multicast router is at work on the interface; null where not printed. Older iproute2 prints it as a number.</summary>
    public bool? McForwarding { get; init; }

    /// <summary>Whether the interface answers ARP (proxy_arp) or NDP (proxy_ndp) for others; null where not printed.</summary>
    public bool? ProxyNeigh { get; init; }

    /// <summary>Whether routes over the interface are passed over while its link is down; null where not printed.</summary>
    public bool? IgnoreRoutesWithLinkdown { get; init; }

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The line as it was printed.</summary>
    public override string ToString() => Source.Text.TrimEnd();
}
