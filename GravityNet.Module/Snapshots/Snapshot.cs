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
    private const string Format = "gravitynet-snapshot/1";
    private static readonly string[] EtcdFacts = ["etcd-v2", "etcd-v3"];
    private readonly SnapshotFiles _files;

    private Snapshot(SnapshotFiles files, DateTimeOffset takenAt, IReadOnlyList<INodeSource> nodes)
    {
        _files = files;
        TakenAt = takenAt;
        Nodes = nodes;
    }

    /// <inheritdoc cref="IClusterSource.Place"/>
    public string Place => _files.Place;

    /// <summary>When it was taken (UTC).</summary>
    public DateTimeOffset TakenAt { get; }

    /// <summary>The nodes that it holds.</summary>
    public IReadOnlyList<INodeSource> Nodes { get; }

    /// <summary>
    /// Opens a snapshot: a folder, or a <c>.tar</c>, <c>.tar.gz</c> or <c>.zip</c> of one.
    /// </summary>
    /// <exception cref="SourceException">There is nothing at the path, or it is no snapshot.</exception>
    public static Snapshot Open(string path)
    {
        const string Remedy = "Give the folder that holds snapshot.json, or a .tar, .tar.gz or .zip of it.";
        SnapshotFiles files;
        try
        {
            files = SnapshotFiles.Open(path);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new SourceException(SourceFailure.Unreachable, path, $"The snapshot '{path}' cannot be read: {e.Message}", Remedy, e);
        }

        if (files.Text("snapshot.json") is not { } header) throw new SourceException(SourceFailure.BadAnswer, path, $"'{path}' is no snapshot: it has no snapshot.json.", Remedy);
        try
        {
            using var document = JsonDocument.Parse(header);
            var root = document.RootElement;
            var format = root.Text("format");
            if (format != Format)
            {
                throw new SourceException(SourceFailure.BadAnswer, path, $"'{path}' has the format '{format}'; this version reads '{Format}'.", "Use the version of GravityNet that wrote it.");
            }

            var takenAt = DateTimeOffset.TryParse(root.Text("takenAt"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default;
            var nodes = new List<INodeSource>();
            foreach (var node in root.GetProperty("nodes").EnumerateArray())
            {
                var name = node.Text("name") is { Length: > 0 } text ? text : throw new JsonException("a node has no name");
                nodes.Add(new SnapshotNode(files, name, node.Text("address"), takenAt));
            }

            return new(files, takenAt, nodes);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new SourceException(SourceFailure.BadAnswer, path, $"snapshot.json of '{path}' cannot be read: {e.Message}", Remedy, e);
        }
    }

    /// <inheritdoc/>
    Task<IReadOnlyList<FactResult>> IClusterSource.CollectAsync(IReadOnlyCollection<string> facts, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<FactResult>>([.. facts.Select(Cluster).OfType<FactResult>()]);

    /// <inheritdoc/>
    Task<IReadOnlyList<FactResult>> ILeaseSource.CollectAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<FactResult>>([.. EtcdFacts.Select(Cluster).OfType<FactResult>()]);

    /// <summary>The captures that it holds: node, interface, and the pcap file's bytes.</summary>
    public IEnumerable<(string Node, string Interface, Func<byte[]> Bytes)> Captures() =>
        from path in _files.Paths
        where path.StartsWith("captures/", StringComparison.Ordinal) && path.EndsWith(".pcap", StringComparison.Ordinal)
        let parts = path.Split('/')
        where parts.Length == 3
        select (parts[1], parts[2][..^".pcap".Length], (Func<byte[]>)(() => _files.Bytes(path)!));

    /// <summary>What real traffic did when a recording was made (<c>flows.tsv</c>); null where there is none.</summary>
    public string? Flows => _files.Text("flows.tsv");

    private FactResult? Cluster(string fact) => _files.Text($"cluster/{fact}.json") is { } text ? new FactResult(fact, text) : null;
}
