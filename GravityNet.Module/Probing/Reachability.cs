using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using GravityNet.Facts;
using GravityNet.Findings;
using GravityNet.Overlay;
using GravityNet.Sources;

namespace GravityNet.Probing;

/// <summary>
/// Runs the reachability matrix: asks the nodes who is where, sends the probes of each origin node in one go, and looks into the pairs that fail.
/// </summary>
internal sealed class Reachability
{
    // who is where: the addresses of cni0, and a process in each pod's network namespace
    private static readonly FactRequest Places = new(["ip-addr"], ["ip-addr"]);
    private readonly GravityCluster _cluster;
    private readonly ReachabilityOptions _options;
    private readonly ReachabilityListener _listener;
    private readonly ConcurrentDictionary<ProbeKey, ProbeAnswer> _answers = new();
    private readonly RecordedFlows? _recorded;

    // nodes that did not answer, and why: each is told of once and not asked again
    private readonly ConcurrentDictionary<string, string> _silent = new(StringComparer.Ordinal);

    // nodes whose pods cannot be entered, and why
    private readonly ConcurrentDictionary<string, string> _closed = new(StringComparer.Ordinal);

    private Reachability(GravityCluster cluster, ReachabilityOptions options, ReachabilityListener listener)
    {
        (_cluster, _options, _listener) = (cluster, options, listener);
        if (cluster.Snapshot is { } snapshot) _recorded = RecordedFlows.Parse(snapshot.Flows);
    }

    /// <summary>
    /// Runs it. Results come as each origin node's probes end; those that fail come last, with what was found out about them.
    /// </summary>
    public static IAsyncEnumerable<ReachabilityResult> RunAsync(GravityCluster cluster, ReachabilityOptions options, ReachabilityListener listener, CancellationToken cancel) =>
        new Reachability(cluster, options, listener).RunAsync(cancel);

    private async IAsyncEnumerable<ReachabilityResult> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        _listener.Progress("asking nodes", 0);
        var stores = _cluster.ReadStoresAsync(_listener.Problem, cancel);
        var states = await AskAsync(Places, cancel).ConfigureAwait(false);
        var (leases, objects) = await stores.ConfigureAwait(false);
        if (!_cluster.IsLive) TellUnknown(leases, objects);
        var sites = new ProbeSites(new(states, leases, objects), _cluster.Nodes, _cluster.NodeAddresses, _recorded?.Ends);
        var isMissed = false;
        var plan = ProbePlan.Make(sites, _options, (kind, name, known) =>
        {
            isMissed = true;
            _listener.NotFound(kind, name, known);
        });
        if (plan.Count == 0 && !isMissed) _listener.Warning("There is nothing to probe: no origin and target are left, or the targets have no port of the protocol that was asked for.");
        var probes = Tellable(plan);
        var origins = probes.Select(p => p.From.Node).Distinct().Count();

        var failing = new List<(Probe Probe, ReachabilityResult Result)>();
        var done = 0;
        await foreach (var batch in SendAsync(probes, cancel).ConfigureAwait(false))
        {
            done++;
            _listener.Progress($"probed from {done} of {origins} nodes", done * (_options.Isolate ? 60 : 100) / Math.Max(1, origins));
            foreach (var (probe, answer) in batch)
            {
                var result = Result(probe, answer);
                if (_options.Isolate && answer.Passed == false) failing.Add((probe, result));
                else yield return result;
            }
        }

