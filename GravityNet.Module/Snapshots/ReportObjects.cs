using System.Text.Json;
using System.Text.Json.Nodes;
using GravityNet.Facts;
using GravityNet.Parsing;

namespace GravityNet.Snapshots;

/// <summary>
/// The Kubernetes objects of a <c>gravity report</c>, out of what kubectl printed on a master (gravity, lib/report/k8s.go): the dump of the cluster where the report was
/// made with <c>--since=0s</c>, lists in YAML in Gravity 6.1, and else the texts of <c>kubectl describe</c>.
/// </summary>
/// <param name="files">The files of the master's <c>k8s-logs</c> archive.</param>
/// <param name="dump">Those of the dump inside it; null for none.</param>
internal sealed class ReportObjects(SnapshotFiles files, SnapshotFiles? dump)
{
    /// <summary>The dump's name in the archive.</summary>
    public const string Dump = "k8s-cluster-info-dump.tgz";

    // which of kubectl's words, which list of the dump, which files with YAML, and how the text is read
    private static readonly Dictionary<string, (string Resource, string Yaml, Func<string, IEnumerable<JsonObject>> Describe)> Kinds = new(StringComparer.Ordinal)
    {
        ["kube-nodes"] = ("nodes", "k8s-nodes", KubectlDescribe.Nodes),
        ["kube-pods"] = ("pods", "k8s-pod-yaml", KubectlDescribe.Pods),
        ["kube-services"] = ("services", "", KubectlDescribe.Services),
        ["kube-endpoints"] = ("endpoints", "", KubectlDescribe.Endpoints),
    };

    /// <summary>Whether a file of the <c>k8s-logs</c> archive is of use here; most of it are containers' logs.</summary>
    public static bool IsWanted(string path) => path == Dump || (path.StartsWith("k8s-", StringComparison.Ordinal) && !path.StartsWith("k8s-logs-", StringComparison.Ordinal)
        && (Kinds.Values.Any(k => k.Yaml == path || path.EndsWith("-" + k.Resource, StringComparison.Ordinal)) || path == "k8s-nodes-describe"));

    /// <summary>Whether a file of the dump is of use here.</summary>
    public static bool IsInDump(string path) => Kinds.Values.Any(k => Path.GetFileNameWithoutExtension(path) == k.Resource);

    /// <summary>A list in the API's form; null where the report has none.</summary>
    public FactResult? Read(string fact)
    {
        if (!Kinds.TryGetValue(fact, out var kind)) return null;
        var items = FromDump(kind.Resource) ?? (kind.Yaml.Length > 0 && files.Text(kind.Yaml) is { } text ? ItemsOf(text) : null) ?? FromText(kind.Resource, kind.Describe);
        return items is null ? null : new FactResult(fact, new JsonObject { ["kind"] = "List", ["items"] = new JsonArray([.. items]) }.ToJsonString());
    }

    // nodes.yaml, and NAMESPACE/pods.yaml; older kubectl call them .json, whatever is in them
    private List<JsonNode?>? FromDump(string resource)
    {
        List<JsonNode?>? all = null;
        foreach (var path in dump?.Paths.Where(p => Path.GetFileNameWithoutExtension(p) == resource) ?? [])
        {
            if (ItemsOf(dump!.Text(path)!) is { } items) (all ??= []).AddRange(items);
        }

        return all;
    }

    private static List<JsonNode?>? ItemsOf(string text)
    {
        JsonNode? root;
        try
        {
            root = text.AsSpan().TrimStart().StartsWith("{") ? JsonNode.Parse(text) : text.Contains("\nitems:", StringComparison.Ordinal) ? KubectlYaml.Parse(text) : null;
        }
        catch (JsonException)
        {
            return null;
        }

        if (root is not JsonObject list || list["items"] is not JsonArray array) return null;
        var items = array.ToList();
        array.Clear();
        return items;
    }

    private List<JsonNode?>? FromText(string resource, Func<string, IEnumerable<JsonObject>> describe)
    {
        // of the whole cluster, or one file a namespace
        string[] whole = [$"k8s-describe-{resource}", $"k8s-{resource}-describe"];
        var paths = whole.Where(p => files.Text(p) is not null).Take(1).ToList();
        if (paths.Count == 0) paths = [.. files.Paths.Where(p => p.EndsWith("-" + resource, StringComparison.Ordinal) && p != "k8s-" + resource)];
        return paths.Count == 0 ? null : [.. paths.SelectMany(p => describe(files.Text(p)!))];
    }
}
