using GravityNet.Labs.Parts;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Faults;

/// <summary>kube-proxy of node-1 stopped writing before a pod of the web service got its address: one of three new connections goes to the pod before it.</summary>
internal sealed class SepDead : IFault
{
    private const string DeadAddress = "10.244.65.250";

    public string Name => "sep-dead";

    public string Summary => $"node-1 has a KUBE-SEP chain of the service web to {DeadAddress}, where no pod is";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        ReplaceAsync(scene, Live(scene), DeadAddress, cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        ReplaceAsync(scene, DeadAddress, Live(scene), cancellationToken);

    private static string Live(FaultScene scene) => scene.Status.Pods.Single(p => p is { App: "web", Node: "node-2" }).Ip;

    // the table is written in one go, as kube-proxy does
    private static Task<string> ReplaceAsync(FaultScene scene, string old, string now, CancellationToken cancellationToken) =>
        scene.Node("node-1").RunAsync($"""
            iptables-save -t nat | sed -e 's/{Chain(old)}/{Chain(now)}/g' -e '/default\/web:/s/{old.Replace(".", "\\.", StringComparison.Ordinal)}\b/{now}/g' | iptables-restore
            """, cancellationToken);

    private static string Chain(string address) => KubeProxyNames.Endpoint("default/web:http", "tcp", $"{address}:{ClusterPlan.WebPort}");
}
