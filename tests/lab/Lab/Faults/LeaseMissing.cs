using GravityNet.Labs.Parts;

namespace GravityNet.Labs.Faults;

/// <summary>The lease of node-3 ended, and the other nodes took away what it had brought, as flannel does.</summary>
internal sealed class LeaseMissing : IFault
{
    public string Name => "lease-missing";

    public string Summary => "node-3 has no lease in etcd, and the others no way to it";

    public async Task BreakAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var lease = scene.Lease("node-3");
        await scene.DeleteAsync(lease, cancellationToken);
        foreach (var node in scene.Others("node-3"))
            await node.RunAsync(Flannel.ForgetCommands(lease), cancellationToken);
    }

    public async Task HealAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var lease = scene.Lease("node-3");
        await scene.PutAsync(lease, cancellationToken);
        foreach (var node in scene.Others("node-3"))
            await Flannel.AddPeerAsync(node, lease, cancellationToken);
    }
}
