using GravityNet.Labs.Parts;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Faults;

/// <summary>node-3 takes and sends frames of another VXLAN network, though all its entries are right.</summary>
internal sealed class VniDiffers : IFault
{
    public string Name => "vni-differs";

    public string Summary => $"node-3's flannel.1 has the VNI {ClusterPlan.Vni + 1}, not {ClusterPlan.Vni}";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        RemakeAsync(scene, ClusterPlan.Vni + 1, cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        RemakeAsync(scene, ClusterPlan.Vni, cancellationToken);

    private static Task RemakeAsync(FaultScene scene, int vni, CancellationToken cancellationToken) =>
        scene.RemakeDeviceAsync("node-3", Flannel.Kind(scene.Node("node-3"), vni: vni), ClusterPlan.OverlayMtu, cancellationToken);
}
