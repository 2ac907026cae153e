using GravityNet.Facts;

namespace GravityNet.Sources;

/// <summary>
/// A store of the cluster's own knowledge: the Kubernetes API, or the cluster part of a snapshot.
/// </summary>
public interface IClusterSource
{
    /// <summary>Where it answers from, for errors and <c>-Verbose</c>: a URL or a path.</summary>
    string Place { get; }

    /// <summary>
    /// Reads the lists that are asked for, as JSON in the API's own form.
    /// </summary>
    /// <param name="facts">Names from <see cref="FactCatalog.ClusterFacts"/> that begin with <c>kube-</c>.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>One result a fact; one that could not be read (denied, not served) carries an exit code that is not 0 and the reason as its error.</returns>
    /// <exception cref="SourceException">The store as a whole did not answer.</exception>
    Task<IReadOnlyList<FactResult>> CollectAsync(IReadOnlyCollection<string> facts, CancellationToken cancel);
}

/// <summary>
/// A home of flannel's leases: etcd's v2 store, its v3 store, or a snapshot of either. (Leases kept as node annotations come with
/// <c>kube-nodes</c> of the <see cref="IClusterSource"/>.)
/// </summary>
public interface ILeaseSource
{
    /// <summary>Where it answers from, for errors and <c>-Verbose</c>.</summary>
    string Place { get; }

    /// <summary>
    /// Reads all keys under flannel's prefix: <c>etcd-v2</c> in the form of <c>GET /v2/keys/coreos.com/network?recursive=true</c>,
    /// <c>etcd-v3</c> in the form of <c>etcdctl get --prefix -w json</c>.
    /// </summary>
    /// <exception cref="SourceException">The store did not answer.</exception>
    Task<IReadOnlyList<FactResult>> CollectAsync(CancellationToken cancel);
}
