using System.Runtime.CompilerServices;
using System.Threading.Channels;
using GravityNet.Connecting;
using GravityNet.Facts;
using GravityNet.Overlay;
using GravityNet.Snapshots;
using GravityNet.Sources;

namespace GravityNet;

/// <summary>
/// A connection to a cluster: its nodes and stores, live or out of a snapshot, and what was found when it was opened.
/// </summary>
public sealed class GravityCluster : IAsyncDisposable
{
    private static readonly string[] KubeFacts = ["kube-nodes", "kube-pods", "kube-services", "kube-endpoints", "kube-endpointslices"];
    private readonly IClusterSource? _objects;
    private readonly IReadOnlyList<ILeaseSource> _leases;
    private readonly int _throttle;

    internal GravityCluster(string name, IReadOnlyList<INodeSource> nodes, IReadOnlyList<ILeaseSource> leases, IClusterSource? objects, int throttle, Snapshot? snapshot = null)
    {
        Name = name;
        Sources = nodes;
        _leases = leases;
        _objects = objects;
        _throttle = Math.Max(1, throttle);
        Snapshot = snapshot;
    }

    /// <summary>What the connection is called: the first node, or the snapshot's file without its ending.</summary>
    public string Name { get; }

    /// <summary>The snapshot's path; empty for a live connection.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>The names of its nodes.</summary>
    public IReadOnlyList<string> Nodes => [.. Sources.Select(s => s.Name)];

    /// <summary>Whether it answers live; else it is a snapshot.</summary>
    public bool IsLive => Snapshot is null;

    /// <summary>Where the leases live: <c>etcd-v2</c>, <c>etcd-v3</c>, <c>kubernetes</c>, several of them with commas, or <c>unknown</c>.</summary>
    public string LeaseHome { get; internal set; } = "unknown";

    /// <summary>The home that leases are read from, as it was chosen: <c>Auto</c> for all that are reached, <c>EtcdV2</c>, <c>EtcdV3</c> or <c>Kubernetes</c>.</summary>
    public string LeaseSource => ChosenHome.ToString();

    /// <summary>The overlay's address range; empty where unknown.</summary>
    public string OverlayNetwork { get; internal set; } = "";

    /// <summary>The VXLAN network identifier; null where unknown.</summary>
    public int? Vni { get; internal set; }

    /// <summary>The VXLAN UDP port; null where unknown.</summary>
    public int? Port { get; internal set; }

    /// <summary>The range that the services' addresses are in; empty where unknown.</summary>
    public string ServiceNetwork { get; internal set; } = "";

    /// <summary>Where the Kubernetes objects come from; empty for nowhere.</summary>
    public string KubernetesApi => _objects?.Place ?? "";

    /// <summary>Where the leases' stores are; empty for nowhere but Kubernetes.</summary>
    public string Etcd => string.Join(", ", _leases.Select(l => l.Place));

    /// <summary>When it was opened, or when the snapshot was taken (UTC).</summary>
    public DateTimeOffset At { get; internal set; }

    internal LeaseSource ChosenHome { get; init; }

    internal IReadOnlyList<INodeSource> Sources { get; }

    /// <summary>The nodes that were given and could not be connected to.</summary>
    internal IReadOnlyList<FailedNode> NotConnected { get; init; } = [];

    /// <summary>The Kubernetes objects as they were last read, for completion, which must not wait; null before the first reading.</summary>
    internal KubeObjects? LastObjects { get; private set; }

    internal Snapshot? Snapshot { get; }

    /// <summary>The stores that tell changes: none in a snapshot.</summary>
    internal IReadOnlyList<ILeaseWatch> Watches => [.. _leases.OfType<ILeaseWatch>(), .. new object?[] { _objects }.OfType<ILeaseWatch>()];

    /// <summary>How many nodes are worked on at the same time.</summary>
    internal int Throttle => _throttle;

    /// <summary>Underlay address by node name.</summary>
    internal IReadOnlyDictionary<string, string> NodeAddresses => Sources.Where(s => s.Address.Length > 0).ToDictionary(s => s.Name, s => s.Address);

