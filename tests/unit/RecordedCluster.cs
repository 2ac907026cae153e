using GravityNet.Facts;
using GravityNet.Overlay;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>
/// A recorded cluster of which single texts can be changed: the state of a real one, with one thing wrong.
/// </summary>
internal sealed class RecordedCluster(string recording = "healthy")
{
    private readonly Dictionary<string, string> _files = new(Recordings.Open(recording), StringComparer.Ordinal);

    public static readonly IReadOnlyDictionary<string, string> Addresses = new Dictionary<string, string>
    {
        ["node-1"] = "192.168.33.11",
        ["node-2"] = "192.168.33.12",
        ["node-3"] = "192.168.33.13",
    };

    /// <summary>Replaces a part of a node's fact. The part must be there: an edit that changes nothing would prove nothing.</summary>
    public RecordedCluster Edit(string node, string fact, string old, string @new) => Change($"nodes/{node}/{fact}.txt", old, @new);

    /// <summary>Replaces a part of a store's answer.</summary>
    public RecordedCluster EditStore(string fact, string old, string @new) => Change($"cluster/{fact}.json", old, @new);

    /// <summary>Replaces the whole of a store's answer.</summary>
    public RecordedCluster SetStore(string fact, string text)
    {
        _files[$"cluster/{fact}.json"] = text;
        return this;
    }

    /// <summary>Adds a line to a node's fact.</summary>
    public RecordedCluster Append(string node, string fact, string line)
    {
        _files[$"nodes/{node}/{fact}.txt"] += line + "\n";
        return this;
    }

    /// <summary>Takes away every file whose path begins so.</summary>
    public RecordedCluster Without(string prefix)
    {
        var gone = _files.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(gone);
        foreach (var path in gone) _files.Remove(path);
        return this;
    }

    public LeaseTable Leases => LeaseReader.Read(
        new[] { "etcd-v2", "etcd-v3" }.Where(f => _files.ContainsKey($"cluster/{f}.json")).Select(f => new FactResult(f, _files[$"cluster/{f}.json"])), Objects.Nodes, Addresses);

    public KubeObjects Objects => KubeObjects.From(_files.Where(f => f.Key.StartsWith("cluster/kube-", StringComparison.Ordinal))
        .Select(f => new FactResult(Path.GetFileNameWithoutExtension(f.Key), f.Value)));

    public NodeState Node(string name)
    {
        var root = $"nodes/{name}/";
        var facts = new Dictionary<string, FactResult>(StringComparer.Ordinal);
        var pods = new SortedDictionary<string, Dictionary<string, FactResult>>(StringComparer.Ordinal);
        foreach (var (path, text) in _files.Where(f => f.Key.StartsWith(root, StringComparison.Ordinal)))
        {
            var fact = Path.GetFileNameWithoutExtension(path);
            switch (path[root.Length..].Split('/'))
            {
                case [_]: facts[fact] = new(fact, text); break;
                case ["pods", var pod, _]:
                    if (!pods.TryGetValue(pod, out var inside)) pods[pod] = inside = new(StringComparer.Ordinal);
                    inside[fact] = new(fact, text);
                    break;
                default: break;
            }
        }

        return new NodeState(new NodeFacts(name, Addresses[name], facts,
            [.. pods.Select(p => new NamespaceFacts(p.Key, p.Value) { Pod = (p.Key.Split('_')[0], p.Key.Split('_')[1]) })]));
    }

    /// <summary>What the comparison says of one node, told apart by the node that it is about.</summary>
    public IReadOnlyList<VxlanFdbEntry> Compare(string node, params string[] silent)
    {
        var others = Addresses.Keys.Except(silent).ToDictionary(n => n, Node);
        return [.. VxlanFdb.Compare(Node(node), Leases, others)];
    }

    private RecordedCluster Change(string path, string old, string @new)
    {
        Assert.Contains(old, _files[path], StringComparison.Ordinal);
        _files[path] = _files[path].Replace(old, @new, StringComparison.Ordinal);
        return this;
    }
}
