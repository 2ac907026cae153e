using System.Diagnostics;
using System.Globalization;

namespace GravityNet.Labs.Running;

/// <summary>What /proc tells about processes.</summary>
internal static class Processes
{
    /// <summary>All process ids.</summary>
    public static IEnumerable<int> All() =>
        from path in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(path)
        where char.IsAsciiDigit(name[0])
        select int.Parse(name, CultureInfo.InvariantCulture);

    /// <summary>The processes that a lab marked as its own.</summary>
    /// <param name="owner">The lab's state folder, or null for any lab. A lab whose folder lies in another's belongs to both.</param>
    public static IReadOnlyList<int> Owned(string? owner)
    {
        var mark = $"{Daemon.OwnerVariable}={owner}";
        return [.. All().Where(pid => Read(pid, "environ").Split('\0').Any(v => v == mark || v.StartsWith(owner is null ? mark : mark + '/', StringComparison.Ordinal)))];
    }

    /// <summary>The short name of a process, or an empty text when it is gone.</summary>
    public static string Name(int pid) => Read(pid, "comm").Trim();

    /// <summary>Whether a process is there and not just waiting to be reaped.</summary>
    public static bool Lives(int pid)
    {
        var stat = Read(pid, "stat");
        var end = stat.LastIndexOf(')');
        return end >= 0 && stat[end + 2] is not ('Z' or 'X');
    }

    /// <summary>The identity of one of a process's namespaces, such as net:[4026531840], or null when the process is gone.</summary>
    public static string? Namespace(int pid, string kind)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/{kind}").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The processes of a node: their ids there, and as the machine numbers them.</summary>
    /// <param name="nodePid">The node's PID 1.</param>
    public static IReadOnlyDictionary<int, int> OfNode(int nodePid)
    {
        var home = Namespace(nodePid, "pid");
        var result = new Dictionary<int, int>();
        foreach (var pid in All().Where(p => Namespace(p, "pid") == home))
        {
            var line = Read(pid, "status").Split('\n').FirstOrDefault(l => l.StartsWith("NSpid:", StringComparison.Ordinal));
            if (line?.Split('\t') is [.., var inner])
                result[int.Parse(inner, CultureInfo.InvariantCulture)] = pid;
        }

        return result;
    }

    /// <summary>The first process of a PID namespace that was made inside a node's, or null when there is none.</summary>
    /// <param name="nodePid">The node's PID 1.</param>
    /// <param name="name">Its short name.</param>
    public static int? NestedFirst(int nodePid, string name)
    {
        var home = Namespace(nodePid, "pid");
        foreach (var pid in All().Where(p => Name(p) == name))
        {
            var parent = Read(pid, "status").Split('\n').FirstOrDefault(l => l.StartsWith("PPid:\t", StringComparison.Ordinal));
            if (parent is not null && Namespace(pid, "pid") != home && Namespace(int.Parse(parent.AsSpan(6), CultureInfo.InvariantCulture), "pid") == home)
                return pid;
        }

        return null;
    }

    /// <summary>Ends processes at once and waits until they are gone.</summary>
    /// <exception cref="LabException">One is still there after ten seconds.</exception>
    public static async Task KillAsync(IReadOnlyCollection<int> pids)
    {
        foreach (var pid in pids)
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                process.Kill();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // already gone
            }
        }

        await Wait.ForAsync("the end of the lab's processes", TimeSpan.FromSeconds(10),
            () => Task.FromResult(pids.Any(Lives) ? null : "gone"), CancellationToken.None);
        // their parents reap them; in a container whose first process does not, the rest that stays is not the lab's to remove
        for (var i = 0; i < 20 && pids.Any(p => Directory.Exists($"/proc/{p}")); i++)
            await Task.Delay(25);
    }

    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