    /// <summary>
    /// Asks the stores: leases and Kubernetes objects. A store that does not answer is a problem handed to <paramref name="onProblem"/>, and what it holds is unknown.
    /// </summary>
    internal async Task<(LeaseTable Leases, KubeObjects Objects)> ReadStoresAsync(Action<SourceException> onProblem, CancellationToken cancel)
    {
        var (objects, leases) = await CollectStoresAsync(ChosenHome, onProblem, cancel).ConfigureAwait(false);
        var kube = KubeObjects.From(objects);
        LastObjects = kube;
        return (LeaseReader.Read(leases, kube.Nodes, NodeAddresses, ChosenHome), kube);
    }

    /// <summary>
    /// Asks the stores for what they hold, as they print it: the Kubernetes objects and the keys of flannel. A store that did not answer is a fact named after it, with the reason.
    /// </summary>
    internal async Task<(IReadOnlyList<FactResult> Objects, IReadOnlyList<FactResult> Leases)> CollectStoresAsync(LeaseSource home, Action<SourceException> onProblem, CancellationToken cancel)
    {
        var reporting = new Lock();
        var objects = _objects is null ? Task.FromResult<IReadOnlyList<FactResult>>([]) : Guard("kube", () => _objects.CollectAsync(KubeFacts, cancel));
        // a home that is not wanted is not asked
        var leases = (home == GravityNet.LeaseSource.Kubernetes ? [] : _leases).Select(source => Guard("etcd", () => source.CollectAsync(cancel))).ToList();
        await Task.WhenAll([objects, .. leases]).ConfigureAwait(false);
        var facts = new List<FactResult>();
        foreach (var answer in leases) facts.AddRange(await answer.ConfigureAwait(false));
        return (await objects.ConfigureAwait(false), facts);

        async Task<IReadOnlyList<FactResult>> Guard(string store, Func<Task<IReadOnlyList<FactResult>>> ask)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (SourceException e)
            {
                lock (reporting) onProblem(e);
                // a fact without an answer: no facts at all would read as a store that holds nothing
                return [new FactResult(store, "") { ExitCode = -1, Error = e.Message }];
            }
        }
    }

    /// <summary>
    /// Asks each of the nodes once, side by side, and hands over each answer as it comes: the node's state, or why it did not answer.
    /// </summary>
    internal async IAsyncEnumerable<NodeAnswer> AskAsync(IReadOnlyCollection<string> nodes, FactRequest request, [EnumeratorCancellation] CancellationToken cancel)
    {
        var answers = Channel.CreateUnbounded<NodeAnswer>();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var stop = ending.Token;
        // each in a worker of its own: a source that blocks before its first await holds up no other
        var all = Parallel.ForEachAsync(Sources.Where(s => nodes.Contains(s.Name)), new ParallelOptions { MaxDegreeOfParallelism = _throttle }, (source, _) => AskOneAsync(source));
        _ = all.ContinueWith(t => answers.Writer.Complete(t.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await foreach (var answer in answers.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false)) yield return answer;
        }
        finally
        {
            // the caller may have had enough before all have answered: what still runs is ended
            await ending.CancelAsync().ConfigureAwait(false);
            await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancel.ThrowIfCancellationRequested();

        async ValueTask AskOneAsync(INodeSource source)
        {
            try
            {
                // a node whose turn comes after the cancellation is not asked any more
                stop.ThrowIfCancellationRequested();
                answers.Writer.TryWrite(new(source.Name, new NodeState(await source.CollectAsync(request, stop).ConfigureAwait(false)), null));
            }
            catch (SourceException e)
            {
                answers.Writer.TryWrite(new(source.Name, null, e));
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // the caller knows: it cancelled
            }
            catch (OperationCanceledException e)
            {
                var message = $"{source.Name} gave up before it answered: {e.Message}";
                answers.Writer.TryWrite(new(source.Name, null, new SourceException(SourceFailure.TimedOut, source.Name, message, "Ask it again; where that does not help, look at the node's load.", e)));
            }
        }
    }

    /// <summary>The connection's name.</summary>
    public override string ToString() => Name;

    /// <summary>Closes every connection to the nodes.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var source in Sources)
        {
            if (source.Shell is { } shell) await shell.DisposeAsync().ConfigureAwait(false);
        }
    }
}
