using System.Globalization;
using System.Text.Json;
using GravityNet.Facts;
using GravityNet.Parsing;
using GravityNet.Sources;

namespace GravityNet.Snapshots;

/// <summary>
/// A saved cluster: serves the same ports as a live one. The form on disk is <c>gravitynet-snapshot/1</c>.
/// </summary>
public sealed class Snapshot : IClusterSource, ILeaseSource
{
    internal const string HeaderFile = "snapshot.json";
    internal const string SnapshotFormat = "gravitynet-snapshot/1";
    private const string ReportFormat = "gravity report";
    private const string Remedy = "Give the folder that holds snapshot.json, a .tar, .tar.gz or .zip of it, or the archive of 'gravity report'.";
    private static readonly string[] EtcdFacts = ["etcd-v2", "etcd-v3"];
    private readonly SnapshotFiles _files;
    private readonly Func<string, FactResult?> _stores;

    private Snapshot(SnapshotFiles files, string format, DateTimeOffset takenAt, IReadOnlyList<INodeSource> nodes, Func<string, FactResult?> stores)
    {
        _files = files;
        _stores = stores;
        Format = format;
        TakenAt = takenAt;
        Nodes = nodes;
    }

    /// <inheritdoc cref="IClusterSource.Place"/>
    public string Place => _files.Place;

    /// <summary>What it is: <c>gravitynet-snapshot/1</c> or <c>gravity report</c>.</summary>
    public string Format { get; }

    /// <summary>When it was taken (UTC); of a report, when the newest of its files was written.</summary>
    public DateTimeOffset TakenAt { get; }

    /// <summary>The nodes that it holds.</summary>
    public IReadOnlyList<INodeSource> Nodes { get; }

    /// <summary>Entries of the archive that were passed over (links, devices, paths that lead out of it), each with the reason.</summary>
    public IReadOnlyList<string> LeftOut => _files.LeftOut;

    /// <summary>
    /// Opens a snapshot: a folder, or a <c>.tar</c>, <c>.tar.gz</c> or <c>.zip</c> of one, or a <c>gravity report</c>. Archives are untrusted: no link is followed, nothing is
    /// written or executed, and what is far larger than any cluster's is refused.
    /// </summary>
    /// <exception cref="SourceException">There is nothing at the path, or it is no snapshot.</exception>
    public static Snapshot Open(string path) => Open(path, ArchiveLimits.Default);

    internal static Snapshot Open(string path, ArchiveLimits limits, CancellationToken cancel = default)
    {
        SnapshotFiles files;
        string? header;
        try
        {
            files = SnapshotFiles.Open(path, limits, cancel);
            header = files.Text(HeaderFile);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SourceException(SourceFailure.Unreachable, path, $"The snapshot '{path}' cannot be read: {e.Message}", Remedy, e);
        }

        if (header is not null) return OpenOwn(files, header);
        if (!GravityReport.Is(files)) throw new SourceException(SourceFailure.BadAnswer, path, $"'{path}' is no snapshot: it has no snapshot.json.", Remedy);
        var objects = new Lazy<ReportObjects?>(() => GravityReport.Objects(files, limits));
        return new(files, ReportFormat, files.Modified, GravityReport.Nodes(files, limits), fact => objects.Value?.Read(fact));
    }

    private static Snapshot OpenOwn(SnapshotFiles files, string header)
    {
        var path = files.Place;
        try
        {
            using var document = JsonDocument.Parse(header);
            var root = document.RootElement;
            var format = root.Text("format");
            if (format != SnapshotFormat)
            {
                throw new SourceException(SourceFailure.BadAnswer, path, $"'{path}' has the format '{format}'; this version reads '{SnapshotFormat}'.", "Use the version of GravityNet that wrote it.");
            }

            var takenAt = DateTimeOffset.TryParse(root.Text("takenAt"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default;
            var nodes = new List<INodeSource>();
            var opened = new Lazy<SnapshotFiles>(files);
            foreach (var node in root.GetProperty("nodes").EnumerateArray())
            {
                var name = node.Text("name") is { Length: > 0 } text ? text : throw new JsonException("a node has no name");
                nodes.Add(new SnapshotNode(name, new Lazy<string>(node.Text("address")), takenAt, opened, $"nodes/{name}/", ".txt"));
            }

            var answers = SnapshotNode.Answers(files, "cluster/facts.json");
            return new(files, format, takenAt, nodes, fact => files.Text($"cluster/{fact}.json") is { } text ? new FactResult(fact, text) : answers?.GetValueOrDefault(fact));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new SourceException(SourceFailure.BadAnswer, path, $"snapshot.json of '{path}' cannot be read: {e.Message}", Remedy, e);
        }
    }

    /// <inheritdoc/>
    Task<IReadOnlyList<FactResult>> IClusterSource.CollectAsync(IReadOnlyCollection<string> facts, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<FactResult>>([.. facts.Append("kube").Select(_stores).OfType<FactResult>()]);

    /// <inheritdoc/>
    Task<IReadOnlyList<FactResult>> ILeaseSource.CollectAsync(CancellationToken cancel)
    {
        // a store that did not answer as a whole is a fact named after it
        var found = EtcdFacts.Append("etcd").Select(_stores).OfType<FactResult>().ToList();
        // no facts at all would read as a store that holds nothing
        if (found.Count == 0) found.Add(new FactResult("etcd", "") { ExitCode = -1, Error = $"'etcd-v2' and 'etcd-v3' are not in the {(Format == ReportFormat ? "report" : "snapshot")}" });
        return Task.FromResult<IReadOnlyList<FactResult>>(found);
    }

    /// <summary>The captures that it holds: node, interface, and the pcap file's bytes.</summary>
    public IEnumerable<(string Node, string Interface, Func<byte[]> Bytes)> Captures() =>
        from path in _files.Paths
        where path.StartsWith("captures/", StringComparison.Ordinal) && path.EndsWith(".pcap", StringComparison.Ordinal)
        let parts = path.Split('/')
        where parts.Length == 3
        select (parts[1], parts[2][..^".pcap".Length], (Func<byte[]>)(() => _files.Bytes(path)!));

    /// <summary>What real traffic did when a recording was made (<c>flows.tsv</c>); null where there is none.</summary>
    public string? Flows => _files.Text("flows.tsv");
}
