namespace GravityNet;

/// <summary>
/// A service as the Kubernetes API knows it.
/// </summary>
/// <param name="Namespace">The service's namespace.</param>
/// <param name="Name">The service's name.</param>
public sealed record Service(string Namespace, string Name)
{
    /// <summary>The cluster address; <c>None</c> for a headless service, empty for an ExternalName.</summary>
    public string ClusterIP { get; init; } = "";

    /// <summary>The cluster addresses, one an IP family; empty for headless and ExternalName services.</summary>
    public IReadOnlyList<string> ClusterIPs { get; init; } = [];

    /// <summary>ClusterIP, NodePort, LoadBalancer or ExternalName.</summary>
    public string Type { get; init; } = "ClusterIP";

    /// <summary>The service's ports.</summary>
    public IReadOnlyList<ServicePort> Ports { get; init; } = [];

    /// <summary>None or ClientIP.</summary>
    public string SessionAffinity { get; init; } = "None";

    /// <summary>Seconds that ClientIP affinity lasts; null without affinity.</summary>
    public int? AffinitySeconds { get; init; }

    /// <summary>Cluster or Local: whether traffic from outside goes to endpoints of the node alone that it arrives at.</summary>
    public string ExternalTrafficPolicy { get; init; } = "Cluster";

    /// <summary>Cluster or Local: the same for traffic to the cluster address.</summary>
    public string InternalTrafficPolicy { get; init; } = "Cluster";

    /// <summary><c>spec.externalIPs</c>.</summary>
    public IReadOnlyList<string> ExternalIPs { get; init; } = [];

    /// <summary>Addresses of <c>status.loadBalancer.ingress</c>.</summary>
    public IReadOnlyList<string> LoadBalancerIPs { get; init; } = [];

    /// <summary>
    /// <c>spec.healthCheckNodePort</c>: the port on every node where kube-proxy tells a load balancer whether the node has endpoints; null where there is none.
    /// </summary>
    public int? HealthCheckNodePort { get; init; }

    /// <summary><c>spec.loadBalancerSourceRanges</c>: who may use the load balancer's addresses; empty for everybody.</summary>
    public IReadOnlyList<string> LoadBalancerSourceRanges { get; init; } = [];

    /// <summary><c>spec.externalName</c>: the name that DNS gives for the service's; empty unless <see cref="Type"/> is ExternalName.</summary>
    public string ExternalName { get; init; } = "";

    /// <summary>Whether endpoints count before they are ready (<c>spec.publishNotReadyAddresses</c>).</summary>
    public bool PublishNotReadyAddresses { get; init; }

    /// <summary>The service's labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = Pod.NoLabels;

    /// <summary>What this was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>Whether the service has no address of its own: its name resolves to its pods.</summary>
    public bool IsHeadless => ClusterIP == "None";
}
