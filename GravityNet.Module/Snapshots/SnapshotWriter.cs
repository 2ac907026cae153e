using System.Globalization;
using System.Text.Json.Nodes;
using GravityNet.Facts;
using GravityNet.Sources;

namespace GravityNet.Snapshots;

/// <summary>
/// Writes what a cluster's nodes and stores answer as a snapshot (<c>gravitynet-snapshot/1</c>), one answer after the other as they come.
/// </summary>
/// <param name="sink">Where it goes.</param>
/// <param name="at">When it is taken.</param>
internal sealed class SnapshotWriter(SnapshotSink sink, DateTimeOffset at)
{
    /// <summary>The name in a node's <c>facts.json</c> that tells why the node did not answer at all.</summary>
    internal const string NodeAnswer = "node";

    private readonly List<string> _nodes = [];
    private readonly List<string> _missing = [];
    private int _facts;
    private int _pods;

    /// <summary>What every node is asked for: all but where it keeps its keys, which is of use to a live connection alone.</summary>
    public static FactRequest Request { get; } = new([.. FactCatalog.All.Select(f => f.Name).Where(f => f is not ("etcd-files" or FactCatalog.NftKubeProxy))], FactCatalog.PodFacts);

    /// <summary>Writes which nodes it is of. Call it first.</summary>
    public void AddHeader(IEnumerable<INodeSource> nodes) => sink.Add(Snapshot.HeaderFile, new JsonObject
    {
        ["format"] = Snapshot.SnapshotFormat,
        ["takenAt"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["nodes"] = new JsonArray([.. nodes.Select(n => new JsonObject { ["name"] = n.Name, ["address"] = n.Address })]),
    }.ToJsonString());

    /// <summary>Writes what the stores answered, as far as it is of the network.</summary>
    public void AddStores(IEnumerable<FactResult> facts)
    {
        var answers = new JsonObject();
        foreach (var fact in facts)
        {
            var kept = fact.Answered ? StoreFilter.Keep(fact.Fact, fact.Text, out var reason) : null;
            if (kept is not null)
            {
                sink.Add($"cluster/{fact.Fact}.json", kept);
                _facts++;
                continue;
            }

            reason = fact.Answered ? $"{fact.Fact} is left out" : fact.Error.Length > 0 ? fact.Error : fact.Reason;
            answers[fact.Fact] = Answer(fact with { ExitCode = fact.Answered ? 1 : fact.ExitCode, Error = reason });
            if (fact.ExitCode != FactResult.NotServed) _missing.Add($"{fact.Fact}: {reason}");
        }

        if (answers.Count > 0) sink.Add("cluster/facts.json", answers.ToJsonString());
    }

    /// <summary>Writes what one node answered.</summary>
    /// <param name="state">The node.</param>
    /// <param name="objects">The Kubernetes objects, which name the pods of a live node.</param>
    public void AddNode(NodeState state, KubeObjects objects)
    {
        var root = Root(state.Node);
        var answers = new JsonObject();
        foreach (var (name, fact) in state.Facts.Facts.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            // a snapshot without facts.json has no exit codes: there the text alone is the answer
            if (fact.ExitCode is not null) answers[name] = Answer(fact);
            if (fact.Answered || fact.Text.Length > 0) sink.Add($"{root}{name}.txt", name == "flanneld-log" ? LogSecrets.Without(fact.Text) : fact.Text);
            if (fact.Answered) _facts++;
            else _missing.Add($"{state.Node}: {fact.Reason}");
        }

        var unknown = state.Facts.PodsUnknown;
        answers[SnapshotNode.PodsAnswer] = new JsonObject { ["exitCode"] = unknown.Length > 0 ? 1 : 0, ["stderr"] = unknown };
        if (unknown.Length > 0) _missing.Add($"{state.Node}: inside of pods: {unknown}");
        sink.Add($"{root}facts.json", answers.ToJsonString());

        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var space in state.Namespaces) AddPod(root, space, objects, used);
        _nodes.Add(state.Node);
    }

    /// <summary>Writes that a node did not answer.</summary>
    public void AddMissing(string node, string why)
    {
        sink.Add($"{Root(node)}facts.json", new JsonObject { [NodeAnswer] = new JsonObject { ["exitCode"] = -1, ["stderr"] = why } }.ToJsonString());
        _missing.Add($"{node}: {why}");
    }

    /// <summary>Notes something else that is not in it.</summary>
    public void NoteMissing(string what) => _missing.Add(what);

    /// <summary>Moves the snapshot to its place.</summary>
    public ClusterSnapshotFile Complete()
    {
        var bytes = sink.Complete();
        _nodes.Sort(StringComparer.Ordinal);
        _missing.Sort(StringComparer.Ordinal);
        return new() { Path = sink.Path, Nodes = _nodes, Pods = _pods, Facts = _facts, Bytes = bytes, At = at, Missing = _missing };
    }

    // a node says itself what it is called: the name is one folder's and nothing else
    private static string Root(string node) => node.IndexOfAny(['/', '\\']) < 0 && node is not ("" or "." or "..") && !node.Any(char.IsControl)
        ? $"nodes/{node}/"
        : throw new IOException($"A node is called '{node}', which cannot be the name of a folder");

    private void AddPod(string root, NamespaceState space, KubeObjects objects, HashSet<string> used)
    {
        var pod = space.Facts.Pod ?? space.Addresses.Select(objects.PodAt).OfType<Pod>().Select(p => ((string, string)?)(p.Namespace, p.Name)).FirstOrDefault();
        // no underscore: that is what tells a pod's name from what has none
        var key = pod is ({ Length: > 0 } ns, { Length: > 0 } name) && used.Add($"{ns}_{name}") ? $"{ns}_{name}" : $"netns-{space.Facts.Key.Replace('_', '-').Replace('/', '-')}";
        foreach (var (fact, answer) in space.Facts.Facts.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            // what failed inside is not there, and so not known
            if (!answer.Answered) continue;
            sink.Add($"{root}pods/{key}/{fact}.txt", answer.Text);
            _facts++;
        }

        _pods++;
    }

    private static JsonObject Answer(FactResult fact) => new()
    {
        ["command"] = fact.Command,
        ["exitCode"] = fact.ExitCode,
        ["stderr"] = fact.Error,
        ["milliseconds"] = fact.Elapsed is { } elapsed ? (int)Math.Min(int.MaxValue, elapsed.TotalMilliseconds) : null,
    };
}
