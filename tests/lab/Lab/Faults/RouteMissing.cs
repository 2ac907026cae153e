using GravityNet.Labs.Parts;

namespace GravityNet.Labs.Faults;

/// <summary>node-2 sends packets for node-3's pods to its default route.</summary>
internal sealed class RouteMissing : IFault
{
    public string Name => "route-missing";

    public string Summary => "node-2 has no route to node-3's pods";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var lease = scene.Lease("node-3");
        return scene.Node("node-2").RunAsync($"""
            if [ -n "$(ip route show exact {lease.Subnet})" ]; then
                ip route del {lease.Subnet}
            fi
            """, cancellationToken);
    }

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-2").RunAsync(Flannel.RouteCommand(scene.Lease("node-3")), cancellationToken);
}
