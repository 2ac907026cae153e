using GravityNet.Labs.Parts;

namespace GravityNet.Labs.Faults;

/// <summary>
/// The flannel.1 of node-3 has the MAC of node-2's, as on clones of one machine, and its lease says so. One FDB row is left for the two:
/// what is for node-2 goes to node-3.
/// </summary>
internal sealed class LeaseMacShared : IFault
{
    public string Name => "lease-mac-shared";

    public string Summary => "node-3's flannel.1 and lease have the MAC of node-2's";

    public async Task BreakAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var shared = scene.Lease("node-3") with { VtepMac = scene.Lease("node-2").VtepMac };
        await scene.PutAsync(shared, cancellationToken);
        await ProgramAsync(scene, shared, cancellationToken);
    }

    public async Task HealAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        await scene.PutAsync(scene.Lease("node-3"), cancellationToken);
        await ProgramAsync(scene, scene.Lease("node-3"), cancellationToken);
    }

    private static async Task ProgramAsync(FaultScene scene, Lease third, CancellationToken cancellationToken)
    {
        await Flannel.ReprogramAsync(scene.Node("node-3"), third.VtepMac, scene.LeasesOfOthers("node-3"), cancellationToken);
        await Flannel.ReprogramAsync(scene.Node("node-1"), scene.Lease("node-1").VtepMac, [scene.Lease("node-2"), third], cancellationToken);
        await Flannel.ReprogramAsync(scene.Node("node-2"), scene.Lease("node-2").VtepMac, [scene.Lease("node-1"), third], cancellationToken);
    }
}
