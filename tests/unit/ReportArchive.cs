using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace GravityNet.UnitTests;

/// <summary>
/// Makes the archive that <c>gravity report</c> would have made of a recorded cluster, with the names and forms of its collectors (gravity, lib/report), and with what
/// kubectl 1.27 printed of the same objects.
/// </summary>
internal static partial class ReportArchive
{
    /// <summary>How the Kubernetes objects are in it.</summary>
    internal enum Objects
    {
        /// <summary>As texts of <c>kubectl describe</c>: Gravity 5.5 and 7.0.</summary>
        Described,

        /// <summary>Nodes and pods in YAML, the others described in each namespace: Gravity 6.1.</summary>
        Yaml,

        /// <summary>With the dump of the whole cluster: <c>--since=0s</c>.</summary>
        Dumped,

        /// <summary>Not at all.</summary>
        None,
    }

    private static readonly string[] Facts = ["iptables", "ip-addr", "ip-route", "ip-link", "ip-neighbor", "ip-rule", "ip-netconf", "bridge-fdb", "uname"];

    /// <summary>What kubectl printed.</summary>
    public static IReadOnlyDictionary<string, byte[]> Kubectl { get; } = Read("reports/kubectl-1.27");

    /// <summary>Writes the report of a recording.</summary>
    public static string Write(string path, Objects objects = Objects.Described, string recording = "healthy", string root = "", string damaged = "")
    {
        var files = new List<(string, byte[])> { ("cluster.json", Encoding.UTF8.GetBytes("""{"domain":"lab","cluster_state":{"servers":[{"advertise_ip":"192.168.33.11","hostname":"node-1","role":"master"},{"advertise_ip":"192.168.33.12","hostname":"node-2"}]}}""")) };
        foreach (var node in Read(recording).Keys.Where(k => k.StartsWith("nodes/", StringComparison.Ordinal)).Select(k => k.Split('/')[1]).Distinct().Order(StringComparer.Ordinal))
        {
            var archive = Node(recording, node);
            if (node == damaged) archive = archive[..(archive.Length / 2)];
            files.Add(($"{node}-debug-logs.tar.gz", archive));
        }

        if (objects != Objects.None) files.Add(("node-1-k8s-logs.tar.gz", Kubernetes(objects)));
        files.Add(("node-1-etcd.tar.gz", Pack([("etcd-backup.json", "{}"u8.ToArray())])));
        files.Add(("node-1-status.tar.gz", Pack([("timeline", [])])));
        files.Add(("operation_install.0", "logs\n"u8.ToArray()));
        File.WriteAllBytes(path, Pack([.. files.Select(f => (root + f.Item1, f.Item2))]));
        return path;
    }

    /// <summary>One node's archive.</summary>
    public static byte[] Node(string recording, string node)
    {
        var recorded = Read(recording);
        var files = Facts.Select(f => (f, Encoding.UTF8.GetBytes(Counters().Replace(Encoding.UTF8.GetString(recorded[$"nodes/{node}/{f}.txt"]), "")))).ToList();
        files.Add(("gravity-journal.log.gz", new byte[100]));
        files.Add(("etc-logs.tar.gz", Pack([("/etc/passwd", "root:x:0:0\n"u8.ToArray())])));
        return Pack(files);
    }

    private static byte[] Kubernetes(Objects objects)
    {
        var described = Kubectl.Where(f => f.Key.StartsWith("describe/", StringComparison.Ordinal)).Select(f => (Name: f.Key["describe/".Length..], f.Value)).ToList();
        var whole = described.Where(f => f.Name.StartsWith("k8s-describe-", StringComparison.Ordinal)).ToList();
        var dump = Kubectl.Where(f => f.Key.StartsWith("dump/", StringComparison.Ordinal)).Select(f => (f.Key["dump/".Length..], f.Value));
        List<(string, byte[])> logs = [("k8s-logs-default-echo-0-echo", "GET /pods\n"u8.ToArray()), ("k8s-pods", "NAMESPACE  NAME\n"u8.ToArray())];
        return objects switch
        {
            Objects.Described => Pack([.. logs, .. whole]),
            Objects.Yaml => Pack([.. logs, ("k8s-nodes", Kubectl["yaml/nodes.yaml"]), ("k8s-pod-yaml", Kubectl["yaml/pods.yaml"]), .. described.Except(whole)]),
            _ => Pack([.. logs, .. whole.Where(f => f.Name == "k8s-describe-endpoints"), ("k8s-cluster-info-dump.tgz", Pack([.. dump]))]),
        };
    }

    /// <summary>A packed tar of files.</summary>
    public static byte[] Pack(IEnumerable<(string Name, byte[] Bytes)> files)
    {
        using var memory = new MemoryStream();
        using (var packed = new GZipStream(memory, CompressionLevel.Fastest))
        using (var tar = new TarWriter(packed, TarEntryFormat.Gnu))
        {
            foreach (var (name, bytes) in files)
                tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes), ModificationTime = new(2026, 11, 23, 1, 30, 0, TimeSpan.Zero) });
        }

        return memory.ToArray();
    }

    private static Dictionary<string, byte[]> Read(string recording)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using var tar = new TarReader(new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "recordings", recording + ".tar.gz")), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) continue;
            using var memory = new MemoryStream();
            entry.DataStream?.CopyTo(memory);
            files[entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name] = memory.ToArray();
        }

        return files;
    }

    // a report has 'iptables-save' without -c
    [GeneratedRegex(@"^\[\d+:\d+\] ", RegexOptions.Multiline)]
    private static partial Regex Counters();
}
