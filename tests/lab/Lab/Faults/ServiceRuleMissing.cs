using GravityNet.Labs.Parts;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Faults;

/// <summary>On node-3, nothing leads from the web service's address to its chain, which is still there. Its node port works.</summary>
internal sealed class ServiceRuleMissing : IFault
{
    private static readonly string Rule =
        $"-d {ClusterPlan.Web.ClusterIp}/32 -p tcp -m comment --comment \"default/web:http cluster IP\" -m tcp --dport {ClusterPlan.Web.Ports[0].Port} -j {KubeProxyNames.Service("default/web:http", "tcp")}";

    public string Name => "service-rule-missing";

    public string Summary => "node-3 has no rule for the cluster address of the service web";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-3").RunAsync($"iptables -t nat -C KUBE-SERVICES {Rule} 2>/dev/null || exit 0; iptables -t nat -D KUBE-SERVICES {Rule}", cancellationToken);

    // behind the rules of the service before it; the list begins with a line that is no rule
    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Node("node-3").RunAsync($"""
        ! iptables -t nat -C KUBE-SERVICES {Rule} 2>/dev/null || exit 0
        at=$(iptables -t nat -S KUBE-SERVICES | grep -n -e default/kubernetes: -e default/web: | tail -1)
        iptables -t nat -I KUBE-SERVICES $((0 + $(echo "$at" | cut -d: -f1))) {Rule}
        """, cancellationToken);
}
