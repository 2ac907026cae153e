using System.Globalization;
using GravityNet.Netfilter;
using GravityNet.Parsing;

namespace GravityNet;

/// <summary>
/// A real server of a virtual service, as <c>ipvsadm -Sn</c> prints it.
/// </summary>
public sealed record IpvsServer
{
    /// <summary>tcp, udp, sctp, or <c>fwmark</c>: the virtual service's.</summary>
    public required string Protocol { get; init; }

    /// <summary>The virtual service's address, in the words of <see cref="IpvsService.ServiceAddress"/>.</summary>
    public required string ServiceAddress { get; init; }

    /// <summary>The server's <c>ADDRESS:PORT</c>.</summary>
    public required string ServerAddress { get; init; }

    /// <summary>The server's address.</summary>
    public string Address => Addresses.TrySplit(ServerAddress, out var address, out _) ? address : "";

    /// <summary>The server's port; 0 for that of the service, null where the text tells none.</summary>
    public int? Port => Addresses.TrySplit(ServerAddress, out _, out var port) ? port : null;

    /// <summary><c>masquerade</c> (NAT, the only way that kube-proxy uses), <c>tunnel</c> or <c>route</c>; empty where the text does not tell.</summary>
    public string Forwarding => OptionWords.Has(Options, "-m") ? "masquerade" : OptionWords.Has(Options, "-i") ? "tunnel" : OptionWords.Has(Options, "-g") ? "route" : "";

    /// <summary>The server's weight among the others; 0 takes no new clients, null where the text does not tell.</summary>
    public int? Weight
    {
        get => int.TryParse(OptionWords.ValueOf(Options, "-w"), NumberStyles.None, CultureInfo.InvariantCulture, out var weight) ? weight : null;
        init => Options = OptionWords.With(Options, "-w", value?.ToString(CultureInfo.InvariantCulture) ?? "");
    }

    /// <summary>What follows the server's address, exactly as printed.</summary>
    public string Options { get; init; } = "";

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    internal bool IsMarkOfIPv6 { get; init; }

    /// <summary>The blanks of a line that has others than ipvsadm prints; null where it has those.</summary>
    internal string? Form { get; init; }

    /// <summary>The line as it was read, from the fields.</summary>
    public string Print() => BlankForm.Print(Form, "-a", IpvsService.Letter(Protocol), ServiceAddress, IsMarkOfIPv6 ? "-6" : "", "-r", ServerAddress, Options);

    /// <inheritdoc cref="Print"/>
    public override string ToString() => Print();
}
