namespace GravityNet.Labs.Faults;

/// <summary>Answers from a service's pod to a pod of the same node cross cni0 without being translated back.</summary>
internal sealed class BridgeNfOff : IFault
{
    private const string Switch = "/proc/sys/net/bridge/bridge-nf-call-iptables";

    public string Name => "bridge-nf-off";

    public string Summary => "node-1 has net.bridge.bridge-nf-call-iptables = 0";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-1").RunAsync($"echo 0 >{Switch}", cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-1").RunAsync($"echo 1 >{Switch}", cancellationToken);
}
