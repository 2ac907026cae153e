using System.Collections.Concurrent;
using GravityNet.Facts;
using GravityNet.Overlay;
using GravityNet.Sources;

namespace GravityNet.Connecting;

/// <summary>
/// Opens a live cluster: connects to its nodes side by side, asks each for its name, opens the stores, and finds out what there is to say of it.
/// </summary>
/// <param name="transports">Makes the connections.</param>
/// <param name="options">What was asked for.</param>
/// <param name="report">Told what happens on the way.</param>
internal sealed class ClusterOpener(ITransportFactory transports, OpeningOptions options, IOpeningReport report)
{
    private readonly List<LiveNode> _nodes = [];
    private readonly List<FailedNode> _failures = [];
    private readonly EtcdFinder _etcd = new(transports, options, report);
    private readonly ConcurrentDictionary<LiveNode, string> _given = new();
    private int _done;

    /// <summary>The nodes that could not be connected to.</summary>
    public IReadOnlyList<FailedNode> Failures => _failures;

    /// <summary>
    /// Connects to the targets and opens the stores. A node that cannot be connected to is reported, unless it is the only one, and the others make the cluster.
    /// </summary>
    /// <returns>The cluster; null where no node could be connected to.</returns>
    /// <exception cref="SourceException">A certificate file is missing or is not what it should be.</exception>
    public async Task<GravityCluster?> OpenAsync(IReadOnlyList<SshTarget> targets, CancellationToken cancel)
    {
        // what can be wrong with the files is told before anybody is connected to
        var leases = options is { Etcd.Count: > 0, EtcdNodes.Count: 0 } ? transports.OpenEtcd([.. options.Etcd.Select(EtcdEndpoint.FromUri)], options.EtcdTls) : null;
        var isLocal = options.Kube is { Node: null };
        var objects = isLocal ? OpenKubernetes(options.Kube!) : null;
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Throttle, CancellationToken = cancel };
            await Parallel.ForEachAsync(targets, parallel, (target, stop) => ConnectAsync(target, targets.Count, stop)).ConfigureAwait(false);
            await MergeTwinsAsync().ConfigureAwait(false);
            _nodes.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
            if (_nodes.Count > 0) leases ??= await FindEtcdAsync([.. _nodes]).ConfigureAwait(false);
            if (!isLocal && _nodes.Count > 0) objects = await OpenKubernetesAsync([.. _nodes], cancel).ConfigureAwait(false);
            if (options.Discover && _nodes.Count > 0)
            {
                var named = _nodes.ToList();
                await ConnectOthersAsync(Cluster(), targets, cancel).ConfigureAwait(false);
                _nodes.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
                if (_nodes.Count > named.Count && options.EtcdNodes.Count == 0) leases ??= await FindEtcdAsync(_nodes.Except(named)).ConfigureAwait(false);
                if (_nodes.Count > named.Count && options.Kube is null) objects ??= await OpenKubernetesAsync([.. _nodes.Except(named)], cancel).ConfigureAwait(false);
            }
        }
        catch
        {
            foreach (var node in _nodes) await node.Shell!.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        if (_nodes.Count == 0) return null;
        return Cluster();

        Task<ILeaseSource?> FindEtcdAsync(IEnumerable<LiveNode> nodes) => _etcd.OpenAsync([.. nodes.Select(n => (n, _given[n]))], cancel);

        GravityCluster Cluster() => new(_nodes[0].Name, [.. _nodes], leases is null ? [] : [leases], objects, options.Throttle)
        {
            At = DateTimeOffset.UtcNow,
            ChosenHome = options.LeaseSource,
            NotConnected = _failures,
        };
    }

    /// <summary>Asks the nodes and the stores of an opened cluster, live or a snapshot, for what the connection says of itself.</summary>
    public static async Task DescribeAsync(GravityCluster cluster, IOpeningReport report, CancellationToken cancel)
    {
        var stores = cluster.ReadStoresAsync(report.Error, cancel);
        var states = new List<ClusterOverview.Part>();
        await foreach (var answer in cluster.AskAsync(cluster.Nodes, new("ip-addr", "ip-route", "subnet-env"), cancel).ConfigureAwait(false))
        {
            if (answer.State is { } state) states.Add(ClusterOverview.Part.Of(state));
            else if (answer.Problem is { } problem) report.Error(problem);
        }

        var (leases, objects) = await stores.ConfigureAwait(false);
        foreach (var problem in leases.Problems) report.Verbose(problem);
        if (cluster is { Etcd.Length: 0, KubernetesApi.Length: 0 })
            report.Warning("Neither etcd nor a Kubernetes API was found: leases, and the names of pods and services, are unknown. -Etcd, -EtcdNode, -KubeConfig and -KubeNode say where they are; -Verbose tells what was tried.");
        if (cluster.IsLive && objects.Nodes is { Count: > 0 } known && !known.Any(k => cluster.Sources.Any(n => NodeKubernetes.IsSame(k, n))))
            report.Warning($"The Kubernetes API at {cluster.KubernetesApi} knows none of these nodes ({string.Join(", ", known.Take(3).Select(k => k.Name))} and so on): it may be another cluster's.");
        ClusterOverview.Describe(cluster, states, leases, objects);
    }

    // The cluster's other nodes, as those that are connected to and the stores know them. One of them may be a named node under another address: it is asked once.
    private async Task ConnectOthersAsync(GravityCluster cluster, IReadOnlyList<SshTarget> named, CancellationToken cancel)
    {
        var found = await NodeDiscovery.FindAsync(cluster, options.Timeout, report, cancel).ConfigureAwait(false);
        if (found.Count == 0) report.Warning("-Discover found no node: neither Kubernetes nor leases nor 'gravity status' on the nodes named any.");
        foreach (var node in found) report.Verbose($"{(node.Name.Length > 0 ? node.Name : node.Address)}: found at {node.Address} by {node.Where}");
        var others = found.Where(f => !named.Any(t => t.Host == f.Address || t.Host == f.Name) && !_nodes.Exists(n => n.Address == f.Address || n.Name == f.Name.Split('.')[0])).ToList();
        if (others.Count == 0) return;

        var targets = transports.Resolve([.. others.Select(f => NodeDiscovery.Typed(options.Typed.FirstOrDefault(""), f.Address))], options.Ssh, report.Verbose);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Throttle, CancellationToken = cancel };
        _done = 0;
        await Parallel.ForEachAsync(targets, parallel, (target, stop) => ConnectAsync(target, targets.Count, stop)).ConfigureAwait(false);
        await MergeTwinsAsync(quietly: true).ConfigureAwait(false);
    }

    private IClusterSource? OpenKubernetes(KubeOptions kube)
    {
        try
        {
            return transports.OpenKubernetes(kube, report.Warning);
        }
        catch (SourceException e)
        {
            report.Error(e);
            return null;
        }
    }

    private async Task<IClusterSource?> OpenKubernetesAsync(IReadOnlyList<LiveNode> nodes, CancellationToken cancel)
    {
        if (options.Kube?.Node == KubeOptions.NoNode) return null;
        var way = new NodeKubernetes(transports, options, report);
        try
        {
            return await (options.Kube?.Node is { } node ? way.OpenAsync([.. nodes.Select(n => (n, _given[n]))], node, cancel) : way.FindAsync(nodes, cancel)).ConfigureAwait(false);
        }
        catch (SourceException e)
        {
            report.Error(e);
            return null;
        }
    }

    private async ValueTask ConnectAsync(SshTarget target, int count, CancellationToken cancel)
    {
        try
        {
            var shell = await transports.ConnectAsync(target, options.Ssh, cancel).ConfigureAwait(false);
            var node = await IdentifyAsync(shell, target, cancel).ConfigureAwait(false);
            _given[node] = target.Name;
            lock (_nodes) _nodes.Add(node);
            report.Verbose($"{node.Name}: connected to {target.User}@{target.Host}:{target.Port}{Way(target)}");
        }
        catch (SourceException e)
        {
            lock (_nodes) _failures.Add(new(target, e));

            // where it is the only node, the command ends with it
            if (count > 1) report.Error(e);
        }
        finally
        {
            report.Progress("Connecting", $"{Interlocked.Increment(ref _done)} of {count}", _done * 100 / count);
        }
    }

    private static string Way(SshTarget target) =>
        target.Jumps.Count == 0 ? "" : " through " + string.Join(", ", target.Jumps.Select(j => $"{j.User}@{j.Host}:{j.Port}"));

    // What the node calls itself is what leases, Kubernetes and its colleagues call it; the address given may be that of another network.
    private async Task<LiveNode> IdentifyAsync(INodeShell shell, SshTarget target, CancellationToken cancel)
    {
        try
        {
            var request = new FactRequest(["hostname", "ip-addr", .. _etcd.IsNeeded ? EtcdFinder.Facts : []]);
            var state = new NodeState(await new LiveNode(target.Name, target.Host, shell, options.Timeout).CollectAsync(request, cancel).ConfigureAwait(false));
            var name = state.Facts.Get("hostname") is { Answered: true } answer && answer.Text.Trim() is { Length: > 0 } own ? own.Split('.')[0] : target.Host;
            var device = VxlanFdb.DeviceOf(state);
            var address = device?.Vxlan?.Local is { Length: > 0 } local ? local : target.Host;
            shell.Node = name;
            _etcd.Learn(name, state);
            return new LiveNode(name, address, shell, options.Timeout);
        }
        catch
        {
            await shell.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task MergeTwinsAsync(bool quietly = false)
    {
        foreach (var twins in _nodes.GroupBy(n => n.Name).Where(g => g.Count() > 1).ToList())
        {
            if (!quietly) report.Warning($"{twins.Count()} of the addresses given are those of one node, {twins.Key}: it is asked once.");
            foreach (var twin in twins.Skip(1).ToList())
            {
                _nodes.Remove(twin);
                await twin.Shell!.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
