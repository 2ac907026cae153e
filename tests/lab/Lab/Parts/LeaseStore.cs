using GravityNet.Labs.Api;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Parts;

/// <summary>Where the lab's leases are: etcd's v2 or v3 API, both, or the annotations of Kubernetes nodes.</summary>
/// <param name="state">The lab's folder.</param>
/// <param name="master">The node that etcd runs on.</param>
internal sealed class LeaseStore(StateFolder state, NodeHost master)
{
    private readonly LeaseHome _home = master.Cluster.Options.Leases;

    /// <summary>Writes the network configuration; flannel's pods get theirs from a ConfigMap, which the API has anyway.</summary>
    public async Task PutConfigAsync(CancellationToken cancellationToken)
    {
        if (_home is LeaseHome.V2 or LeaseHome.Both)
            await EtcdServer.PutAsync(master, "config", Lease.Config, null, cancellationToken);
        if (_home is LeaseHome.V3 or LeaseHome.Both)
            await EtcdServer.PutV3Async(master, "config", Lease.Config, null, cancellationToken);
    }

    /// <summary>Writes a lease. Annotations are written only while the API has its objects.</summary>
    public async Task PutAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (_home is LeaseHome.V2 or LeaseHome.Both)
            await EtcdServer.PutAsync(master, lease.Key, lease.Value, EtcdServer.LeaseTime, cancellationToken);
        if (_home is LeaseHome.V3 or LeaseHome.Both)
            await EtcdServer.PutV3Async(master, lease.Key, lease.Value, EtcdServer.LeaseTime, cancellationToken);
        if (_home == LeaseHome.Annotations)
            await ObjectFile.ChangeNodeAsync(state, NameOf(lease), node => Annotate(node, lease), cancellationToken);
    }

    /// <summary>Removes a lease, where it is there.</summary>
    public async Task DeleteAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (_home is LeaseHome.V2 or LeaseHome.Both)
            await EtcdServer.DeleteAsync(master, lease.Key, cancellationToken);
        if (_home is LeaseHome.V3 or LeaseHome.Both)
            await EtcdServer.DeleteV3Async(master, lease.Key, cancellationToken);
        if (_home == LeaseHome.Annotations)
            await ObjectFile.ChangeNodeAsync(state, NameOf(lease), node => Annotate(node, null), cancellationToken);
    }

    /// <summary>The leases as etcd has them now, from the first of its APIs that has any.</summary>
    public async Task<IReadOnlyList<Lease>> ReadAsync(CancellationToken cancellationToken) => _home == LeaseHome.V3
        ? await EtcdServer.GetV3Async(master, cancellationToken)
        : Lease.Parse(await EtcdServer.GetAsync(master, "subnets", cancellationToken));

    private string NameOf(Lease lease) => master.Cluster.Nodes.Single(n => n.Subnet == lease.Subnet).Name;

    private static void Annotate(System.Text.Json.Nodes.JsonObject node, Lease? lease)
    {
        var annotations = node["metadata"]!["annotations"]!.AsObject();
        foreach (var (name, value) in lease?.Annotations ?? [])
            annotations[name] = value;
        if (lease is not null)
            return;
        foreach (var name in annotations.Select(a => a.Key).Where(k => k.StartsWith(Lease.AnnotationPrefix, StringComparison.Ordinal)).ToList())
            annotations.Remove(name);
    }
}
