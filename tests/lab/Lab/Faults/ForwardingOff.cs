namespace GravityNet.Labs.Faults;

/// <summary>The training's fault: packets that come in on cni0 are not forwarded, so no pod of the node can answer.</summary>
internal sealed class ForwardingOff : IFault
{
    private const string Switch = "/proc/sys/net/ipv4/conf/cni0/forwarding";

    public string Name => "forwarding-off";

    public string Summary => "node-1 does not forward what comes in on cni0";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-1").RunAsync($"echo 0 >{Switch}", cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-1").RunAsync($"echo 1 >{Switch}", cancellationToken);
}
