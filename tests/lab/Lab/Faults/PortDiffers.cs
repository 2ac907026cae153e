using GravityNet.Labs.Parts;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Faults;

/// <summary>node-2 speaks VXLAN on the standard port, the other nodes on flannel's.</summary>
internal sealed class PortDiffers : IFault
{
    private const int StandardPort = 4789;

    public string Name => "port-differs";

    public string Summary => $"node-2's flannel.1 has the UDP port {StandardPort}, not {ClusterPlan.VxlanPort}";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        RemakeAsync(scene, StandardPort, cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) =>
        RemakeAsync(scene, ClusterPlan.VxlanPort, cancellationToken);

    private static Task RemakeAsync(FaultScene scene, int port, CancellationToken cancellationToken) =>
        scene.RemakeDeviceAsync("node-2", Flannel.Kind(scene.Node("node-2"), port: port), ClusterPlan.OverlayMtu, cancellationToken);
}
