using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Parts;

/// <summary>A service with what is behind it now.</summary>
/// <param name="Plan">The service.</param>
/// <param name="Pods">Its pods, by address.</param>
internal sealed record ServiceEndpoints(ServicePlan Plan, IReadOnlyList<PodHost> Pods)
{
    /// <summary>The addresses behind it, pods or not, in ascending order.</summary>
    public IReadOnlyList<string> Addresses => [.. Plan.FixedAddresses, .. Pods.Select(p => p.Ip)];

    /// <summary>The addresses of its pods on a node.</summary>
    public IReadOnlyList<string> AddressesOn(NodePlan node) => [.. Pods.Where(p => p.Node.Plan == node).Select(p => p.Ip)];

    /// <summary>Joins the planned services with the pods that they select.</summary>
    public static IReadOnlyList<ServiceEndpoints> Join(ClusterPlan cluster, IReadOnlyList<PodHost> pods) =>
        [.. cluster.Services.Select(service => new ServiceEndpoints(service, [.. pods.Where(p => Selects(service, p.Plan)).OrderBy(p => p.Ip, StringComparer.Ordinal)]))];

    private static bool Selects(ServicePlan service, PodPlan pod) =>
        service.SelectorLabel == pod.AppLabel && service.SelectorValue == pod.App && service.Namespace == pod.Namespace;
}
