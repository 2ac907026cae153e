namespace GravityNet.Labs.Faults;

/// <summary>Nothing leads from the pods of node-3 into kube-proxy's chains. The node itself still reaches services.</summary>
internal sealed class ServiceJumpMissing : IFault
{
    private const string Rule = "-m comment --comment 'kubernetes service portals' -j KUBE-SERVICES";

    public string Name => "service-jump-missing";

    public string Summary => "node-3 has no jump from nat PREROUTING to KUBE-SERVICES";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-3").RunAsync($"while iptables -t nat -C PREROUTING {Rule} 2>/dev/null; do iptables -t nat -D PREROUTING {Rule}; done", cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-3").RunAsync($"iptables -t nat -C PREROUTING {Rule} 2>/dev/null || iptables -t nat -I PREROUTING 1 {Rule}", cancellationToken);
}
