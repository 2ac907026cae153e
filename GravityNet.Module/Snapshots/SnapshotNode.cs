using System.Text.Json;
using GravityNet.Facts;
using GravityNet.Parsing;
using GravityNet.Sources;

namespace GravityNet.Snapshots;

/// <summary>
/// A node out of a snapshot.
/// </summary>
internal sealed class SnapshotNode(SnapshotFiles files, string name, string address, DateTimeOffset takenAt) : INodeSource
{
    public string Name => name;

    public string Address => address;

    public INodeShell? Shell => null;

    public Task<NodeFacts> CollectAsync(FactRequest request, CancellationToken cancel)
    {
        var root = $"nodes/{name}/";
        var answers = Answers(root);
        var facts = new Dictionary<string, FactResult>(StringComparer.Ordinal);
        foreach (var fact in request.NodeFacts)
        {
            if (Read(root, fact, answers) is { } result) facts[fact] = result;
        }

        return Task.FromResult(new NodeFacts(name, address, facts, request.PodFacts.Count > 0 ? Pods(root, request.PodFacts) : []) { TakenAt = takenAt });
    }

    private List<NamespaceFacts> Pods(string root, IReadOnlyList<string> wanted)
    {
        var prefix = root + "pods/";
        var keys = files.Paths.Where(p => p.StartsWith(prefix, StringComparison.Ordinal)).Select(p => p[prefix.Length..].Split('/')[0]).Distinct();
        var pods = new List<NamespaceFacts>();
        foreach (var key in keys)
        {
            var facts = wanted.Select(fact => Read($"{prefix}{key}/", fact, null)).OfType<FactResult>().ToDictionary(r => r.Fact, StringComparer.Ordinal);
            // neither part of a pod's name can hold an underscore (RFC 1123), so the first one separates them
            var parts = key.Split('_', 2);
            pods.Add(new(key, facts) { Pod = parts.Length == 2 ? (parts[0], parts[1]) : null });
        }

        return pods;
    }

    private FactResult? Read(string folder, string fact, Dictionary<string, FactResult>? answers)
    {
        var text = files.Text($"{folder}{fact}.txt");
        var answer = answers?.GetValueOrDefault(fact);
        // a command that printed nothing leaves an empty file; one that failed may leave none
        if (answer is not null && (text is not null || !answer.Answered)) return answer with { Text = text ?? "" };
        return text is null ? null : new FactResult(fact, text);
    }

    // facts.json: for each fact its command, exit code, standard error and milliseconds
    private Dictionary<string, FactResult>? Answers(string root)
    {
        if (files.Text(root + "facts.json") is not { } json) return null;
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
