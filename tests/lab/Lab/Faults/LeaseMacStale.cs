namespace GravityNet.Labs.Faults;

/// <summary>
/// The lease of node-3 gives a MAC that its flannel.1 does not have, while the peers still have the right one.
/// Traffic flows until a peer programs the lease anew.
/// </summary>
internal sealed class LeaseMacStale : IFault
{
    private const string StaleMac = "02:00:00:00:57:a1";

    public string Name => "lease-mac-stale";

    public string Summary => "node-3's lease in etcd has another VtepMAC than its flannel.1";

    public Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.PutAsync(scene.Lease("node-3") with { VtepMac = StaleMac }, cancellationToken);

    public Task HealAsync(FaultScene scene, CancellationToken cancellationToken) => scene.PutAsync(scene.Lease("node-3"), cancellationToken);
}
