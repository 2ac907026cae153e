namespace GravityNet.Labs;

/// <summary>One service.</summary>
/// <param name="Namespace">Its Kubernetes namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="ClusterIp">Its virtual address, None for a headless service, or empty for another name.</param>
/// <param name="Ports">Its ports, as protocol/port, such as TCP/3009.</param>
/// <param name="NodePort">The port of every node that leads to it, or null.</param>
/// <param name="Endpoints">The addresses behind it that are ready.</param>
public sealed record ServiceStatus(
    string Namespace, string Name, string ClusterIp, IReadOnlyList<string> Ports, int? NodePort, IReadOnlyList<string> Endpoints)
{
    /// <summary>The TCP port of every node where a load balancer asks whether the node has endpoints, or null.</summary>
    public int? HealthCheckNodePort { get; init; }

    /// <summary>The name outside the cluster that its own name is another for, or null.</summary>
    public string? ExternalName { get; init; }

    /// <summary>The address that a load balancer gave it, or null.</summary>
    public string? LoadBalancerIp { get; init; }

    /// <summary>More addresses that lead to it.</summary>
    public IReadOnlyList<string> ExternalIps { get; init; } = [];
}
