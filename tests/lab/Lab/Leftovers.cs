using System.Globalization;
using GravityNet.Labs.Parts;
using GravityNet.Labs.Running;

namespace GravityNet.Labs;

/// <summary>Finds and removes everything that a lab made, with or without its files: processes carry the lab's mark.</summary>
internal static class Leftovers
{
    private const string CniFolder = "/var/lib/cni";

    private const string CniFolderMark = CniFolder + "/.made-by-gravitynet-lab";

    private static readonly string[] LabInterfaces = ["flannel.1", "cni0", "underlay", "node-1", "node-2", "node-3", JumpHost.Name];

    /// <summary>Removes what a lab made.</summary>
    /// <param name="state">The lab's folder.</param>
    /// <param name="keepOutside">Whether the outside namespace stays, for the commands that run in it.</param>
    public static async Task RemoveAsync(StateFolder state, bool keepOutside)
    {
        var holder = OutsideNetwork.Holder(state);
        if (holder is { } pid)
            await OutsideNetwork.RemoveUnderlayAsync(pid);
        var kept = keepOutside ? holder : null;
        // The nodes' first processes go first: their parents, which are the lab's too, then reap them.
        // Again and again, as a killed `up` may just have been starting one more.
        await Processes.KillAsync([.. Processes.Owned(state.Path).Where(p => Processes.Name(p) == NodeHost.FirstProcess)]);
        for (var round = 0; round < 5; round++)
            await Processes.KillAsync([.. Processes.Owned(state.Path).Where(p => p != kept)]);
        RemoveCniFolder(state);
        if (Directory.Exists(state.Path))
            Directory.Delete(state.Path, recursive: true);
        if (kept is not null)
        {
            Directory.CreateDirectory(state.Path);
            await File.WriteAllTextAsync(state.OutsidePid, kept.Value.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Makes the folder that nodes mount their own CNI state on. A mark in it says that it has to go again with the last lab.</summary>
    public static void MakeCniFolder()
    {
        if (Directory.Exists(CniFolder))
            return;
        Directory.CreateDirectory(CniFolder);
        File.WriteAllText(CniFolderMark, "");
    }

    private static void RemoveCniFolder(StateFolder state)
    {
        if (!File.Exists(CniFolderMark) || Processes.Owned(null).Except(Processes.Owned(state.Path)).Any())
            return;
        File.Delete(CniFolderMark);
        if (!Directory.EnumerateFileSystemEntries(CniFolder).Any())
            Directory.Delete(CniFolder);
    }

    /// <summary>What is left of a lab on the machine, one line a thing; nothing when it is gone without a trace.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(StateFolder state)
    {
        var found = new List<string>();
        found.AddRange(Processes.Owned(state.Path).Select(pid => $"process {pid} ({Processes.Name(pid)})"));
        if (Directory.Exists(state.Path))
            found.Add($"folder {state.Path}");
        found.AddRange((await File.ReadAllLinesAsync("/proc/1/mountinfo"))
            .Where(l => l.Contains(state.Path, StringComparison.Ordinal) || l.Contains(CniFolder, StringComparison.Ordinal) || l.Contains("/netns/cni-", StringComparison.Ordinal))
            .Select(l => $"mount {l}"));
        // PID 1 tells the machine's interfaces also to a caller that is inside the outside namespace
        found.AddRange((await File.ReadAllLinesAsync("/proc/1/net/dev"))
            .Select(l => l.Split(':')[0].Trim())
            .Where(LabInterfaces.Contains)
            .Select(i => $"interface {i}"));
        if (File.Exists(CniFolderMark) && !Processes.Owned(null).Except(Processes.Owned(state.Path)).Any())
            found.Add($"folder {CniFolder}");
        if (Directory.Exists("/run/netns"))
            found.AddRange(Directory.EnumerateFiles("/run/netns", "cni-*").Select(f => $"network namespace {f}"));
        return found;
    }
}
