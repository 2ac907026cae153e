using System.Text.Json;
using GravityNet.Facts;
using GravityNet.Overlay;
using GravityNet.Parsing;
using GravityNet.Sources;

namespace GravityNet.Snapshots;

/// <summary>
/// Reads what <c>gravity report</c> writes (gravity, lib/ops/opsservice/report.go and lib/report): an archive of an archive for each node, named after it, with one plain file
/// a command. A command that failed or printed nothing left no file. It has no leases, no connections and no pods' namespaces.
/// </summary>
internal static class GravityReport
{
    private const string NodeLogs = "-debug-logs.tar.gz";
    private const string KubeLogs = "-k8s-logs.tar.gz";

    /// <summary>The node whose archive has this file name; null where it is none's.</summary>
    public static string? NodeOf(string name) => name.Length > NodeLogs.Length && name.EndsWith(NodeLogs, StringComparison.Ordinal) ? name[..^NodeLogs.Length] : null;

    /// <summary>Whether the files are those of a report, or of one node of it.</summary>
    public static bool Is(SnapshotFiles files) => files.Paths.Any(p => NodeOf(p) is not null) || IsNode(files);

    /// <summary>The nodes, in the order of their names.</summary>
    public static IReadOnlyList<INodeSource> Nodes(SnapshotFiles files, ArchiveLimits limits)
    {
        if (!files.Paths.Any(p => NodeOf(p) is not null)) return [Node(NodeOf(Path.GetFileName(files.Place)) ?? HostName(files), "", files.Modified, new(files))];
        var addresses = Addresses(files.Text("cluster.json"));
        return
        [
            .. from path in files.Paths
               let name = NodeOf(path)
               where name is not null
               // a node's archive is unpacked when the node is asked first
               select Node(name, addresses.GetValueOrDefault(name, ""), files.Modified, new(() => Inner(files, path, limits, IsFact))),
        ];
    }

    /// <summary>The reader of the report's Kubernetes objects; null where it has none.</summary>
    /// <exception cref="SourceException">The master's archive is damaged.</exception>
    public static ReportObjects? Objects(SnapshotFiles files, ArchiveLimits limits)
    {
        if (files.Paths.FirstOrDefault(p => p.EndsWith(KubeLogs, StringComparison.Ordinal)) is not { } path) return null;
        var inner = Inner(files, path, limits, ReportObjects.IsWanted);
        return new ReportObjects(inner, inner.Bytes(ReportObjects.Dump) is null ? null : Inner(inner, ReportObjects.Dump, limits, ReportObjects.IsInDump));
    }

    private static bool IsNode(SnapshotFiles files) => files.Bytes("ip-addr") is not null && files.Bytes("ip-route") is not null;

    private static bool IsFact(string path) => FactCatalog.All.Any(f => f.Name == path);

    private static SnapshotNode Node(string name, string address, DateTimeOffset takenAt, Lazy<SnapshotFiles> files) =>
        new(name, new Lazy<string>(() => address.Length > 0 ? address : Local(name, files.Value)), takenAt, files, "", "");

    // uname -a: Linux HOSTNAME ...
    private static string HostName(SnapshotFiles files) => files.Text("uname")?.Split(' ') is [_, { Length: > 0 } name, ..] ? name.Split('.')[0] : "node";

    private static string Local(string name, SnapshotFiles files) =>
        files.Text("ip-addr") is { } text && VxlanFdb.DeviceOf(new NodeState(new NodeFacts(name, "", new Dictionary<string, FactResult> { ["ip-addr"] = new("ip-addr", text) }, [])))?.Vxlan?.Local is { } local ? local : "";

    private static SnapshotFiles Inner(SnapshotFiles files, string path, ArchiveLimits limits, Predicate<string> wanted)
    {
        try
        {
            return SnapshotFiles.OpenInner($"{files.Place}: {path}", files.Bytes(path)!, limits, wanted);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new SourceException(SourceFailure.BadAnswer, path, $"'{path}' of '{files.Place}' cannot be read: {e.Message}", "Make the report again; what the rest of it holds is still there.", e);
        }
    }

    // storage.Site of gravity: cluster_state.servers[].hostname and advertise_ip
    private static Dictionary<string, string> Addresses(string? json)
    {
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json is null) return addresses;
        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var server in document.RootElement.Child("cluster_state").Items("servers"))
            {
                if (server.Text("hostname") is { Length: > 0 } name) addresses[name] = server.Text("advertise_ip");
            }
        }
        catch (JsonException)
        {
            // the nodes' own devices tell their addresses too
        }

        return addresses;
    }
}
