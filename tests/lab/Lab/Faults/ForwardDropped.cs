using GravityNet.Labs.Parts;

namespace GravityNet.Labs.Faults;

/// <summary>node-2 forwards only what a rule accepts, as Docker sets it, and flannel's rules are gone.</summary>
internal sealed class ForwardDropped : IFault
{
    public string Name => "forward-dropped";

    public string Summary => "node-2 has the FORWARD policy DROP and not flannel's ACCEPT rules";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-2").RunAsync($"""
            iptables -P FORWARD DROP
            {Remove}
            """, cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-2").RunAsync($"""
            {Remove}
            {string.Join('\n', Flannel.ForwardRules.Select(r => "iptables -A " + r))}
            iptables -P FORWARD ACCEPT
            """, cancellationToken);

    private static string Remove => string.Join('\n', Flannel.ForwardRules.Select(r => $"while iptables -C {r} 2>/dev/null; do iptables -D {r}; done"));
}
