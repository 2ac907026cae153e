using System.Buffers.Binary;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using GravityNet.Facts;
using GravityNet.Snapshots;
using GravityNet.Sources;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>Archives that come from somebody else: damaged ones, and those made to do harm.</summary>
[Collection(AloneTests.Name)]
public sealed class ArchiveTests : IDisposable
{
    private const string Header = """{"format":"gravitynet-snapshot/1","takenAt":"2026-11-23T01:29:22Z","nodes":[{"name":"node-1","address":"192.0.2.1"}]}""";
    private static readonly ArchiveLimits Small = new(FileBytes: 4000, TotalBytes: 30_000, Entries: 10, NameLength: 100, Depth: 6, Ratio: 10, RatioFrom: 10_000);
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-archive-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Links_and_devices_in_a_tar_are_left_out_and_named()
    {
        var secret = Path.Combine(_folder, "secret");
        File.WriteAllText(secret, "not for this snapshot\n");
        var path = Tar(
            Text("snapshot.json", Header),
            Text("nodes/node-1/uname.txt", "Linux\n"),
            new PaxTarEntry(TarEntryType.SymbolicLink, "nodes/node-1/ip-addr.txt") { LinkName = secret },
            new PaxTarEntry(TarEntryType.HardLink, "nodes/node-1/ip-route.txt") { LinkName = "nodes/node-1/uname.txt" },
            new PaxTarEntry(TarEntryType.SymbolicLink, "nodes/node-1/pods") { LinkName = "/etc" },
            new PaxTarEntry(TarEntryType.Fifo, "nodes/node-1/ip-rule.txt"),
            new PaxTarEntry(TarEntryType.CharacterDevice, "nodes/node-1/dmesg.txt") { DeviceMajor = 1, DeviceMinor = 5 });

        var snapshot = Snapshot.Open(path);
        var facts = await FactsAsync(snapshot);

        Assert.Equal(["uname"], facts.Facts.Keys);
        Assert.Empty(facts.Pods);
        Assert.Equal(
        [
            "'nodes/node-1/ip-addr.txt': it is a link", "'nodes/node-1/ip-route.txt': it is a link", "'nodes/node-1/pods': it is a link",
            "'nodes/node-1/ip-rule.txt': it is no regular file", "'nodes/node-1/dmesg.txt': it is no regular file",
        ], snapshot.LeftOut);
    }

