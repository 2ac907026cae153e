using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using GravityNet.Facts;
using GravityNet.Snapshots;
using GravityNet.Sources;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class SnapshotTests : IDisposable
{
    private const string Header = """{"format":"gravitynet-snapshot/1","takenAt":"2026-11-23T01:29:22Z","nodes":[{"name":"node-1","address":"192.0.2.1"},{"name":"node-2"}]}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-snapshot-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_folder_a_tar_a_packed_tar_and_a_zip_tell_the_same()
    {
        var recording = Path.Combine(AppContext.BaseDirectory, "recordings", "healthy.tar.gz");
        var folder = Path.Combine(_folder, "healthy");
        Directory.CreateDirectory(folder);
        using (var unpacked = new GZipStream(File.OpenRead(recording), CompressionMode.Decompress)) TarFile.ExtractToDirectory(unpacked, folder, overwriteFiles: false);
        TarFile.CreateFromDirectory(folder, Path.Combine(_folder, "flat.tar"), includeBaseDirectory: false);
        TarFile.CreateFromDirectory(folder, Path.Combine(_folder, "rooted.tar"), includeBaseDirectory: true);
        ZipFile.CreateFromDirectory(folder, Path.Combine(_folder, "rooted.zip"), CompressionLevel.Fastest, includeBaseDirectory: true);

        var expected = await ContentAsync(recording);

        // 3 nodes of 23 facts and their pods of 7, and the cluster's 7
        Assert.True(expected.Count > 3 * 23 + 7 * 10);
        foreach (var path in new[] { folder, _folder, Path.Combine(_folder, "flat.tar"), Path.Combine(_folder, "rooted.tar"), Path.Combine(_folder, "rooted.zip") })
        {
            Assert.Equal(expected, await ContentAsync(path));
        }
    }

    [Fact]
    public async Task Nodes_pods_captures_and_the_time_are_those_of_the_recording()
    {
        var snapshot = Snapshot.Open(Path.Combine(AppContext.BaseDirectory, "recordings", "healthy.tar.gz"));

        Assert.Equal(DateTimeOffset.Parse("2026-11-23T01:29:22Z", null), snapshot.TakenAt);
        Assert.Equal(["node-1 192.168.33.11", "node-2 192.168.33.12", "node-3 192.168.33.13"], snapshot.Nodes.Select(n => $"{n.Name} {n.Address}"));
        var facts = await snapshot.Nodes[0].CollectAsync(new FactRequest(["uname", "conntrack-stats"], ["ip-addr"]), TestContext.Current.CancellationToken);
        Assert.Equal(["conntrack-stats", "uname"], facts.Facts.Keys.Order());
        Assert.Contains(facts.Pods, p => p.Pod == ("default", "web-7d9c6b5f44-4kxl2") && p.Facts.Keys.Single() == "ip-addr");
        Assert.Contains(("node-2", "flannel.1"), snapshot.Captures().Select(c => (c.Node, c.Interface)));
        Assert.Equal(0xa1b2c3d4, BitConverter.ToUInt32(snapshot.Captures().First().Bytes().AsSpan(0, 4)));
        Assert.NotNull(snapshot.Flows);
        Assert.All(snapshot.Nodes, n => Assert.Null(n.Shell));
    }

    [Fact]
    public async Task Facts_json_tells_an_empty_answer_from_a_failed_one()
    {
        Write("snapshot.json", Header);
        Write("nodes/node-1/bridge-fdb.txt", "");
        Write("nodes/node-1/conntrack.txt", "half\n");
        Write("nodes/node-1/uname.txt", "Linux\n");
        Write("nodes/node-1/facts.json", """
            {"bridge-fdb":{"command":"bridge fdb show","exitCode":0,"stderr":"","milliseconds":12},
             "conntrack":{"command":"conntrack -L","exitCode":1,"stderr":"Operation not permitted"},
             "brctl-show":{"command":"brctl show","exitCode":127,"stderr":"sh: brctl: not found"},
             "hostname":{"exitCode":0}, "nstat":"odd", "ip-addr":{"exitCode":"x","milliseconds":1e300}}
            """);

        var facts = await Snapshot.Open(_folder).Nodes[0].CollectAsync(
            new FactRequest("bridge-fdb", "conntrack", "brctl-show", "uname", "hostname", "nstat", "ip-route"), TestContext.Current.CancellationToken);

        Assert.Equal((true, "", TimeSpan.FromMilliseconds(12)), (facts.Get("bridge-fdb")!.Answered, facts.Get("bridge-fdb")!.Text, facts.Get("bridge-fdb")!.Elapsed));
        Assert.Equal((false, "half\n", "'conntrack -L' ended with exit code 1: Operation not permitted"), (facts.Get("conntrack")!.Answered, facts.Get("conntrack")!.Text, facts.Get("conntrack")!.Reason));
        Assert.Equal("'brctl' is not there: sh: brctl: not found", facts.Get("brctl-show")!.Reason);
        Assert.Equal((null, true), (facts.Get("uname")!.ExitCode, facts.Get("uname")!.Answered));
        // a file that is not there is no answer, whatever was noted of it
        Assert.Null(facts.Get("hostname"));
        Assert.Null(facts.Get("nstat"));
        Assert.Null(facts.Get("ip-route"));
    }

    [Fact]
    public async Task A_damaged_facts_json_leaves_the_texts_good()
    {
        Write("snapshot.json", Header);
        Write("nodes/node-1/uname.txt", "Linux\n");
        Write("nodes/node-1/facts.json", "{\"uname\":{");

        var facts = await Snapshot.Open(_folder).Nodes[0].CollectAsync(new FactRequest("uname"), TestContext.Current.CancellationToken);

        Assert.Equal(("Linux\n", true), (facts.Get("uname")!.Text, facts.Get("uname")!.Answered));
    }

    [Theory]
    [InlineData("./nodes/node-1/uname.txt")]
    [InlineData("/nodes/node-1/uname.txt")]
    [InlineData(".//nodes/./node-1/uname.txt")]
    [InlineData("nodes\\node-1\\uname.txt")]
    public async Task Paths_in_an_archive_are_found_however_they_are_written(string name)
    {
        var path = Tar(("./snapshot.json", Header), (name, "Linux\n"));
        Assert.Equal("Linux\n", (await Snapshot.Open(path).Nodes[0].CollectAsync(new FactRequest("uname"), TestContext.Current.CancellationToken)).Get("uname")!.Text);
    }

    [Fact]
    public async Task Names_that_climb_out_of_the_archive_write_nothing()
    {
        var escape = $"../../gravitynet-escape-{Guid.NewGuid():N}.txt";
        var tar = Tar(("snapshot.json", Header.Replace("node-2", "../..", StringComparison.Ordinal)), (escape, "x"), ("/" + escape, "x"), ("nodes/node-1/uname.txt", "Linux\n"));
        var zip = Path.Combine(_folder, "escape.zip");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        {
            foreach (var (name, text) in new[] { ("snapshot.json", Header), (escape, "x"), ("nodes/node-1/uname.txt", "Linux\n") })
            {
                using var writer = new StreamWriter(archive.CreateEntry(name).Open());
                writer.Write(text);
            }
        }

        var before = Directory.GetFiles(_folder);
        foreach (var path in new[] { tar, zip })
        {
            foreach (var node in Snapshot.Open(path).Nodes)
            {
                var facts = await node.CollectAsync(new FactRequest(["uname"], ["ip-addr"]), TestContext.Current.CancellationToken);
                Assert.Equal(node.Name == "node-1", facts.Get("uname") is not null);
            }
        }

        Assert.Equal(before, Directory.GetFiles(_folder));
        Assert.False(File.Exists(Path.GetFullPath(Path.Combine(_folder, escape))));
    }

    public static TheoryData<string, string> NoSnapshots => new()
    {
        { "nothing", "cannot be read" },
        { "empty.tar", "it has no snapshot.json" },
        { "text.tar", "cannot be read" },
        { "text.tar.gz", "cannot be read" },
        { "text.zip", "cannot be read" },
        { "foreign.tar", "it has no snapshot.json" },
        { "folder", "it has no snapshot.json" },
        { "other-format.tar", "has the format 'other/2'" },
        { "no-format.tar", "has the format ''" },
        { "list.tar", "has the format ''" },
        { "cut.tar", "snapshot.json of" },
        { "no-nodes.tar", "snapshot.json of" },
        { "odd-nodes.tar", "snapshot.json of" },
    };

    [Theory]
    [MemberData(nameof(NoSnapshots))]
    public void What_is_no_snapshot_is_named_with_what_to_do(string name, string message)
    {
        var path = Path.Combine(_folder, name);
        switch (name)
        {
            case "nothing": break;
            case "empty.tar": File.WriteAllBytes(path, []); break;
            case "text.tar.gz": File.WriteAllBytes(path, [0x1f, 0x8b, .. Encoding.ASCII.GetBytes("this is no packed archive, though it begins as one")]); break;
            case "text.tar" or "text.zip": File.WriteAllText(path, string.Concat(Enumerable.Repeat("this is no archive\n", 100))); break;
            case "folder":
                Directory.CreateDirectory(Path.Combine(path, "deep", "deeper"));
                File.WriteAllText(Path.Combine(path, "deep", "deeper", "snapshot.json"), Header);
                break;
            case "foreign.tar": path = Tar(("readme.txt", "hello")); break;
            case "other-format.tar": path = Tar(("snapshot.json", """{"format":"other/2"}""")); break;
            case "no-format.tar": path = Tar(("snapshot.json", """{"format":{},"nodes":[]}""")); break;
            case "list.tar": path = Tar(("snapshot.json", "[]")); break;
            case "cut.tar": path = Tar(("snapshot.json", Header[..40])); break;
            case "no-nodes.tar": path = Tar(("snapshot.json", """{"format":"gravitynet-snapshot/1"}""")); break;
            default: path = Tar(("snapshot.json", """{"format":"gravitynet-snapshot/1","nodes":[{"address":"192.0.2.1"}]}""")); break;
        }

        var problem = Assert.Throws<SourceException>(() => Snapshot.Open(path));

        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(path, problem.Message, StringComparison.Ordinal);
        Assert.Equal(path, problem.SourceName);
        Assert.NotEqual("", problem.Remedy);
    }

    [Fact]
    public void An_archive_that_is_cut_short_is_refused()
    {
        var bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "recordings", "b-fdb-missing.tar.gz"));
        foreach (var part in new[] { 0.1, 0.5, 0.9, 0.99 })
        {
            var path = Path.Combine(_folder, $"cut-{part}.tar.gz");
            File.WriteAllBytes(path, bytes[..(int)(bytes.Length * part)]);
            Assert.Contains(path, Assert.Throws<SourceException>(() => Snapshot.Open(path)).Message, StringComparison.Ordinal);
        }
    }

    // every node fact, pod fact and store of a snapshot as lines
    private static async Task<IReadOnlyList<string>> ContentAsync(string path)
    {
        var cancel = TestContext.Current.CancellationToken;
        var snapshot = Snapshot.Open(path);
        var lines = new List<string> { $"{snapshot.TakenAt:O}" };
        foreach (var node in snapshot.Nodes)
        {
            var facts = await node.CollectAsync(new FactRequest([.. FactCatalog.All.Select(f => f.Name)], FactCatalog.PodFacts), cancel);
            lines.AddRange(facts.Facts.Values.Select(f => $"{node.Name} {f.Fact} {f.Text}"));
            lines.AddRange(facts.Pods.SelectMany(p => p.Facts.Values.Select(f => $"{node.Name} {p.Pod} {f.Fact} {f.Text}")));
        }

        lines.AddRange((await ((ILeaseSource)snapshot).CollectAsync(cancel)).Select(f => $"{f.Fact} {f.Text}"));
        lines.AddRange((await ((IClusterSource)snapshot).CollectAsync(FactCatalog.ClusterFacts, cancel)).Select(f => $"{f.Fact} {f.Text}"));
        return lines;
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private string Tar(params (string Name, string Text)[] files)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.tar");
        using var tar = new TarWriter(File.Create(path));
        foreach (var (name, text) in files)
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        }

        return path;
    }
}
