using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Parts;

/// <summary>A service with what is behind it now.</summary>
/// <param name="Plan">The service.</param>
/// <param name="Endpoints">The addresses behind it, in ascending order of their text as kube-proxy sorts them.</param>
internal sealed record ServiceEndpoints(ServicePlan Plan, IReadOnlyList<Endpoint> Endpoints)
{
    /// <summary>The addresses that new connections may go to.</summary>
    public IReadOnlyList<string> ReadyAddresses => [.. Endpoints.Where(e => e.IsReady).Select(e => e.Address)];

    /// <summary>Joins the planned services with the pods that they select.</summary>
    public static IReadOnlyList<ServiceEndpoints> Join(ClusterPlan cluster, IReadOnlyList<PodHost> pods) =>
    [
        .. cluster.Services.Select(service => new ServiceEndpoints(service,
        [
            .. service.FixedAddresses.Select(a => new Endpoint(a))
                .Concat(pods.Where(p => Selects(service, p.Plan)).Select(p => new Endpoint(p.Ip, p.Plan)))
                .OrderBy(e => e.Address, StringComparer.Ordinal),
        ])),
    ];

    private static bool Selects(ServicePlan service, PodPlan pod) =>
        service.Namespace == pod.Namespace
        && ((service.SelectorLabel == pod.AppLabel && service.SelectorValue == pod.App) || pod.Marks.Contains(service.SelectorLabel ?? ""));
}
