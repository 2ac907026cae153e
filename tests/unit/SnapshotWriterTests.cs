using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using GravityNet.Facts;
using GravityNet.Snapshots;
using GravityNet.Sources;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class SnapshotWriterTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 1, 30, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-writer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("out.tar.gz")]
    [InlineData("out.tgz")]
    [InlineData("out.tar")]
    [InlineData("out.zip")]
    [InlineData("out")]
    public async Task A_copy_answers_as_the_snapshot_that_it_is_of(string name)
    {
        var cancel = TestContext.Current.CancellationToken;
        var source = Snapshot.Open(Path.Combine(AppContext.BaseDirectory, "recordings", "healthy.tar.gz"));
        var (file, copy) = await WriteAsync(source, name);

        Assert.Equal(source.Nodes.Select(n => (n.Name, n.Address)), copy.Nodes.Select(n => (n.Name, n.Address)));
        Assert.Equal(At, copy.TakenAt);
        for (var i = 0; i < source.Nodes.Count; i++)
        {
            var (was, now) = (await source.Nodes[i].CollectAsync(SnapshotWriter.Request, cancel), await copy.Nodes[i].CollectAsync(SnapshotWriter.Request, cancel));
            Assert.True(was.Facts.Count > 15 && was.Pods.Count > 2);
            Assert.Equal(was.Facts.Values.OrderBy(f => f.Fact, StringComparer.Ordinal), now.Facts.Values.OrderBy(f => f.Fact, StringComparer.Ordinal));
            Assert.Equal(
                was.Pods.SelectMany(p => p.Facts.Values.Select(f => (p.Key, p.Pod, f.Fact, f.Text))).Order(),
                now.Pods.SelectMany(p => p.Facts.Values.Select(f => (p.Key, p.Pod, f.Fact, f.Text))).Order());
        }

        // what the model reads of the stores is all there, but for the commands' arguments
        var (objects, again) = (await ObjectsAsync(source), await ObjectsAsync(copy));
        Assert.Equal(Lines(objects), Lines(again));
        Assert.Equal(3, file.Nodes.Count);
        Assert.Equal(11, file.Pods);
        Assert.True(file.Facts > 100 && file.Bytes > 10_000);
        Assert.Empty(file.Missing);
        // nothing beside it
        Assert.Equal([name], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows() && name != "out") Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Path));

        static async Task<KubeObjects> ObjectsAsync(IClusterSource s) => KubeObjects.From(await s.CollectAsync(FactCatalog.ClusterFacts, TestContext.Current.CancellationToken));
        static IEnumerable<string> Lines(KubeObjects o) =>
        [
            .. o.Nodes!.Select(n => $"{n}"), .. o.Services!.Select(s => $"{s with { Labels = Pod.NoLabels, Ports = [], ClusterIPs = [] }} {string.Join(' ', s.Labels)} {string.Join(' ', s.Ports)} {string.Join(' ', s.ClusterIPs)}"), .. o.Endpoints!.Select(e => $"{e}"),
            .. o.Pods!.Select(p => $"{p.Namespace}/{p.Name} {p.Node} {p.Address} {p.Phase} {p.HostNetwork} {p.Ready} {string.Join(' ', p.ContainerPorts)} {string.Join(' ', p.Labels)} {p.Source}"),
        ];
    }

    [Fact]
    public async Task What_failed_and_who_was_silent_is_told_again()
    {
        var cancel = TestContext.Current.CancellationToken;
        var facts = new Dictionary<string, FactResult>
        {
            ["bridge-fdb"] = new("bridge-fdb", "") { Command = "bridge fdb show", ExitCode = 0, Elapsed = TimeSpan.FromMilliseconds(12) },
            ["conntrack"] = new("conntrack", "half\n") { Command = "conntrack -L", ExitCode = 1, Error = "Operation not permitted" },
            ["brctl-show"] = new("brctl-show", "") { Command = "brctl show", ExitCode = 127, Error = "sh: brctl: not found" },
        };
        var inside = new Dictionary<string, FactResult>
        {
            ["ip-addr"] = new("ip-addr", "1: lo: <LOOPBACK,UP> mtu 65536\n") { ExitCode = 0 },
            ["iptables"] = new("iptables", "") { ExitCode = 127, Error = "not found" },
        };
        var node = new NodeState(new NodeFacts("node-1", "192.0.2.1", facts, [new("4026532001", inside) { ProcessId = 7 }]));
        var closed = new NodeState(new NodeFacts("node-2", "192.0.2.2", facts, []) { PodsUnknown = "the network namespaces of pods are out of reach: Permission denied" });

        var path = Path.Combine(_folder, "out.tar.gz");
        using var sink = SnapshotSink.Create(path, overwrite: false, At);
        var writer = new SnapshotWriter(sink, At);
        writer.AddHeader([new Silent("node-1"), new Silent("node-2"), new Silent("node-3")]);
        writer.AddStores([new("etcd", "") { ExitCode = -1, Error = "etcd did not answer" }, new("kube-pods", "Forbidden") { ExitCode = 1, Error = "pods is forbidden" }, new("etcd-v2", "") { ExitCode = FactResult.NotServed, Error = "no v2 API" }]);
        writer.AddNode(node, KubeObjects.From([]));
        writer.AddNode(closed, KubeObjects.From([]));
        writer.AddMissing("node-3", "node-3 was not reached");
        var file = writer.Complete();

        Assert.Equal(["node-1", "node-2"], file.Nodes);
        Assert.Contains("node-3: node-3 was not reached", file.Missing);
        Assert.Contains("kube-pods: pods is forbidden", file.Missing);
        Assert.Contains("node-1: 'brctl' is not there: sh: brctl: not found", file.Missing);
        Assert.DoesNotContain(file.Missing, m => m.Contains("v2 API", StringComparison.Ordinal));
        var snapshot = Snapshot.Open(path);
        var read = await snapshot.Nodes[0].CollectAsync(SnapshotWriter.Request, cancel);
        Assert.Equal(facts.Values, read.Facts.Values.OrderBy(f => f.Fact != "bridge-fdb").ThenByDescending(f => f.Fact, StringComparer.Ordinal));
        // a namespace that no known pod owns
        var space = Assert.Single(read.Pods);
        Assert.Equal(("netns-4026532001", null), (space.Key, space.Pod));
        Assert.Equal(["ip-addr"], space.Facts.Keys);
        Assert.Equal("", read.PodsUnknown);
        Assert.Equal(closed.Facts.PodsUnknown, (await snapshot.Nodes[1].CollectAsync(SnapshotWriter.Request, cancel)).PodsUnknown);
        var silent = await Assert.ThrowsAsync<SourceException>(() => snapshot.Nodes[2].CollectAsync(new("ip-addr"), cancel));
        Assert.Contains("node-3 did not answer when the snapshot was taken: node-3 was not reached", silent.Message, StringComparison.Ordinal);
        var leases = await ((ILeaseSource)snapshot).CollectAsync(cancel);
        Assert.Equal(["69 no v2 API", "-1 etcd did not answer"], leases.Select(l => $"{l.ExitCode} {l.Error}"));
        Assert.Contains("pods is forbidden", KubeObjects.From(await ((IClusterSource)snapshot).CollectAsync(FactCatalog.ClusterFacts, cancel)).Unknown["kube-pods"], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_objects_and_keys_only_what_tells_of_the_network_is_kept()
    {
        foreach (var fact in FactCatalog.ClusterFacts)
        {
            var root = JsonNode.Parse(Recordings.Text("healthy", $"cluster/{fact}.json"))!;
            if (fact.StartsWith("kube-", StringComparison.Ordinal)) Poison(root["items"]!);
            else if (fact == "etcd-v2") root["node"]!["nodes"]!.AsArray().Add(new JsonObject { ["key"] = "/coreos.com/other", ["value"] = "s3cret" });
            else (root["kvs"] ??= new JsonArray()).AsArray().Add(new JsonObject { ["key"] = Convert.ToBase64String("/registry/secrets/default/db"u8), ["value"] = Convert.ToBase64String("s3cret"u8) });
            var text = root.ToJsonString();
            Assert.True(text.Contains("s3cret", StringComparison.Ordinal) || text.Contains(Convert.ToBase64String("s3cret"u8), StringComparison.Ordinal));

            var kept = StoreFilter.Keep(fact, text, out var reason);

            Assert.Equal("", reason);
            Assert.DoesNotContain("s3cret", kept, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String("s3cret"u8), kept, StringComparison.Ordinal);
            Assert.DoesNotContain("managedFields", kept, StringComparison.Ordinal);
        }

        var node = new JsonObject { ["items"] = new JsonArray(new JsonObject { ["metadata"] = new JsonObject { ["name"] = "n", ["annotations"] = new JsonObject { ["flannel.alpha.coreos.com/backend-data"] = "{\"VtepMAC\":\"x\"}", ["other"] = "s3cret" } } }) };
        Assert.Equal("{\"VtepMAC\":\"x\"}", (string?)JsonNode.Parse(StoreFilter.Keep("kube-nodes", node.ToJsonString(), out _)!)!["items"]![0]!["metadata"]!["annotations"]!["flannel.alpha.coreos.com/backend-data"]);
        var pod = """{"items":[{"spec":{"containers":[{"command":["kube-apiserver","--service-cluster-ip-range=10.96.0.0/12","--password=s3cret"],"args":["s3cret"]}]}}]}""";
        Assert.Equal("""[{"command":["--service-cluster-ip-range=10.96.0.0/12"]}]""", JsonNode.Parse(StoreFilter.Keep("kube-pods", pod, out _)!)!["items"]![0]!["spec"]!["containers"]!.ToJsonString());
        Assert.Null(StoreFilter.Keep("kube-pods", "Error from server s3cret", out var why));
        Assert.StartsWith("it is not what this store answers", why, StringComparison.Ordinal);
        Assert.Null(StoreFilter.Keep("kube-pods", """{"kind":"Status","message":"s3cret"}""", out _));

        // a secret in every place of an object, but for what the questions read
        static void Poison(JsonNode items)
        {
            foreach (var item in items.AsArray().OfType<JsonObject>())
            {
                item["data"] = new JsonObject { ["password"] = "s3cret" };
                item["stringData"] = "s3cret";
                item["metadata"]!["annotations"] = new JsonObject { ["kubectl.kubernetes.io/last-applied-configuration"] = "{\"password\":\"s3cret\"}" };
                item["metadata"]!["managedFields"] = new JsonArray(new JsonObject { ["manager"] = "s3cret" });
                if (item["spec"] is not JsonObject spec) continue;
                spec["imagePullSecrets"] = new JsonArray(new JsonObject { ["name"] = "s3cret" });
                spec["volumes"] = new JsonArray(new JsonObject { ["cephfs"] = new JsonObject { ["secretFile"] = "s3cret" } });
                // in the place of a plain value
                spec["nodeName"] = new JsonObject { ["password"] = "s3cret" };
                foreach (var container in (spec["containers"] as JsonArray ?? []).OfType<JsonObject>())
                {
                    container["env"] = new JsonArray(new JsonObject { ["name"] = "PASSWORD", ["value"] = "s3cret" });
                    container["args"] = new JsonArray("--password", "s3cret");
                    container["livenessProbe"] = new JsonObject { ["exec"] = new JsonObject { ["command"] = new JsonArray("curl", "-u", "s3cret") } };
                }
            }
        }
    }

    [Fact]
    public void What_is_there_is_not_replaced_unless_told()
    {
        var file = Path.Combine(_folder, "out.tar.gz");
        File.WriteAllText(file, "old");
        Assert.Contains("is there already", Assert.Throws<IOException>(() => SnapshotSink.Create(file, overwrite: false, At)).Message, StringComparison.Ordinal);
        using (var sink = SnapshotSink.Create(file, overwrite: true, At)) sink.Add("snapshot.json", "{}");
        // not complete: the old one is as it was, and nothing is beside it
        Assert.Equal(("old", 1), (File.ReadAllText(file), Directory.GetFileSystemEntries(_folder).Length));

        var folder = Directory.CreateDirectory(Path.Combine(_folder, "mine")).FullName;
        File.WriteAllText(Path.Combine(folder, "thesis.txt"), "years");
        Assert.Contains("holds something else", Assert.Throws<IOException>(() => SnapshotSink.Create(folder + "/", overwrite: true, At)).Message, StringComparison.Ordinal);
        File.Move(Path.Combine(folder, "thesis.txt"), Path.Combine(folder, "snapshot.json"));
        using (var sink = SnapshotSink.Create(folder, overwrite: true, At))
        {
            sink.Add("nodes/node-1/uname.txt", "Linux\n");
            sink.Complete();
        }

        Assert.Equal(["nodes"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder).Length);
        Assert.Contains("there is no folder", SnapshotSink.Refusal(Path.Combine(_folder, "none", "x.tar"), overwrite: false), StringComparison.Ordinal);
        Assert.Contains("'.xz'", SnapshotSink.Refusal(Path.Combine(_folder, "x.tar.xz"), overwrite: false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("..")]
    public void A_node_whose_name_leads_elsewhere_writes_nothing_there(string name)
    {
        using var sink = SnapshotSink.Create(Path.Combine(_folder, "out"), overwrite: false, At);
        Assert.Throws<IOException>(() => new SnapshotWriter(sink, At).AddMissing(name, "x"));
    }

    [Fact]
    public async Task Other_tools_unpack_what_is_written()
    {
        if (OperatingSystem.IsWindows()) return;
        var (file, _) = await WriteAsync(Snapshot.Open(Path.Combine(AppContext.BaseDirectory, "recordings", "healthy.tar.gz")), "out.tar.gz");
        var unpacked = Directory.CreateDirectory(Path.Combine(_folder, "unpacked")).FullName;
        using (var tar = System.Diagnostics.Process.Start("tar", ["xzf", file.Path, "-C", unpacked])) await tar.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Recordings.Text("healthy", "nodes/node-2/iptables.txt"), await File.ReadAllTextAsync(Path.Combine(unpacked, "nodes", "node-2", "iptables.txt"), TestContext.Current.CancellationToken));
    }

    private async Task<(ClusterSnapshotFile File, Snapshot Copy)> WriteAsync(Snapshot source, string name)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var cluster = new GravityCluster("source", source.Nodes, [source], source, 2, source);
        using var sink = SnapshotSink.Create(Path.Combine(_folder, name), overwrite: false, At);
        var writer = new SnapshotWriter(sink, At);
        writer.AddHeader(source.Nodes);
        var (objects, leases) = await cluster.CollectStoresAsync(LeaseSource.Auto, _ => { }, cancel);
        writer.AddStores([.. objects, .. leases]);
        await foreach (var answer in cluster.AskAsync(cluster.Nodes, SnapshotWriter.Request, cancel)) writer.AddNode(answer.State!, KubeObjects.From(objects));
        var file = writer.Complete();
        return (file, Snapshot.Open(file.Path));
    }

    private sealed class Silent(string name) : INodeSource
    {
        public string Name => name;

        public string Address => "";

        public INodeShell? Shell => null;

        public Task<NodeFacts> CollectAsync(FactRequest request, CancellationToken cancel) => throw new NotSupportedException();
    }
}
