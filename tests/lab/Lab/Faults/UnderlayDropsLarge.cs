namespace GravityNet.Labs.Faults;

/// <summary>
/// A switch between the nodes silently drops large packets: small pings pass, large ones and downloads hang. No state of any node shows it.
/// The client's own connections are spared.
/// </summary>
internal sealed class UnderlayDropsLarge : IFault
{
    private const int Largest = 1400;

    // bridged packets cross this chain by br_netfilter; what the client itself gets must stay whole
    private static string Rule(FaultScene scene) => $"PREROUTING ! -d {scene.Status.OutsideAddress} -m length --length {Largest + 1}:65535 -j DROP";

    public string Name => "underlay-drops-large";

    public string Summary => $"the underlay drops packets of more than {Largest} bytes between nodes";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.OutsideAsync($"iptables -t raw -C {Rule(scene)} 2>/dev/null || iptables -t raw -A {Rule(scene)}", cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.OutsideAsync($"while iptables -t raw -C {Rule(scene)} 2>/dev/null; do iptables -t raw -D {Rule(scene)}; done", cancellationToken);
}
