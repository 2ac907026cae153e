using System.Text.Json;
using GravityNet.Facts;
using GravityNet.Parsing;
using GravityNet.Sources;

namespace GravityNet.Snapshots;

/// <summary>
/// A node out of a snapshot or a report.
/// </summary>
/// <param name="name">The node's name.</param>
/// <param name="address">Its address on the underlay; empty where unknown.</param>
/// <param name="takenAt">When it was asked.</param>
/// <param name="files">The files; opened when the node is asked first.</param>
/// <param name="root">The folder of the node's facts, with a <c>/</c> at its end; empty for the files' root.</param>
/// <param name="extension">What follows a fact's name.</param>
internal sealed class SnapshotNode(string name, Lazy<string> address, DateTimeOffset takenAt, Lazy<SnapshotFiles> files, string root, string extension) : INodeSource
{
    /// <summary>The name in <c>facts.json</c> that tells whether the node's pods could be looked for.</summary>
    internal const string PodsAnswer = "pods";

    public string Name => name;

    public string Address => address.Value;

    public INodeShell? Shell => null;

    public Task<NodeFacts> CollectAsync(FactRequest request, CancellationToken cancel)
    {
        try
        {
            var source = files.Value;
            var answers = Answers(source);
            if (answers?.GetValueOrDefault(SnapshotWriter.NodeAnswer) is { Answered: false } silent)
                throw new SourceException(SourceFailure.Unreachable, name, $"{name} did not answer when the snapshot was taken: {silent.Error}", "Take a snapshot again when the node answers.");
            var facts = new Dictionary<string, FactResult>(StringComparer.Ordinal);
            // a snapshot holds all tables of nf_tables, and kube-proxy's among them
            foreach (var fact in request.NodeFacts.Select(f => f == FactCatalog.NftKubeProxy ? "nft" : f))
            {
                if (Read(source, root, fact, answers) is { } result) facts[fact] = result;
            }

            var pods = request.PodFacts.Count > 0 ? Pods(source, request.PodFacts) : [];
            return Task.FromResult(new NodeFacts(name, Address, facts, pods)
            {
                TakenAt = takenAt,
                PodsUnknown = request.PodFacts.Count > 0 && pods.Count == 0 ? WhyNoPods(answers) : "",
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // a folder's files are read only now
            throw new SourceException(SourceFailure.Unreachable, name, $"The files of {name} in '{files.Value.Place}' cannot be read: {e.Message}", "See that the snapshot's folder is whole and that you may read it.", e);
        }
    }

    private List<NamespaceFacts> Pods(SnapshotFiles source, IReadOnlyList<string> wanted)
    {
        var prefix = root + "pods/";
        var keys = source.Below(prefix).Select(p => p[prefix.Length..].Split('/')[0]).Distinct();
        var pods = new List<NamespaceFacts>();
        foreach (var key in keys)
        {
            var facts = wanted.Select(fact => Read(source, $"{prefix}{key}/", fact, null)).OfType<FactResult>().ToDictionary(r => r.Fact, StringComparer.Ordinal);
            // neither part of a pod's name can hold an underscore (RFC 1123), so the first one separates them
            var parts = key.Split('_', 2);
            pods.Add(new(key, facts) { Pod = parts.Length == 2 ? (parts[0], parts[1]) : null });
        }

        return pods;
    }

    // that there is nothing of pods says that there were none only where that was noted
    private static string WhyNoPods(Dictionary<string, FactResult>? answers) => answers?.GetValueOrDefault(PodsAnswer) switch
    {
        { Answered: true } => "",
        { } answer => answer.Error,
        null => "nothing from inside of them was collected",
    };

    private FactResult? Read(SnapshotFiles source, string folder, string fact, Dictionary<string, FactResult>? answers)
    {
        var text = source.Text(folder + fact + extension);
        var answer = answers?.GetValueOrDefault(fact);
        // a command that printed nothing leaves an empty file; one that failed may leave none
        if (answer is not null && (text is not null || !answer.Answered)) return answer with { Text = text ?? "" };
        return text is null ? null : new FactResult(fact, text);
    }

    // facts.json: for each fact its command, exit code, standard error and milliseconds
    private Dictionary<string, FactResult>? Answers(SnapshotFiles source) => Answers(source, root + "facts.json");

    /// <summary>What is noted of each fact beside its text; null where nothing is, or nothing readable.</summary>
    internal static Dictionary<string, FactResult>? Answers(SnapshotFiles source, string path)
    {
        if (source.Text(path) is not { } json) return null;
        try
        {
            var answers = new Dictionary<string, FactResult>(StringComparer.Ordinal);
            using var document = JsonDocument.Parse(json);
            foreach (var fact in document.RootElement.EnumerateObject())
            {
                var value = fact.Value;
                answers[fact.Name] = new FactResult(fact.Name, "")
                {
                    Command = value.Text("command"),
                    ExitCode = value.Number("exitCode"),
                    Error = value.Text("stderr"),
                    Elapsed = value.Number("milliseconds") is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
                };
            }

            return answers;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // the texts themselves are still good
            return null;
        }
    }
}
