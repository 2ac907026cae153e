using GravityNet.Netfilter;

namespace GravityNet;

/// <summary>
/// One endpoint of a service port: a rule of the balancing chain and its KUBE-SEP chain, or an endpoint of the API that has no rule.
/// </summary>
public sealed record ServiceChainEndpoint
{
    /// <summary>The address that DNAT writes; empty where the endpoint's chain was not collected.</summary>
    public string Address { get; init; } = "";

    /// <summary>The port that DNAT writes; 0 where the endpoint's chain was not collected.</summary>
    public int Port { get; init; }

    /// <summary>The endpoint's chain, KUBE-SEP-...; empty for an endpoint without a rule.</summary>
    public string Chain { get; init; } = "";

    /// <summary>The probability that the rule says, of what comes to it; null for the last rule, which takes all that is left.</summary>
    public double? Probability { get; init; }

    /// <summary>The share of the service's new flows that this endpoint gets, 0 to 1: p of its rule times the product of (1 - p) of those before.</summary>
    public double Share { get; init; }

    /// <summary>The share as an exact fraction (<c>1/3</c>) where the printed probabilities are rounded fractions; <c>?</c> where it cannot be told.</summary>
    public string ShareText { get; init; } = "";

    /// <summary>Whether the endpoint's own traffic to its service is marked for masquerading (hairpin).</summary>
    public bool Masquerade { get; init; }

    /// <summary>Seconds that a client keeps this endpoint, as the rules say (iptables' <c>recent</c> match); null without affinity.</summary>
    public int? AffinitySeconds { get; init; }

    /// <summary>Flows that the rule took; null where the text has no counters.</summary>
    public long? Packets { get; init; }

    /// <summary>The namespace of the pod; empty where no pod is known at the address.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The pod that has the address, for a stale endpoint the one that has it now; empty where none is known.</summary>
    public string Pod { get; init; } = "";

    /// <summary>The node of the endpoint; empty where unknown.</summary>
    public string Node { get; init; } = "";

    /// <summary><c>live</c>, <c>stale</c> (a rule, no endpoint), <c>notready</c>, <c>terminating</c>, <c>missing</c> (an endpoint, no rule) or <c>unknown</c>.</summary>
#pragma warning disable CA1308 // the words are lower case as the tools' own are
    public string State => EndpointState.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    internal EndpointState EndpointState { get; init; }

    /// <summary><c>10.244.19.6:8080 1/3 live</c>.</summary>
    public override string ToString() => $"{(Address.Length > 0 ? Addresses.Join(Address, Port) : Chain)} {ShareText} {State}".Replace("  ", " ", StringComparison.Ordinal);
}
