using GravityNet.Labs.Parts;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Faults;

/// <summary>node-1 puts packets into the overlay that the underlay can carry in fragments only.</summary>
internal sealed class MtuLarge : IFault
{
    private const int UnderlayMtu = 1500;

    public string Name => "mtu-large";

    public string Summary => $"node-1's flannel.1 has the underlay's MTU, {UnderlayMtu}";

    // the kernel refuses an MTU that does not fit the lower device; one that has no lower device has no such limit
    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.RemakeDeviceAsync("node-1", Flannel.Kind(scene.Node("node-1")).Replace(" dev eth0", "", StringComparison.Ordinal), UnderlayMtu, cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.RemakeDeviceAsync("node-1", Flannel.Kind(scene.Node("node-1")), ClusterPlan.OverlayMtu, cancellationToken);
}
