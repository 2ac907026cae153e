using System.Diagnostics;
using System.Management.Automation;
using GravityNet.Overlay;
using GravityNet.Sources;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Watch-OverlayLease</c>: each change of a lease as it happens, until Ctrl+C or the bound that was given.
/// </summary>
[Cmdlet(VerbsCommon.Watch, "OverlayLease")]
[OutputType(typeof(OverlayLeaseChange))]
public sealed class WatchOverlayLeaseCommand : NodeCmdlet
{
    // a store that restarts is back sooner, and nothing is missed
    private static readonly TimeSpan QuietLoss = TimeSpan.FromSeconds(5);

    /// <summary>Ends after so many changes.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    /// <summary>Ends after so many seconds.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue / 1000)]
    public int? Seconds { get; set; }

    private protected override async Task AnswerAsync(GravityCluster cluster, PipelineWriter writer, CancellationToken cancel)
    {
        if (!cluster.IsLive)
        {
            writer.Error(NothingToWatch(cluster, "A snapshot does not change: there is nothing to watch.", "Connect to the cluster live."));
            return;
        }

        var patterns = Patterns(cluster, writer);
        if (NodeNames.Count > 0 && patterns.Count == 0) return;
        IReadOnlyCollection<LeaseSource> homes = cluster.ChosenHome == LeaseSource.Auto ? [LeaseSource.EtcdV2, LeaseSource.EtcdV3, LeaseSource.Kubernetes] : [cluster.ChosenHome];
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (Seconds is { } seconds) bound.CancelAfter(TimeSpan.FromSeconds(seconds));
        var watch = new LeaseWatch(cluster.LastObjects?.Nodes, cluster.NodeAddresses);
        var states = homes.ToDictionary(h => h, _ => new HomeState());
        var ended = new List<string>();
        var left = Count ?? int.MaxValue;
        var writing = new Lock();
        try
        {
            await Task.WhenAll(cluster.Watches.Select(s => s.WatchLeasesAsync(homes, Tell, bound.Token))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            // the bound, or Ctrl+C, which the caller tells by itself
            return;
        }

        // whoever could be watched is watched until the end: here nobody could
        writer.Error(NothingToWatch(
            cluster,
            ended.Count > 0 ? $"No home of leases can be watched: {string.Join("; ", ended)}" : "The connection has no store of leases that could be watched.",
            cluster.ChosenHome == LeaseSource.Auto ? "Connect with -Etcd or -KubeConfig, whichever holds the leases."
                : $"The connection was told to read one home alone (-LeaseSource {cluster.LeaseSource}): connect without it, or with the store that has it."));

        void Tell(LeaseStoreEvent told)
        {
            lock (writing)
            {
                Note(told, states[told.Home], ended, writer);
                foreach (var change in watch.Apply(told, DateTimeOffset.UtcNow).Where(c => NodeNames.Count == 0 || patterns.Exists(p => p.IsMatch(c.Node))))
                {
                    if (left <= 0) return;
                    writer.Write(change);
                    if (--left == 0) bound.Cancel();
                }
            }
        }
    }

    private List<WildcardPattern> Patterns(GravityCluster cluster, PipelineWriter writer)
    {
        var known = cluster.Nodes.Union((cluster.LastObjects?.Nodes ?? []).Select(n => n.Name), StringComparer.OrdinalIgnoreCase).ToList();
        var patterns = new List<WildcardPattern>();
        foreach (var name in NodeNames.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (WildcardPattern.ContainsWildcardCharacters(name) || known.Contains(name, StringComparer.OrdinalIgnoreCase)) patterns.Add(WildcardPattern.Get(name, WildcardOptions.IgnoreCase));
            else writer.Error(Errors.NotFound("node", name, known));
        }

        return patterns;
    }

    private static void Note(LeaseStoreEvent told, HomeState state, List<string> ended, PipelineWriter writer)
    {
        var home = LeaseHomes.NameOf(told.Home);
        switch (told.Kind)
        {
            case LeaseStoreEventKind.Listed:
                writer.Verbose(state.Heard ? $"{home} is listed again, and watched from there" : $"{home} is watched");
                state.Back();
                break;
            case LeaseStoreEventKind.Resumed:
                writer.Verbose($"{home} is watched again from where it ended: nothing was missed");
                state.Back();
                break;
            case LeaseStoreEventKind.Lost:
                writer.Verbose($"{home} is not watched now, and is tried again: {told.Text}");
                if (state.MustWarn()) writer.Warning($"{home} is not watched now, and is tried again: {told.Text}");
                break;
            case LeaseStoreEventKind.NotServed:
                writer.Verbose($"{home} is not watched: {told.Text}");
                ended.Add($"{home}: {told.Text}");
                break;
            case LeaseStoreEventKind.Ended:
                writer.Warning($"{home} is not watched: {told.Text}");
                ended.Add($"{home}: {told.Text}");
                break;
        }
    }

    private static ErrorRecord NothingToWatch(GravityCluster cluster, string message, string remedy) =>
        Errors.Create(new InvalidOperationException(message), "NothingToWatch", ErrorCategory.InvalidOperation, cluster.Name, message, remedy);

    /// <summary>How it stands with the connection to a home.</summary>
    private sealed class HomeState
    {
        private readonly Stopwatch _lost = new();
        private bool _warned;

        /// <summary>Whether it was ever listed.</summary>
        public bool Heard { get; private set; }

        /// <summary>It answers.</summary>
        public void Back()
        {
            (Heard, _warned) = (true, false);
            _lost.Reset();
        }

        /// <summary>It does not answer: whether that has to be said aloud now, which is once until it answers again.</summary>
        public bool MustWarn()
        {
            _lost.Start();
            if (_warned || (Heard && _lost.Elapsed < QuietLoss)) return false;
            return _warned = true;
        }
    }
}
