using GravityNet.Labs.Parts;

namespace GravityNet.Labs.Faults;

/// <summary>node-1 addresses node-2's flannel.1 by a MAC that no FDB row knows.</summary>
internal sealed class ArpWrong : IFault
{
    private const string WrongMac = "02:00:00:00:be:ef";

    public string Name => "arp-wrong";

    public string Summary => "node-1's ARP entry for node-2's flannel.1 has another MAC";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-1").RunAsync(Flannel.NeighborCommand(scene.Lease("node-2") with { VtepMac = WrongMac }), cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Node("node-1").RunAsync(Flannel.NeighborCommand(scene.Lease("node-2")), cancellationToken);
}
