namespace GravityNet.Labs.Plan;

/// <summary>One service as it is planned.</summary>
/// <param name="Namespace">The Kubernetes namespace.</param>
/// <param name="Name">The service's name.</param>
/// <param name="ClusterIp">Its virtual address.</param>
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
    IReadOnlyList<string> FixedAddresses);
