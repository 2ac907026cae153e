using GravityNet.Labs.Parts;

namespace GravityNet.Labs.Faults;

/// <summary>node-1 sends what is for node-2's flannel.1 to an address that no node has, as after a change of a node's address.</summary>
internal sealed class FdbWrong : IFault
{
    public string Name => "fdb-wrong";

    public string Summary => "node-1's FDB row for node-2's flannel.1 sends to an address that no node has";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-1").RunAsync(Flannel.FdbCommand(scene.Lease("node-2") with { PublicIp = scene.Status.Options.Underlay + ".99" }), cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-1").RunAsync(Flannel.FdbCommand(scene.Lease("node-2")), cancellationToken);
}
