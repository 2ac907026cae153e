namespace GravityNet;

/// <summary>
/// A snapshot that was written: where it is, and what it holds and lacks.
/// </summary>
public sealed record ClusterSnapshotFile
{
    /// <summary>The archive's or folder's full path.</summary>
    public required string Path { get; init; }

    /// <summary>The nodes that answered.</summary>
    public required IReadOnlyList<string> Nodes { get; init; }

    /// <summary>How many network namespaces of pods it holds.</summary>
    public int Pods { get; init; }

    /// <summary>How many facts it holds: of nodes, of pods and of the cluster's stores.</summary>
    public int Facts { get; init; }

    /// <summary>Its size in bytes; of a folder, that of its files.</summary>
    public long Bytes { get; init; }

    /// <summary>When it was taken (UTC).</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>What it lacks, each with the reason: nodes that did not answer, stores that did not, and commands that a node does not have or that failed there.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
