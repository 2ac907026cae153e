using GravityNet.Overlay;

namespace GravityNet.Comparing;

/// <summary>
/// Compares two states of a cluster: what is the cluster's first, then node by node. What is unknown on one side is told once, and not taken for missing.
/// </summary>
internal static class ClusterComparison
{
    /// <summary>What is the cluster's: leases, flannel's configuration, and the Kubernetes objects.</summary>
    /// <param name="before">The reference.</param>
    /// <param name="after">The difference.</param>
    /// <param name="unknown">Told what cannot be compared: the kind, and why.</param>
    public static IEnumerable<ClusterDifference> CompareStores((LeaseTable Leases, KubeObjects Objects) before, (LeaseTable Leases, KubeObjects Objects) after, Action<string, string> unknown)
    {
        var result = new List<ClusterDifference>();
        if (before.Leases.IsKnown && after.Leases.IsKnown)
        {
            result.AddRange(ItemComparison.Compare("Network", "", before.Leases.Configs.Select(Config), after.Leases.Configs.Select(Config)));
            result.AddRange(ItemComparison.Compare("Lease", "", before.Leases.Leases.Select(Lease), after.Leases.Leases.Select(Lease)));
        }
        else
        {
            unknown("Lease", before.Leases.IsKnown ? $"the difference: {string.Join("; ", after.Leases.Problems)}" : $"the reference: {string.Join("; ", before.Leases.Problems)}");
        }

        Objects("Node", "kube-nodes", o => o.Nodes, n => new(n.Name, $"InternalIP {n.InternalIP} podCIDR {n.PodCidr} {(n.Ready ? "Ready" : "NotReady")}", n.Source));
        Objects("Pod", "kube-pods", o => o.Pods, p => new(p.Name, Text(p), p.Source) { Namespace = p.Namespace });
        Objects("Service", "kube-services", o => o.Services, s => new(s.Name, Text(s), s.Source) { Namespace = s.Namespace });
        Objects("Endpoint", "kube-endpoints", o => o.Endpoints, e => new($"{e.Service} {e.Address}:{e.Port}/{e.Protocol}", Text(e), e.Source) { Namespace = e.Namespace });
        return result;

        void Objects<T>(string kind, string fact, Func<KubeObjects, IReadOnlyList<T>?> list, Func<T, ComparedItem> item)
        {
            if (list(before.Objects) is { } was && list(after.Objects) is { } now) result.AddRange(ItemComparison.Compare(kind, "", was.Select(item), now.Select(item)));
            else unknown(kind, list(before.Objects) is null ? $"the reference: {before.Objects.Unknown.GetValueOrDefault(fact)}" : $"the difference: {after.Objects.Unknown.GetValueOrDefault(fact)}");
        }
    }

    /// <summary>Nodes that are on one side alone.</summary>
    public static IEnumerable<ClusterDifference> CompareNames(IEnumerable<(string Name, string Address)> before, IEnumerable<(string Name, string Address)> after) =>
        ItemComparison.Compare("Node", "", before.Select(n => new ComparedItem(n.Name, $"node {n.Name} {n.Address}".TrimEnd(), null)), after.Select(n => new ComparedItem(n.Name, $"node {n.Name} {n.Address}".TrimEnd(), null)))
            .Where(d => d.Change != "Changed" || (d.Before.Contains('.', StringComparison.Ordinal) && d.After.Contains('.', StringComparison.Ordinal)));

    private static ComparedItem Config(OverlayConfig config) => new(config.Home, config.ToString(), config.Source);

    // neither the end of it nor the time that it has left
    private static ComparedItem Lease(OverlayLease lease) => new(
        lease.Subnet,
        string.Join(' ', new[] { lease.ToString(), lease.BackendType, lease.Vni is { } vni ? $"VNI: {vni}" : "", lease.Home }.Where(w => w.Length > 0)),
        lease.Source);

    private static string Text(Pod pod) => string.Join(' ', new[]
    {
        pod.Phase, pod.Ready ? "ready" : "not ready", pod.Terminating ? "terminating" : "", pod.Address, pod.Node.Length > 0 ? $"on {pod.Node}" : "", pod.HostNetwork ? "hostNetwork" : "",
    }.Where(w => w.Length > 0));

    // what kubectl's older texts do not tell is not compared: the rules show it
    private static string Text(Service service) => string.Join(' ', new[]
    {
        service.Type, service.ClusterIP, string.Join(',', service.Ports.Select(p => $"{p.Name}:{p.Port}{(p.NodePort is { } node ? $":{node}" : "")}/{p.Protocol}->{p.TargetPort}")),
        List("externalIPs", service.ExternalIPs), List("loadBalancer", service.LoadBalancerIPs), service.SessionAffinity is "None" ? "" : $"affinity {service.SessionAffinity}",
        service.ExternalTrafficPolicy is "Cluster" ? "" : $"externalTrafficPolicy {service.ExternalTrafficPolicy}",
    }.Where(w => w.Length > 0));

    // which pod it is, kubectl's texts do not tell
    private static string Text(ServiceEndpoint endpoint) => string.Join(' ', new[]
    {
        endpoint.PortName, endpoint.Ready ? "ready" : "not ready", endpoint.Serving == endpoint.Ready ? "" : endpoint.Serving ? "serving" : "not serving", endpoint.Terminating ? "terminating" : "",
    }.Where(w => w.Length > 0));

    private static string List(string name, IReadOnlyList<string> values) => values.Count > 0 ? $"{name} {string.Join(',', values)}" : "";
}
