namespace GravityNet.Labs.Faults;

/// <summary>A DNS server of the cluster hangs, while its pod answers pings.</summary>
internal sealed class DnsStopped : IFault
{
    public string Name => "dns-stopped";

    public string Summary => "the DNS server in node-2's coredns pod is stopped (SIGSTOP)";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        SignalAsync(scene, "STOP", cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        SignalAsync(scene, "CONT", cancellationToken);

    private static Task<string> SignalAsync(FaultScene scene, string signal, CancellationToken cancellationToken) =>
        scene.Node("node-2").RunAsync($"kill -{signal} {scene.Status.Pods.Single(p => p is { App: "kube-dns", Node: "node-2" }).Pid}", cancellationToken);
}