    [Fact]
    public async Task Links_in_a_folder_are_not_followed_and_a_named_pipe_does_not_wait()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_folder, "outside")).FullName;
        File.WriteAllText(Path.Combine(outside, "ip-addr.txt"), "not for this snapshot\n");
        var root = Path.Combine(_folder, "snapshot");
        var node = Directory.CreateDirectory(Path.Combine(root, "nodes", "node-1")).FullName;
        File.WriteAllText(Path.Combine(root, "snapshot.json"), Header);
        File.WriteAllText(Path.Combine(node, "uname.txt"), "Linux\n");
        File.CreateSymbolicLink(Path.Combine(node, "ip-addr.txt"), Path.Combine(outside, "ip-addr.txt"));
        Directory.CreateSymbolicLink(Path.Combine(node, "pods"), outside);
        Directory.CreateSymbolicLink(Path.Combine(root, "loop"), root);
        if (!OperatingSystem.IsWindows()) Run("mkfifo", Path.Combine(node, "ip-rule.txt"));

        var snapshot = Snapshot.Open(root);
        var facts = await FactsAsync(snapshot).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal("Linux\n", facts.Get("uname")!.Text);
        Assert.Null(facts.Get("ip-addr"));
        Assert.Empty(facts.Pods);
        Assert.Equal(["'loop': it is a link", "'nodes/node-1/ip-addr.txt': it is a link", "'nodes/node-1/pods': it is a link"], snapshot.LeftOut.Order());
    }

    [Fact]
    public async Task Links_in_a_zip_are_left_out()
    {
        var path = Path.Combine(_folder, "links.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Add(zip, "snapshot.json", Header);
            Add(zip, "nodes/node-1/uname.txt", "Linux\n");
            // as Info-ZIP stores a symbolic link: its mode, and the target as content
            Add(zip, "nodes/node-1/ip-addr.txt", "/etc/passwd").ExternalAttributes = unchecked((int)(0xa1ffu << 16));
            Add(zip, "nodes/node-1/ip-rule.txt", "").ExternalAttributes = 0x11a4 << 16;
        }

        var snapshot = Snapshot.Open(path);

        Assert.Equal(["uname"], (await FactsAsync(snapshot)).Facts.Keys);
        Assert.Equal(["'nodes/node-1/ip-addr.txt': it is a link", "'nodes/node-1/ip-rule.txt': it is no regular file"], snapshot.LeftOut);
    }

    [Theory]
    [InlineData("../../etc/cron.d/uname.txt", "its path leads out of the snapshot")]
    [InlineData("..\\..\\uname.txt", "its path leads out of the snapshot")]
    [InlineData("nodes/../../uname.txt", "its path leads out of the snapshot")]
    [InlineData("nodes/node-1/\u001b[2Juname.txt", "its name has control characters")]
    [InlineData("nodes/node-1/uname.txt\0.sh", "its name has control characters")]
    public void Names_that_lead_out_or_hide_something_are_left_out_and_named(string name, string reason)
    {
        var zip = Path.Combine(_folder, "names.zip");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        {
            Add(archive, "snapshot.json", Header);
            Add(archive, name, "x");
        }

        var left = Assert.Single(Snapshot.Open(zip).LeftOut);

        Assert.EndsWith(reason, left, StringComparison.Ordinal);
        Assert.DoesNotContain(left, char.IsControl);
        if (name.Contains('\0', StringComparison.Ordinal)) return;
        Assert.Equal(left, Assert.Single(Snapshot.Open(Tar(Text("snapshot.json", Header), Text(name, "x"))).LeftOut));
    }

    public static TheoryData<string, string> TooMuch => new()
    {
        { "file", "'nodes/node-1/iptables.txt' is larger than 4000 bytes" },
        { "file.zip", "'nodes/node-1/iptables.txt' is larger than 4000 bytes" },
        { "file.folder", "'nodes/node-1/iptables.txt' is larger than 4000 bytes" },
        { "total", "it unpacks to more than 30000 bytes, at 'nodes/node-1/" },
        { "total.zip", "it unpacks to more than 30000 bytes, at 'nodes/node-1/" },
        { "entries", "it has more than 10 entries" },
        { "entries.zip", "it has more than 10 entries" },
        { "name", "has more than 100 characters" },
        { "depth", "lies more than 6 folders deep" },
        { "twice", "'nodes/node-1/uname.txt' is in it twice" },
        { "twice.zip", "'nodes/node-1/uname.txt' is in it twice" },
        { "ratio", "it unpacks to more than 10 times its size, at 'nodes/node-1/" },
        { "ratio.zip", "it unpacks to more than 10 times its size, at 'nodes/node-1/" },
        { "behind", "it unpacks to more than" },
    };

    [Theory]
    [MemberData(nameof(TooMuch))]
    public void What_is_more_than_a_snapshot_is_refused_by_name(string kind, string message)
    {
        List<(string Name, string Text)> files = [("snapshot.json", Header)];
        files.AddRange(kind.Split('.')[0] switch
        {
            "file" => [("nodes/node-1/iptables.txt", Noise(4001))],
            "total" => Enumerable.Range(1, 9).Select(i => ($"nodes/node-1/{i}.txt", Noise(3900))),
            "entries" => Enumerable.Range(1, 10).Select(i => ($"nodes/node-1/{i}.txt", "x")),
            "name" => [("nodes/" + new string('n', 100), "x")],
            "depth" => [("nodes/a/b/c/d/e/f.txt", "x")],
            "twice" => [("nodes/node-1/uname.txt", "Linux\n"), ("./nodes//node-1/uname.txt", "other\n")],
            _ => Enumerable.Range(1, 5).Select(i => ($"nodes/node-1/{i}.txt", new string('0', 4000))),
        });
        var path = Path.Combine(_folder, kind);
        switch (kind.Split('.'))
        {
            case [_, "zip"]:
                using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
                {
                    foreach (var (name, text) in files) Add(zip, name, text);
                }

                break;
            case [_, "folder"]:
                foreach (var (name, text) in files)
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(path, name))!);
                    File.WriteAllText(Path.Combine(path, name), text);
                }

                break;
            case ["behind"]:
                path = Pack(Tar(Text("snapshot.json", Header)), more: 30_000);
                break;
            default:
                path = Tar([.. files.Select(f => Text(f.Name, f.Text))]);
                if (kind != "entries") path = Pack(path);
                break;
        }

        var problem = Assert.Throws<SourceException>(() => Snapshot.Open(path, Small, TestContext.Current.CancellationToken));

        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(path, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bomb_is_refused_before_it_fills_the_memory()
    {
        // 2 GiB of zeros in 2 MB
        var path = Path.Combine(_folder, "bomb.tar.gz");
        using (var packed = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            packed.Write(Ustar("nodes/node-1/iptables.txt", "17777777777"));
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 300; i++) packed.Write(zeros);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var problem = Assert.Throws<SourceException>(() => Snapshot.Open(path));

        Assert.Contains("'nodes/node-1/iptables.txt'", problem.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    public static TheoryData<string, string> Lies => new()
    {
        { "a size beyond the end", "it is cut short" },
        { "a size that is negative", "a size is no number" },
        { "a size that is no number", "a size is no number" },
        { "a long name of 1 GiB", "a header of it has 1073741824 bytes" },
        { "a pax header of 1 GiB", "a header of it has 1073741824 bytes" },
        { "a pax size that is negative", "a size is no number" },
        { "a header that was changed", "a header's checksum is wrong" },
        { "half a header", "it is cut short" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_tar_that_lies_about_itself_is_refused(string lie, string message)
    {
        var path = Path.Combine(_folder, "lie.tar");
        byte[] bytes = lie switch
        {
            "a size beyond the end" => [.. Ustar("snapshot.json", "00000010000"), .. new byte[1024]],
            "a size that is negative" => Ustar("snapshot.json", "\u00ff"),
            "a size that is no number" => Ustar("snapshot.json", "9z"),
            "a long name of 1 GiB" => [.. Ustar("././@LongLink", "10000000000", 'L'), .. new byte[1024]],
            "a pax header of 1 GiB" => [.. Ustar("PaxHeaders/x", "10000000000", 'x'), .. new byte[1024]],
            "a pax size that is negative" => [.. Ustar("PaxHeaders/x", "00000000012", 'x'), .. Encoding.ASCII.GetBytes("10 size=-1\n".PadRight(512, '\0')), .. Ustar("snapshot.json", "00000000001"), .. new byte[512]],
            "half a header" => Ustar("snapshot.json", "00000000000")[..300],
            _ => Ustar("snapshot.json", "00000000000", change: true),
        };
        File.WriteAllBytes(path, bytes);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(message, Assert.Throws<SourceException>(() => Snapshot.Open(path)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void A_zip_that_lies_about_a_size_is_refused()
    {
        var path = Path.Combine(_folder, "lie.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Add(zip, "snapshot.json", Header);
            Add(zip, "nodes/node-1/iptables.txt", new string('0', 100_000));
        }

        // the uncompressed size in both headers of the second file: 4 bytes, little endian
        var bytes = File.ReadAllBytes(path);
        var size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, 100_000);
        var changed = 0;
        for (var at = bytes.AsSpan().IndexOf(size); at >= 0; at = bytes.AsSpan().IndexOf(size), changed++) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), 10);
        Assert.InRange(changed, 1, 2);
        File.WriteAllBytes(path, bytes);

        var problem = Assert.Throws<SourceException>(() => Snapshot.Open(path));
        Assert.Contains(path, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gnu")]
    [InlineData("ustar")]
    [InlineData("pax")]
    [InlineData("v7")]
    public async Task A_tar_of_every_format_is_read_with_its_longest_names(string format)
    {
        if (OperatingSystem.IsWindows()) return;
        // as long as Kubernetes lets names be; v7 and ustar hold no more than their fields
        var pod = format switch { "v7" => "default_web", "ustar" => "default_" + new string('p', 80), _ => new string('n', 63) + "_" + new string('p', 180) };
        var root = Path.Combine(_folder, "long");
        var inside = Directory.CreateDirectory(Path.Combine(root, "nodes", "node-1", "pods", pod)).FullName;
        File.WriteAllText(Path.Combine(root, "snapshot.json"), Header);
        File.WriteAllText(Path.Combine(inside, "ip-addr.txt"), "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n");
        var path = Path.Combine(_folder, "long.tar");
        Run("tar", "--format=" + format, "-cf", path, "-C", root, ".");

        var snapshot = Snapshot.Open(path);

        Assert.Empty(snapshot.LeftOut);
        Assert.Equal(pod, Assert.Single((await FactsAsync(snapshot)).Pods).Key);
    }

    [Fact]
    public async Task Much_is_held_packed_and_comes_out_as_it_was()
    {
        // beyond what is held as it is
        var texts = Enumerable.Range(0, 50).Select(i => string.Concat(Enumerable.Repeat($"10.244.{i}.0/24 via 10.244.{i}.0 dev flannel.1 onlink\n", 20_000))).ToList();
        var path = Pack(Tar([Text("snapshot.json", Header), .. texts.Select((text, i) => Text($"nodes/node-1/pods/default_p{i}/ip-route.txt", text))]));

        var snapshot = Snapshot.Open(path);

        // of 51 MB of text 32 MiB as they are, and the rest packed
        Assert.True(texts.Sum(t => t.Length) > 48 << 20);
        Assert.InRange(SnapshotFiles.Open(path, ArchiveLimits.Default, TestContext.Current.CancellationToken).HeldBytes, 32 << 20, 36 << 20);
        var pods = (await snapshot.Nodes[0].CollectAsync(new FactRequest([], ["ip-route"]), TestContext.Current.CancellationToken)).Pods;
        Assert.Equal(texts.Order(StringComparer.Ordinal), pods.Select(p => p.Facts["ip-route"].Text).Order(StringComparer.Ordinal));
    }

    private static async Task<NodeFacts> FactsAsync(Snapshot snapshot) =>
        await snapshot.Nodes[0].CollectAsync(new FactRequest([.. FactCatalog.All.Select(f => f.Name)], FactCatalog.PodFacts), TestContext.Current.CancellationToken);

    // text that does not pack
    private static string Noise(int length) => Convert.ToHexString(Enumerable.Range(0, (length / 2) + 1).Select(_ => (byte)Random.Shared.Next(256)).ToArray())[..length];

    private static PaxTarEntry Text(string name, string text) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };

    private static ZipArchiveEntry Add(ZipArchive zip, string name, string text)
    {
        var entry = zip.CreateEntry(name);
        using var writer = new StreamWriter(entry.Open());
        writer.Write(text);
        return entry;
    }

    private string Tar(params TarEntry[] entries)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.tar");
        using var tar = new TarWriter(File.Create(path));
        foreach (var entry in entries) tar.WriteEntry(entry);
        return path;
    }

    private static string Pack(string path, int more = 0)
    {
        using var packed = new GZipStream(File.Create(path + ".gz"), CompressionLevel.Optimal);
        packed.Write(File.ReadAllBytes(path));
        packed.Write(new byte[more]);
        return path + ".gz";
    }

    // a header with the size's field as it is given, and the right checksum
    private static byte[] Ustar(string name, string size, char type = '0', bool change = false)
    {
        var header = new byte[512];
        Encoding.ASCII.GetBytes(name, header);
        Encoding.Latin1.GetBytes(size, header.AsSpan(124));
        header[156] = (byte)type;
        "ustar\0"u8.CopyTo(header.AsSpan(257));
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = header.Sum(b => b);
        Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ", header.AsSpan(148));
        if (change) header[0]++;
        return header;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
