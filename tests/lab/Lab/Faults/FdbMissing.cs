using GravityNet.Labs.Parts;

namespace GravityNet.Labs.Faults;

/// <summary>node-1 does not know which node has the MAC of node-2's flannel.1.</summary>
internal sealed class FdbMissing : IFault
{
    public string Name => "fdb-missing";

    public string Summary => "node-1 has no FDB row for node-2's flannel.1";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var lease = scene.Lease("node-2");
        return scene.Node("node-1").RunAsync($"""
            if bridge fdb show dev flannel.1 | grep -q '^{lease.VtepMac} '; then
                bridge fdb del {lease.VtepMac} dev flannel.1 dst {lease.PublicIp} self
            fi
            """, cancellationToken);
    }

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-1").RunAsync(Flannel.FdbCommand(scene.Lease("node-2")), cancellationToken);
}
