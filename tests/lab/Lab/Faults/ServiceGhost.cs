using GravityNet.Labs.Parts;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Faults;

/// <summary>kube-proxy of node-2 did not hear that a service was deleted: its rules are still there, and lead to an address where no pod is.</summary>
internal sealed class ServiceGhost : IFault
{
    private const string FullName = "default/gone:http";
    private const string Address = "10.100.99.9";
    private const string Target = "10.244.92.250:8080";

    private static readonly string Chain = KubeProxyNames.Service(FullName, "tcp");

    private static readonly string EndpointChain = KubeProxyNames.Endpoint(FullName, "tcp", Target);

    private static readonly string Match = $"-d {Address}/32 -p tcp -m comment --comment \"{FullName} cluster IP\" -m tcp --dport 80";

    public string Name => "service-ghost";

    public string Summary => $"node-2 has the rules of {FullName}, a service that there is not";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Node("node-2").RunAsync($"""
        [ -z "$(iptables -t nat -S {Chain} 2>/dev/null)" ] || exit 0
        iptables-restore --noflush <<'RULES'
        *nat
        :{Chain} - [0:0]
        :{EndpointChain} - [0:0]
        -I KUBE-SERVICES 1 {Match} -j {Chain}
        -A {Chain} ! -s {ClusterPlan.PodNetwork} {Match} -j KUBE-MARK-MASQ
        -A {Chain} -m comment --comment "{FullName} -> {Target}" -j {EndpointChain}
        -A {EndpointChain} -s {Target[..Target.IndexOf(':')]}/32 -m comment --comment "{FullName}" -j KUBE-MARK-MASQ
        -A {EndpointChain} -p tcp -m comment --comment "{FullName}" -m tcp -j DNAT --to-destination {Target}
        COMMIT
        RULES
        """, cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Node("node-2").RunAsync($"""
        [ -n "$(iptables -t nat -S {Chain} 2>/dev/null)" ] || exit 0
        iptables -t nat -D KUBE-SERVICES {Match} -j {Chain}
        for chain in {Chain} {EndpointChain}; do
            iptables -t nat -F $chain
        done
        for chain in {Chain} {EndpointChain}; do
            iptables -t nat -X $chain
        done
        """, cancellationToken);
}