        if (failing.Count == 0) yield break;
        var isolation = new Isolation(sites);
        var stages = failing.SelectMany(f => isolation.StagesOf(f.Probe)).DistinctBy(p => p.Key).Where(p => !_answers.ContainsKey(p.Key)).ToList();
        _listener.Progress($"isolating {failing.Count} failing pairs", 70);
        _listener.Verbose(string.Create(CultureInfo.InvariantCulture, $"isolating {failing.Count} failing pairs with {stages.Count} more probes"));
        var evidence = AskAsync(Detectors.Request, cancel);
        await foreach (var _ in SendAsync(stages, cancel).ConfigureAwait(false)) done++;
        var evident = await evidence.ConfigureAwait(false);
        // a cause that could not be looked for is not taken for none
        foreach (var (node, fact) in evident.SelectMany(s => s.Facts.Facts.Values.Where(f => !f.Answered && !Detectors.Optional.Contains(f.Fact)).Select(f => (s.Node, Fact: f))))
            _listener.Warning($"{node}: {fact.Reason}. A cause that lies there is not found{(fact.IsDenied ? ": connect as root, or with -Sudo" : "")}.");
        foreach (var (node, fact) in evident.SelectMany(s => s.Facts.Facts.Values.Where(f => f.Damage.Length > 0).Select(f => (s.Node, Fact: f))))
            _listener.Warning($"{node}: {fact.Damage}. A cause that lies in what it lost is not found.");
        foreach (var missing in evident.SelectMany(s => Detectors.MissingOf(s).Select(f => (s.Node, Fact: f))).GroupBy(m => m.Fact))
            _listener.Warning($"{string.Join(", ", missing.Select(m => m.Node))}: '{missing.Key}' was not collected. A cause that lies there is not found.");
        var findings = Detectors.Run(new(evident, leases, objects));
        foreach (var finding in findings) _listener.Verbose(finding.ToString());
        foreach (var (probe, result) in failing) yield return isolation.Judge(result, probe, p => _answers.GetValueOrDefault(p.Key), findings);
    }

    // what a snapshot lacks names no origin and no target
    private void TellUnknown(LeaseTable leases, KubeObjects objects)
    {
        foreach (var (list, fact, of) in new (object?, string, string)[] { (objects.Pods, "kube-pods", "pods"), (objects.Services, "kube-services", "services") })
        {
            if (list is null) _listener.Warning($"The names of {of} are unknown: {objects.Unknown.GetValueOrDefault(fact)}.");
        }

        if (!leases.IsKnown) _listener.Warning($"The leases are unknown: {string.Join("; ", leases.Problems)}.");
    }

    // A recording answers for some pairs. Unless pairs are named, those are the matrix: a line 'unknown' for every other would bury them.
    private IReadOnlyList<Probe> Tellable(IReadOnlyList<Probe> probes)
    {
        if (_recorded is not { Ends.Count: > 0 } || _options.Selections.Any(s => s.From.Count > 0 || s.To.Count > 0)) return probes;
        var recorded = probes.Where(p => _recorded.Find(p) is not null).ToList();
        if (recorded.Count < probes.Count) _listener.Verbose(string.Create(CultureInfo.InvariantCulture, $"{probes.Count - recorded.Count} pairs are left out: the snapshot has no flow of them, and none can be sent"));
        return recorded;
    }

    private string NotEntered(ProbeOrigin origin) => _closed.TryGetValue(origin.Node, out var why)
        ? $"{origin.Name} cannot be entered: {why}"
        : $"no process of {origin.Name} was found on {origin.Node}: its network namespace cannot be entered";

    private async Task<List<NodeState>> AskAsync(FactRequest request, CancellationToken cancel)
    {
        var states = new List<NodeState>();
        await foreach (var answer in _cluster.AskAsync([.. _cluster.Nodes.Where(n => !_silent.ContainsKey(n))], request, cancel).ConfigureAwait(false))
        {
            if (answer.State is { } state)
            {
                states.Add(state);
                if (state.Facts.PodsUnknown is { Length: > 0 } why) _closed[answer.Node] = why;
            }

            if (answer.Problem is { } problem) Silent(answer.Node, problem);
        }

        return states;
    }

    private void Silent(string node, SourceException problem)
    {
        if (_silent.TryAdd(node, problem.Message)) _listener.Problem(problem);
    }

    // Hands over the answers of one origin node after the other, as they come.
    private async IAsyncEnumerable<IReadOnlyList<(Probe Probe, ProbeAnswer Answer)>> SendAsync(IReadOnlyList<Probe> probes, [EnumeratorCancellation] CancellationToken cancel)
    {
        var batches = Channel.CreateUnbounded<IReadOnlyList<(Probe, ProbeAnswer)>>();
        using var slots = new SemaphoreSlim(_cluster.Throttle);
        var all = Task.WhenAll(probes.GroupBy(p => p.From.Node).Select(OneAsync));
        _ = all.ContinueWith(t => batches.Writer.Complete(t.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await foreach (var batch in batches.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false)) yield return batch;
        cancel.ThrowIfCancellationRequested();

        async Task OneAsync(IGrouping<string, Probe> group)
        {
            try
            {
                await slots.WaitAsync(cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                var sent = group.ToList();
                var answers = await AnswersAsync(group.Key, sent, cancel).ConfigureAwait(false);
                var batch = sent.Zip(answers).ToList();
                foreach (var (probe, answer) in batch) _answers[probe.Key] = answer;
                batches.Writer.TryWrite(batch);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // the caller knows: it cancelled
            }
            finally
            {
                slots.Release();
            }
        }
    }

    private async Task<IReadOnlyList<ProbeAnswer>> AnswersAsync(string node, List<Probe> probes, CancellationToken cancel)
    {
        if (_recorded is not null)
        {
            const string NotRecorded = "not probed: a snapshot can send nothing, and it has no recorded flow of this pair";
            return [.. probes.Select(p => _recorded.Find(p) ?? ProbeAnswer.Unknown(NotRecorded))];
        }

        if (_silent.TryGetValue(node, out var why)) return [.. probes.Select(_ => ProbeAnswer.Unknown($"not probed: {why}"))];
        if (_cluster.Sources.FirstOrDefault(s => s.Name == node)?.Shell is not { } shell) return [.. probes.Select(_ => ProbeAnswer.Unknown($"not probed: {node} can run nothing"))];
        var answers = new ProbeAnswer[probes.Count];
        var sendable = new List<int>();
        for (var i = 0; i < probes.Count; i++)
        {
            if (probes[i].From is { Pod: not null, ProcessId: 0 }) answers[i] = ProbeAnswer.Unknown(NotEntered(probes[i].From));
            else sendable.Add(i);
        }

        if (sendable.Count == 0) return answers;
        var script = new ProbeScript([.. sendable.Select(i => probes[i])], _options.Count, _options.TimeoutSeconds);
        IReadOnlyList<ProbeAnswer> sent;
        try
        {
            var since = Stopwatch.StartNew();
            var result = await shell.RunAsync(script.Text, script.Limit, cancel).ConfigureAwait(false);
            sent = script.Read(result.Output, result.Error);
            _listener.Verbose(string.Create(CultureInfo.InvariantCulture, $"{node}: {sendable.Count} probes {since.ElapsedMilliseconds} ms"));
        }
        catch (SourceException e)
        {
            Silent(node, e);
            sent = [.. sendable.Select(_ => ProbeAnswer.Unknown($"not probed: {e.Message}"))];
        }

        for (var i = 0; i < sendable.Count; i++) answers[sendable[i]] = sent[i];
        return answers;
    }

    private static ReachabilityResult Result(Probe probe, ProbeAnswer answer) => new()
    {
        From = probe.From.Name,
        To = probe.To.Name,
        Target = probe.To.Word,
        Node = probe.From.Node,
        ToNode = probe.To.Node,
        Address = probe.To.Address,
        Port = probe.Port > 0 ? probe.Port : null,
        Protocol = probe.ProtocolWord,
        Sent = answer.Sent,
        Received = answer.Received,
        RttMs = answer.RttMs,
        State = answer.Verdict,
        Detail = answer.Detail,
    };
}
