namespace GravityNet.Labs.Faults;

/// <summary>node-2 routes nothing, as a machine that nobody made a router.</summary>
internal sealed class IpForwardOff : IFault
{
    private const string Switch = "/proc/sys/net/ipv4/ip_forward";

    public string Name => "ip-forward-off";

    public string Summary => "node-2 has net.ipv4.ip_forward = 0, which turns all its interfaces' forwarding off";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-2").RunAsync($"echo 0 >{Switch}", cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-2").RunAsync($"echo 1 >{Switch}", cancellationToken);
}
