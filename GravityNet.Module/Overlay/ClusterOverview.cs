namespace GravityNet.Overlay;

/// <summary>
/// What a connection says of its cluster when it is opened: where leases live, the overlay's range, VNI and port, the services' range.
/// </summary>
internal static class ClusterOverview
{
    private const string NullDevice = "flannel.null";
    private const string ServiceRangeFlag = "--service-cluster-ip-range=";

    /// <summary>What one node tells of it. A node's state itself is not held: a thousand of them are much.</summary>
    /// <param name="Device">Its VXLAN device; null where it has none, or the text does not tell.</param>
    /// <param name="Network">The overlay's range, as flannel wrote it down; null where unknown.</param>
    /// <param name="ServiceNetwork">The services' range, as a route tells; null where unknown.</param>
    public sealed record Part(VxlanDevice? Device, string? Network, string? ServiceNetwork)
    {
        /// <summary>What a node tells.</summary>
        public static Part Of(NodeState node) => new(VxlanFdb.DeviceOf(node)?.Vxlan, SubnetEnvNetwork(node), NullRoute(node));
    }

    /// <summary>Fills in what is known. What is not stays unknown.</summary>
    public static void Describe(GravityCluster cluster, IReadOnlyList<Part> nodes, LeaseTable leases, KubeObjects objects)
    {
        var homes = leases.Homes.ToList();
        if (homes.Count > 0) cluster.LeaseHome = string.Join(", ", homes);
        var devices = nodes.Select(n => n.Device).OfType<VxlanDevice>().ToList();
        // the configuration is what flannel was told; where it is out of reach the devices tell, as long as they agree
        cluster.Vni = leases.Config?.Vni ?? Common(devices.Select(d => d.Vni));
        cluster.Port = leases.Config?.Port ?? Common(devices.Select(d => d.Port));
        cluster.OverlayNetwork = leases.Config?.Network ?? Common(nodes.Select(n => n.Network)) ?? "";
        cluster.ServiceNetwork = Common(nodes.Select(n => n.ServiceNetwork)) ?? ServiceRange(objects) ?? "";
    }

    // /run/flannel/subnet.env says FLANNEL_NETWORK=10.244.0.0/16
    private static string? SubnetEnvNetwork(NodeState node) =>
        node.Facts.Get("subnet-env") is { Answered: true } fact
            ? fact.Text.Split('\n').FirstOrDefault(l => l.StartsWith("FLANNEL_NETWORK=", StringComparison.Ordinal))?["FLANNEL_NETWORK=".Length..].Trim()
            : null;

    // Gravity routes the services' range into a null device, so that hosts without a default route reach services
    private static string? NullRoute(NodeState node) => node.Facts.Get("ip-route")?.Text.Contains(NullDevice, StringComparison.Ordinal) == true
        ? node.Routes.Records.FirstOrDefault(r => r.Interface == NullDevice && r.Table == "main" && r.Type == "unicast")?.Destination
        : null;

    private static string? ServiceRange(KubeObjects objects) =>
        objects.Pods?.SelectMany(p => p.Commands).FirstOrDefault(c => c.StartsWith(ServiceRangeFlag, StringComparison.Ordinal))?[ServiceRangeFlag.Length..];

    private static T? Common<T>(IEnumerable<T?> values)
    {
        var known = values.Where(v => v is not null).Distinct().Take(2).ToList();
        return known.Count == 1 ? known[0] : default;
    }
}
