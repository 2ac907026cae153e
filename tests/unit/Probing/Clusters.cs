using GravityNet.Probing;
using GravityNet.Snapshots;

namespace GravityNet.UnitTests.Probing;

/// <summary>Recorded clusters, opened as a snapshot is, and runs on them.</summary>
internal static class Clusters
{
    public static GravityCluster Open(string recording)
    {
        var snapshot = Snapshot.Open(Path.Combine(AppContext.BaseDirectory, "recordings", recording + ".tar.gz"));
        return new(recording, snapshot.Nodes, [snapshot], snapshot, 4, snapshot);
    }

    public static async Task<List<ReachabilityResult>> RunAsync(GravityCluster cluster, ReachabilityOptions? options = null, ReachabilityListener? listener = null)
    {
        var results = new List<ReachabilityResult>();
        await foreach (var result in Reachability.RunAsync(cluster, options ?? new(), listener ?? new(), CancellationToken.None)) results.Add(result);
        return results;
    }

    public static async Task<ProbeSites> SitesAsync(string recording)
    {
        var cluster = Open(recording);
        var (leases, objects) = await cluster.ReadStoresAsync(e => throw e, CancellationToken.None);
        var states = new List<NodeState>();
        await foreach (var answer in cluster.AskAsync(cluster.Nodes, new(["ip-addr"], ["ip-addr"]), CancellationToken.None)) states.Add(answer.State!);
        return new(new(states, leases, objects), cluster.Nodes, cluster.NodeAddresses);
    }
}
