using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Parts;

/// <summary>What flannel's VXLAN backend does on a node: the device, its peers from the leases, and the firewall rules.</summary>
internal static class Flannel
{
    /// <summary>The rules with which flannel lets pods' packets through, in their order at the end of the filter table's FORWARD chain.</summary>
    public static IReadOnlyList<string> ForwardRules { get; } = [$"FORWARD -s {ClusterPlan.PodNetwork} -j ACCEPT", $"FORWARD -d {ClusterPlan.PodNetwork} -j ACCEPT"];

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
            ip link add flannel.1 type {Kind(node)}
            ip addr add {node.Plan.VtepAddress}/32 dev flannel.1
            ip link set flannel.1 mtu {ClusterPlan.OverlayMtu} up
            cat /sys/class/net/flannel.1/address
            """, cancellationToken);
        return mac.Trim();
    }

    /// <summary>The kind of device that flannel.1 is, as ip-link takes it.</summary>
    public static string Kind(NodeHost node, int vni = ClusterPlan.Vni, int port = ClusterPlan.VxlanPort) =>
        $"vxlan id {vni} local {node.Plan.Address} dev eth0 dstport {port} nolearning";

    /// <summary>Programs everything that a lease of another node asks for: ARP entry, FDB row and route.</summary>
    public static Task AddPeerAsync(NodeHost node, Lease lease, CancellationToken cancellationToken) =>
        node.RunAsync($"{NeighborCommand(lease)}\n{FdbCommand(lease)}\n{RouteCommand(lease)}", cancellationToken);

    /// <summary>The command that says which MAC the peer's flannel.1 has.</summary>
    public static string NeighborCommand(Lease lease) => $"ip neigh replace {Vtep(lease)} lladdr {lease.VtepMac} dev flannel.1 nud permanent";

    /// <summary>The command that says which node that MAC is on.</summary>
    public static string FdbCommand(Lease lease) => $"bridge fdb replace {lease.VtepMac} dev flannel.1 dst {lease.PublicIp} self permanent";

    /// <summary>The commands that take away what a lease of another node brought, as far as it is there.</summary>
    public static string ForgetCommands(Lease lease) => $"""
        [ -z "$(ip route show exact {lease.Subnet})" ] || ip route del {lease.Subnet}
        [ -z "$(ip neigh show {Vtep(lease)} dev flannel.1)" ] || ip neigh del {Vtep(lease)} dev flannel.1
        if bridge fdb show dev flannel.1 | grep -q '^{lease.VtepMac} '; then
            bridge fdb del {lease.VtepMac} dev flannel.1 self
        fi
        """;

    /// <summary>The command that leads the peer's pods over flannel.1.</summary>
    public static string RouteCommand(Lease lease) => $"ip route replace {lease.Subnet} via {Vtep(lease)} dev flannel.1 onlink";

    /// <summary>Adds the rules with which flannel lets pods through and masquerades what leaves the pod network.</summary>
    public static Task AddRulesAsync(NodeHost node, CancellationToken cancellationToken) =>
        node.RunAsync($"""
            iptables-restore --noflush <<'RULES'
            *filter
            {string.Join('\n', ForwardRules.Select(r => "-A " + r))}
            COMMIT
            *nat
            -A POSTROUTING -s {ClusterPlan.PodNetwork} -d {ClusterPlan.PodNetwork} -j RETURN
            -A POSTROUTING -s {ClusterPlan.PodNetwork} ! -d 224.0.0.0/4 -j MASQUERADE --random-fully
            -A POSTROUTING ! -s {ClusterPlan.PodNetwork} -d {node.Plan.Subnet} -j RETURN
            -A POSTROUTING ! -s {ClusterPlan.PodNetwork} -d {ClusterPlan.PodNetwork} -j MASQUERADE --random-fully
            COMMIT
            RULES
            """, cancellationToken);

    /// <summary>Makes flannel.1 anew, with the same index and MAC, and programs its peers.</summary>
    /// <param name="node">The node.</param>
    /// <param name="mac">The device's MAC.</param>
    /// <param name="peers">The leases of the other nodes.</param>
    /// <param name="kind">What <see cref="Kind"/> says, or something else.</param>
    /// <param name="mtu">Its MTU.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task RemakeDeviceAsync(NodeHost node, string mac, IEnumerable<Lease> peers, string kind, int mtu, CancellationToken cancellationToken)
    {
        await node.RunAsync($"""
            index=$(cat /sys/class/net/flannel.1/ifindex)
            ip link del flannel.1
            ip link add flannel.1 index "$index" address {mac} type {kind}
            ip addr add {node.Plan.VtepAddress}/32 dev flannel.1
            ip link set flannel.1 mtu {mtu} up
            """, cancellationToken);
        foreach (var lease in peers)
            await AddPeerAsync(node, lease, cancellationToken);
    }

    /// <summary>Gives flannel.1 a MAC. The kernel then forgets the device's neighbors, so that all peers are programmed again, and no others stay.</summary>
    public static async Task ReprogramAsync(NodeHost node, string mac, IEnumerable<Lease> peers, CancellationToken cancellationToken)
    {
        await node.RunAsync($"""
            ip link set flannel.1 address {mac}
            ip neigh flush dev flannel.1 nud permanent
            bridge fdb show dev flannel.1 | while read -r row; do bridge fdb del $row dev flannel.1; done
            """, cancellationToken);
        foreach (var lease in peers)
            await AddPeerAsync(node, lease, cancellationToken);
    }

    private static string Vtep(Lease lease) => lease.Subnet[..lease.Subnet.IndexOf('/')];
}
