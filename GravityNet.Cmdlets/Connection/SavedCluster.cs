using GravityNet.Overlay;
using GravityNet.Snapshots;

namespace GravityNet.Cmdlets;

/// <summary>Opens snapshots as clusters.</summary>
internal static class SavedCluster
{
    private static readonly string[] Archives = [".tar.gz", ".tgz", ".tar", ".zip"];

    /// <summary>Opens a snapshot; what was left out of it is a warning.</summary>
    /// <exception cref="Sources.SourceException">It cannot be read, or is no snapshot.</exception>
    public static GravityCluster Open(string path, LeaseSource leases, PipelineWriter writer, CancellationToken cancel)
    {
        writer.Verbose($"reading {path}");
        var snapshot = Snapshot.Open(path, ArchiveLimits.Default, cancel);
        writer.Verbose($"{path}: {snapshot.Format}, taken at {snapshot.TakenAt:O}");
        if (snapshot.LeftOut is { Count: > 0 } left) writer.Warning($"Of '{path}' some was left out: {string.Join("; ", left)}.");

        // one node after the other: files are fast, and the order is the same each time
        return new GravityCluster(NameOf(path), snapshot.Nodes, [snapshot], snapshot, throttle: 1, snapshot) { At = snapshot.TakenAt, Path = path, ChosenHome = leases };
    }

    // /tmp/case-7.tar.gz is case-7
    private static string NameOf(string path)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        var end = Archives.FirstOrDefault(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase) && name.Length > e.Length) ?? "";
        return name.Length > 0 ? name[..^end.Length] : path;
    }
}
