using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Parts;

/// <summary>What flannel's VXLAN backend does on a node: the device, its peers from the leases, and the firewall rules.</summary>
internal static class Flannel
{
    /// <summary>Makes flannel.1 and the file that the CNI plugin reads.</summary>
    /// <returns>The device's MAC.</returns>
    public static async Task<string> AddDeviceAsync(NodeHost node, CancellationToken cancellationToken)
    {
        node.Write("/run/flannel/subnet.env", $"""
            FLANNEL_NETWORK={ClusterPlan.PodNetwork}
            FLANNEL_SUBNET={node.Plan.Gateway}/24
            FLANNEL_MTU={ClusterPlan.OverlayMtu}
            FLANNEL_IPMASQ=true

            """);
        var mac = await node.RunAsync($"""
            ip link add flannel.1 type vxlan id {ClusterPlan.Vni} local {node.Plan.Address} dev eth0 dstport {ClusterPlan.VxlanPort} nolearning
            ip addr add {node.Plan.VtepAddress}/32 dev flannel.1
            ip link set flannel.1 mtu {ClusterPlan.OverlayMtu} up
            cat /sys/class/net/flannel.1/address
            """, cancellationToken);
        return mac.Trim();
    }

    /// <summary>Programs everything that a lease of another node asks for: ARP entry, FDB row and route.</summary>
    public static Task AddPeerAsync(NodeHost node, Lease lease, CancellationToken cancellationToken) =>
        node.RunAsync($"{NeighborCommand(lease)}\n{FdbCommand(lease)}\n{RouteCommand(lease)}", cancellationToken);

    /// <summary>The command that says which MAC the peer's flannel.1 has.</summary>
    public static string NeighborCommand(Lease lease) => $"ip neigh replace {Vtep(lease)} lladdr {lease.VtepMac} dev flannel.1 nud permanent";

    /// <summary>The command that says which node that MAC is on.</summary>
    public static string FdbCommand(Lease lease) => $"bridge fdb replace {lease.VtepMac} dev flannel.1 dst {lease.PublicIp} self permanent";

    /// <summary>The command that leads the peer's pods over flannel.1.</summary>
    public static string RouteCommand(Lease lease) => $"ip route replace {lease.Subnet} via {Vtep(lease)} dev flannel.1 onlink";

    /// <summary>Adds the rules with which flannel lets pods through and masquerades what leaves the pod network.</summary>
    public static Task AddRulesAsync(NodeHost node, CancellationToken cancellationToken) =>
        node.RunAsync($"""
            iptables-restore --noflush <<'RULES'
            *filter
            -A FORWARD -s {ClusterPlan.PodNetwork} -j ACCEPT
            -A FORWARD -d {ClusterPlan.PodNetwork} -j ACCEPT
            COMMIT
            *nat
            -A POSTROUTING -s {ClusterPlan.PodNetwork} -d {ClusterPlan.PodNetwork} -j RETURN
            -A POSTROUTING -s {ClusterPlan.PodNetwork} ! -d 224.0.0.0/4 -j MASQUERADE --random-fully
            -A POSTROUTING ! -s {ClusterPlan.PodNetwork} -d {node.Plan.Subnet} -j RETURN
            -A POSTROUTING ! -s {ClusterPlan.PodNetwork} -d {ClusterPlan.PodNetwork} -j MASQUERADE --random-fully
            COMMIT
            RULES
            """, cancellationToken);

    private static string Vtep(Lease lease) => lease.Subnet[..lease.Subnet.IndexOf('/')];
}
