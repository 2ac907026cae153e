using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Faults;

/// <summary>
/// The kernel of node-1 remembers a UDP flow of shell-node-1 to the DNS service that it translated to an address where no pod is any more. Rules are not asked
/// again while packets of that flow keep coming, so a client that keeps its port gets no answer.
/// </summary>
internal sealed class ConntrackStale : IFault
{
    /// <summary>The port of the pod that the flow comes from.</summary>
    public const int SourcePort = 40053;

    private const string DeadAddress = "10.244.65.250";

    public string Name => "conntrack-stale";

    public string Summary => $"node-1 leads shell-node-1's UDP port {SourcePort} to {DeadAddress} instead of a DNS server";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Node("node-1").RunAsync($"""
        conntrack -D {Flow(scene)} >/dev/null 2>&1 || true
        conntrack -I {Flow(scene)} --dst-nat {DeadAddress} --timeout 600 >/dev/null 2>&1
        """, cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-1").RunAsync($"conntrack -D {Flow(scene)} >/dev/null 2>&1 || true", cancellationToken);

    private static string Flow(FaultScene scene) => $"-p udp -s {scene.Status.Pod("shell-node-1").Ip} -d {ClusterPlan.Dns.ClusterIp} --sport {SourcePort} --dport 53";
}
