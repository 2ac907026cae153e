using GravityNet.Netfilter;

namespace GravityNet;

/// <summary>
/// One way into a service port on one node, from one kind of sender: what the node's rules do with the first packet of a connection that comes so.
/// </summary>
public sealed record ServiceChainEntry
{
    /// <summary>
    /// <c>ClusterIP</c>, <c>NodePort</c>, <c>ExternalIP</c>, <c>LoadBalancer</c>, <c>HealthCheck</c> (where a load balancer asks whether the node has endpoints) or
    /// <c>HostPort</c> (a port of the node that CNI's portmap plugin leads to one of the endpoints).
    /// </summary>
    public string Kind { get; init; } = "";

    /// <summary>Who sends: <c>pod</c> (one of this node that is no endpoint), <c>node</c>, <c>outside</c>, or the pod, address or network that was asked for.</summary>
    public string From { get; init; } = "";

    /// <summary>The source address, or what is known of it; empty where nothing is.</summary>
    public string Source { get; init; } = "";

    /// <summary>The address that the client asks for; empty where the node's own address is not known.</summary>
    public string Address { get; init; } = "";

    /// <summary>The port that the client asks for.</summary>
    public int Port { get; init; }

    /// <summary>tcp, udp or sctp.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>
    /// <c>dnat</c> (goes to endpoints), <c>reject</c> (refused, and the client is told), <c>drop</c>, <c>local</c> (delivered to a socket of the node), <c>untranslated</c>
    /// (goes on to the address as it is) or <c>unknown</c>. Where shares of the connections meet different ends, the worst of them.
    /// </summary>
#pragma warning disable CA1308 // the words are lower case as the tools' own are
    public string Verdict => Fate.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>
    /// Each end with its share of new connections: <c>1/3 10.244.19.6:8080, 1/3 10.244.65.4:8080, 1/3 drop</c>; <c>?</c> for a share that something unknown decides,
    /// and <c>masqueraded</c> behind those that are where others are not.
    /// </summary>
    public string Shares { get; init; } = "";

    /// <summary>Whether the source becomes the node's own address on the way out: <c>yes</c>, <c>no</c>, <c>some</c> (for some of the ends), <c>unknown</c>; empty where nothing goes out.</summary>
    public string Masquerade { get; init; } = "";

    /// <summary>The rule that decides, as <c>NODE FACT:LINE: TEXT</c>: the DNAT rules' jump where there are several. Empty where none does.</summary>
    public string DecidedBy { get; init; } = "";

    /// <summary>The rule that changes the source on the way out; empty where none does.</summary>
    public string MasqueradedBy { get; init; } = "";

    /// <summary>What is not known, or why it does not come to an endpoint; empty where there is nothing to say.</summary>
    public string Reason { get; init; } = "";

    internal EntryVerdict Fate { get; init; }

    internal IReadOnlyList<EntryOutcome> Outcomes { get; init; } = [];

    /// <summary><c>outside -> NodePort 192.168.33.11:32009: dnat, masqueraded</c>.</summary>
    public override string ToString() =>
        $"{From} -> {Kind} {(Address.Length > 0 ? Addresses.Join(Address, Port) : $"?:{Port}")}: {Verdict}{Masquerade switch { "yes" => ", masqueraded", "some" => ", partly masqueraded", "unknown" => ", masquerade unknown", _ => "" }}";
}
