using GravityNet.Labs.Parts;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Faults;

/// <summary>On node-3, the rule of the web service's first endpoint stands twice: it gets five of nine connections, the others two each.</summary>
internal sealed class ServiceRuleDoubled : IFault
{
    private static readonly string Chain = KubeProxyNames.Service("default/web:http", "tcp");

    public string Name => "service-rule-doubled";

    public string Summary => "node-3 has the rule of the web service's first endpoint twice";

    // the second of the chain's rules; the first marks for masquerading
    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Node("node-3").RunAsync($"""
        [ {Count(scene)} = 1 ] || exit 0
        iptables -t nat -I {Chain} 3 -m comment --comment "default/web:http -> {Target(scene)}" -m statistic --mode random --probability {KubeProxyRules.Probability(3)} -j {EndpointChain(scene)}
        """, cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Node("node-3").RunAsync($"""
        [ {Count(scene)} = 1 ] || iptables -t nat -D {Chain} 3
        """, cancellationToken);

    private static string Count(FaultScene scene) => $"\"$(iptables -t nat -S {Chain} | grep -c -e '-j {EndpointChain(scene)}')\"";

    private static string Target(FaultScene scene) => $"{scene.Status.Service("web").Endpoints[0]}:{ClusterPlan.WebPort}";

    private static string EndpointChain(FaultScene scene) => KubeProxyNames.Endpoint("default/web:http", "tcp", Target(scene));
}
