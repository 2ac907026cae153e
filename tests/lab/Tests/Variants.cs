using GravityNet.Labs.Plan;

namespace GravityNet.LabTests;

/// <summary>The labs with options that tests share, so that few of them run at once; see <see cref="LabFixture.VariantAsync"/>.</summary>
public static class Variants
{
    /// <summary>As Gravity's clusters are reached: Planet on node-1, sudo on node-2, a jump host before node-3, etcd with certificates, old iptables.</summary>
    public static LabOptions Gravity { get; } = new()
    {
        Planet = "node-1",
        SudoNode = "node-2",
        Jump = "node-3",
        EtcdTls = true,
        Iptables = IptablesFlavor.Legacy,
    };

    /// <summary>Leases in etcd's v3 API only; services of all kinds.</summary>
    public static LabOptions V3 { get; } = new() { Leases = LeaseHome.V3, MoreServices = true };

    /// <summary>Leases in both APIs of etcd; Planet on a node that is no master.</summary>
    public static LabOptions Both { get; } = new() { Leases = LeaseHome.Both, Planet = "node-2" };

    /// <summary>Leases in annotations of the Kubernetes nodes; services of all kinds with the rules of an old kube-proxy, in old iptables.</summary>
    public static LabOptions Annotations { get; } = new() { Leases = LeaseHome.Annotations, MoreServices = true, OldKubeProxy = true, Iptables = IptablesFlavor.Legacy };
}
