using GravityNet.Labs.Parts;

namespace GravityNet.Labs.Faults;

/// <summary>
/// node-2 answers node-1's pods over the underlay, which works, and refuses what does not come in where its answer would go out:
/// all that node-1's pods send over flannel.1.
/// </summary>
internal sealed class RpFilterStrict : IFault
{
    private const string Switch = "/proc/sys/net/ipv4/conf/flannel.1/rp_filter";

    public string Name => "rp-filter-strict";

    public string Summary => "node-2 has a strict rp_filter on flannel.1 and its route to node-1's pods over eth0";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-2").RunAsync($"""
            ip route replace {scene.Lease("node-1").Subnet} via {scene.Lease("node-1").PublicIp} dev eth0
            echo 1 >{Switch}
            """, cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-2").RunAsync($"""
            echo 0 >{Switch}
            {Flannel.RouteCommand(scene.Lease("node-1"))}
            """, cancellationToken);
}
