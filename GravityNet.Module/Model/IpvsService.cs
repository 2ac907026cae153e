using System.Globalization;
using GravityNet.Netfilter;
using GravityNet.Parsing;

namespace GravityNet;

/// <summary>
/// A virtual service of the kernel's load balancer, as <c>ipvsadm -Sn</c> prints it (ipvsadm(8)): what kube-proxy in IPVS mode makes of a service port.
/// </summary>
public sealed record IpvsService
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>tcp, udp, sctp, or <c>fwmark</c> for packets that bear a mark.</summary>
    public required string Protocol { get; init; }

    /// <summary><c>ADDRESS:PORT</c>, an IPv6 address in brackets; the mark's number for <c>fwmark</c>.</summary>
    public required string ServiceAddress { get; init; }

    /// <summary>Whether it is of IPv6.</summary>
    public bool IsIPv6 => IsMarkOfIPv6 || ServiceAddress.StartsWith('[');

    /// <summary>The address; empty for a mark.</summary>
    public string Address => Addresses.TrySplit(ServiceAddress, out var address, out _) ? address : "";

    /// <summary>The port; null for a mark.</summary>
    public int? Port => Addresses.TrySplit(ServiceAddress, out _, out var port) ? port : null;

    /// <summary>How servers are chosen: rr, wrr, lc, sh, ...; empty where the text has servers of a service that it does not add.</summary>
    public string Scheduler { get => OptionWords.ValueOf(Options, "-s") ?? ""; init => Options = OptionWords.With(Options, "-s", value); }

    /// <summary>Seconds for which a client keeps its server; null where it does not.</summary>
    public int? PersistenceSeconds
    {
        get => int.TryParse(OptionWords.ValueOf(Options, "-p"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
        init => Options = OptionWords.With(Options, "-p", value?.ToString(CultureInfo.InvariantCulture) ?? "");
    }

    /// <summary>What follows the address, exactly as printed.</summary>
    public string Options { get; init; } = "";

    /// <summary>The servers in the text's order.</summary>
    public IReadOnlyList<IpvsServer> Servers { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    internal bool IsMarkOfIPv6 { get; init; }

    // false where the text only has servers of it
    internal bool IsAdded { get; init; } = true;

    /// <summary>The blanks of a line that has others than ipvsadm prints; null where it has those.</summary>
    internal string? Form { get; init; }

    /// <summary>The lines as they were read, from the fields.</summary>
    public string Print()
    {
        var servers = Servers.Select(s => s.Print());
        return string.Join('\n', IsAdded ? servers.Prepend(ToString()) : servers);
    }

    /// <summary>The line that adds the service.</summary>
    public override string ToString() => BlankForm.Print(Form, "-A", Letter(Protocol), ServiceAddress, IsMarkOfIPv6 ? "-6" : "", Options);

    /// <summary>The option that stands for a protocol.</summary>
    internal static string Letter(string protocol) => protocol switch
    {
        "tcp" => "-t",
        "udp" => "-u",
        "sctp" => "--sctp-service",
        _ => "-f",
    };
}
