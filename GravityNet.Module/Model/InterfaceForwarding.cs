using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// An interface's forwarding configuration, as <c>ip netconf</c> prints it (ip-netconf(8)).
/// </summary>
public sealed record InterfaceForwarding
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary><c>inet</c>, <c>inet6</c> or <c>mpls</c> (the first two printed <c>ipv4</c> and <c>ipv6</c> by older iproute2).</summary>
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

    /// <summary>Whether labelled packets are taken in (MPLS); null where not printed.</summary>
    public bool? Input { get; init; }

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its line; null for one that was not read, or read from a file.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>Whether it is in the words of iproute2 before 4.12: <c>ipv4 dev cni0</c>.</summary>
    internal bool IsOld { get; init; }

    /// <summary>Whether mc_forwarding is printed as a number, as old versions do.</summary>
    internal bool HasNumber { get; init; }

    /// <summary>Whether it was read from a file of the kernel's, which holds one switch.</summary>
    internal bool IsFile { get; init; }

    /// <summary>The line as it was read, from the fields. Of the kernel's files, a line a switch.</summary>
    public string Print() => IsFile ? string.Join('\n', Files()) : Grammar.Print(this, Form, Words);

    /// <summary>The line as today's <c>ip netconf</c> prints it.</summary>
    public override string ToString() => Grammar.Print(this with { IsOld = false, HasNumber = false }, null, Words);

    /// <summary>Where the kernel's files are.</summary>
    internal const string Folder = "/proc/sys/net/ipv4/conf/";

    private static readonly string[] Filters = ["off", "strict", "loose"];

    // in the order of iproute2's print_netconf
    private static readonly LineGrammar<InterfaceForwarding> Grammar = new(
        -1,
        new("", f => f is { IsOld: true, Family: "inet" } ? "ipv4" : f is { IsOld: true, Family: "inet6" } ? "ipv6" : f.Family),
        // old versions only, and not before 'all' and 'default'
        new("dev", _ => "") { IsImplied = _ => true },
        new("", f => f.Interface),
        new("forwarding", f => OnOff(f.Forwarding)),
        new("rp_filter", f => Printed(f.RpFilter)),
        new("mc_forwarding", f => f.HasNumber ? f.McForwarding switch { true => "1", false => "0", null => null } : OnOff(f.McForwarding)),
        new("proxy_neigh", f => OnOff(f.ProxyNeigh)),
        new("ignore_routes_with_linkdown", f => OnOff(f.IgnoreRoutesWithLinkdown)),
        new("input", f => OnOff(f.Input)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Family,
        Dev,
        Interface,
        Forwarding,
        RpFilter,
        McForwarding,
        ProxyNeigh,
        IgnoreRoutesWithLinkdown,
        Input,
    }

    /// <summary>The word for a reverse-path filter's number (ip-sysctl, <c>rp_filter</c>); empty for another.</summary>
    internal static string FilterOf(ReadOnlySpan<char> number) => number switch { "0" => Filters[0], "1" => Filters[1], "2" => Filters[2], _ => "" };

    /// <summary>Whether a word is one for a reverse-path filter.</summary>
    internal static bool IsFilter(ReadOnlySpan<char> word) => word is "off" or "strict" or "loose";

    private IEnumerable<string> Files()
    {
        if (Forwarding is { } forwarding) yield return $"{Folder}{Interface}/forwarding:{(forwarding ? 1 : 0)}";
        if (Array.IndexOf(Filters, RpFilter) is >= 0 and var filter) yield return $"{Folder}{Interface}/rp_filter:{filter}";
    }
}
