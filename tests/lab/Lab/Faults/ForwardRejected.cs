using GravityNet.Labs.Parts;

namespace GravityNet.Labs.Faults;

/// <summary>node-3 rejects what is to be forwarded before flannel's rules accept it, as firewalld does after a reload.</summary>
internal sealed class ForwardRejected : IFault
{
    private const string Rule = "-j REJECT --reject-with icmp-host-prohibited";

    public string Name => "forward-rejected";

    public string Summary => "node-3 has a REJECT above flannel's ACCEPT rules in FORWARD";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-3").RunAsync($"""
            if ! iptables -C FORWARD {Rule} 2>/dev/null; then
                above=$(iptables -S FORWARD | grep '^-A' | grep -n -F -e '-A {Flannel.ForwardRules[0]}' | cut -d : -f 1)
                iptables -I FORWARD "$above" {Rule}
            fi
            """, cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-3").RunAsync($"while iptables -C FORWARD {Rule} 2>/dev/null; do iptables -D FORWARD {Rule}; done", cancellationToken);
}
