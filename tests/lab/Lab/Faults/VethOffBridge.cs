namespace GravityNet.Labs.Faults;

/// <summary>A pod of node-2 is unplugged: its veth is no port of cni0.</summary>
internal sealed class VethOffBridge : IFault
{
    private const string Pod = "shell-node-2";

    public string Name => "veth-off-bridge";

    public string Summary => $"node-2's end of the veth of {Pod} is no port of cni0";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-2").RunAsync($"ip link set {Veth(scene)} nomaster", cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-2").RunAsync($"""
            ip link set {Veth(scene)} master cni0
            ip link set {Veth(scene)} type bridge_slave hairpin on
            """, cancellationToken);

    private static string Veth(FaultScene scene) => scene.Status.Pod(Pod).HostInterface;
}
