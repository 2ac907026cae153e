using GravityNet.Overlay;
using GravityNet.Snapshots;

namespace GravityNet.Cmdlets;

/// <summary>Opens snapshots as clusters.</summary>
internal static class SavedCluster
{
    /// <summary>Opens a snapshot; what was left out of it is a warning.</summary>
    /// <exception cref="Sources.SourceException">It cannot be read, or is no snapshot.</exception>
    public static GravityCluster Open(string path, LeaseSource leases, PipelineWriter writer, CancellationToken cancel)
    {
        writer.Verbose($"reading {path}");
        var snapshot = Snapshot.Open(path, ArchiveLimits.Default, cancel);
        writer.Verbose($"{path}: {snapshot.Format}, taken at {snapshot.TakenAt:O}");
        if (snapshot.LeftOut is { Count: > 0 } left) writer.Warning($"Of '{path}' some was left out: {string.Join("; ", left)}.");

        // one node after the other: files are fast, and the order is the same each time
        return new GravityCluster(path, snapshot.Nodes, [snapshot], snapshot, throttle: 1, snapshot) { At = snapshot.TakenAt, ChosenHome = leases };
    }
}
