namespace GravityNet.Labs.Plan;

/// <summary>One service as it is planned.</summary>
/// <param name="Namespace">The Kubernetes namespace.</param>
/// <param name="Name">The service's name.</param>
/// <param name="ClusterIp">Its virtual address, or <see cref="Headless"/>.</param>
/// <param name="SelectorLabel">The label that picks its pods, or null when its endpoints are fixed.</param>
/// <param name="SelectorValue">The label's value.</param>
/// <param name="Ports">Its ports.</param>
/// <param name="FixedAddresses">Addresses of endpoints that are no pods; empty for a service with a selector.</param>
public sealed record ServicePlan(
    string Namespace,
    string Name,
    string ClusterIp,
    string? SelectorLabel,
    string? SelectorValue,
    IReadOnlyList<ServicePort> Ports,
    IReadOnlyList<string> FixedAddresses)
{
    /// <summary>The cluster address of a service that has none: its name leads to the pods themselves.</summary>
    public const string Headless = "None";

    /// <summary>How long a client stays with one endpoint, in seconds, or null where each connection gets any.</summary>
    public int? AffinitySeconds { get; init; }

    /// <summary>Whether traffic from outside the cluster goes to endpoints on the node that it comes to only.</summary>
    public bool IsExternalLocal { get; init; }

    /// <summary>Whether traffic to the cluster address goes to endpoints on the node that it comes from only.</summary>
    public bool IsInternalLocal { get; init; }

    /// <summary>The TCP port of every node where a load balancer asks whether the node has endpoints, or null.</summary>
    public int? HealthCheckNodePort { get; init; }

    /// <summary>The name outside the cluster that its own name is another for, or null. It has no address then.</summary>
    public string? ExternalName { get; init; }

    /// <summary>The address that a load balancer gave it, or null.</summary>
    public string? LoadBalancerIp { get; init; }

    /// <summary>Who may reach <see cref="LoadBalancerIp"/>, as networks in CIDR form; empty for everybody.</summary>
    public IReadOnlyList<string> SourceRanges { get; init; } = [];

    /// <summary>More addresses that lead to it.</summary>
    public IReadOnlyList<string> ExternalIps { get; init; } = [];

    /// <summary>Whether it has an address that kube-proxy writes rules for.</summary>
    public bool HasRules => ClusterIp != Headless && ExternalName is null;

    /// <summary>Whether anything but its cluster address leads to it.</summary>
    public bool IsExternal => Ports.Any(p => p.NodePort is not null) || LoadBalancerIp is not null || ExternalIps.Count > 0;
}
