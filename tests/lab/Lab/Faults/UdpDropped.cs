using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Faults;

/// <summary>node-3 drops the overlay's packets before VXLAN sees them, as a host firewall does.</summary>
internal sealed class UdpDropped : IFault
{
    private static readonly string Rule = $"INPUT -p udp -m udp --dport {ClusterPlan.VxlanPort} -j DROP";

    public string Name => "udp-dropped";

    public string Summary => $"node-3 drops UDP {ClusterPlan.VxlanPort} that comes in";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-3").RunAsync($"iptables -C {Rule} 2>/dev/null || iptables -I {Rule}", cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-3").RunAsync($"while iptables -C {Rule} 2>/dev/null; do iptables -D {Rule}; done", cancellationToken);
}
