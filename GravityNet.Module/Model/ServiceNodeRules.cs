namespace GravityNet;

/// <summary>What one node's rules for a service port hold.</summary>
public sealed record ServiceNodeRules
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>How kube-proxy works there: iptables, nftables or ipvs; empty where the node has no rules for it.</summary>
    public string Mode { get; init; } = "";

    /// <summary>The iptables flavour that the rules are in; empty where the text does not tell.</summary>
    public string Flavor { get; init; } = "";

    /// <summary>The status of the service port on the node, as <see cref="ServiceNatChain.Status"/>.</summary>
    public string Status { get; init; } = "";

    /// <summary>The endpoints that the rules lead to, by address: <c>10.244.19.6:8080 10.244.65.4:8080</c>.</summary>
    public string Endpoints { get; init; } = "";

    /// <summary>Seconds that a client keeps its endpoint; null without affinity.</summary>
    public int? AffinitySeconds { get; init; }

    /// <summary><c>node-2 10.244.19.6:8080 10.244.65.4:8080</c>.</summary>
    public override string ToString() => $"{Node} {Endpoints}".TrimEnd();
}
