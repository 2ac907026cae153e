using System.Globalization;
using System.Runtime.InteropServices;

namespace GravityNet.Shell;

/// <summary>The programs that a script is waiting for. The engine does not end the ones that own the console, so a stop would wait for them.</summary>
internal static partial class ChildProcesses
{
    /// <summary>Sends a signal to every child of this process.</summary>
    public static void Signal(PosixSignal signal)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var number = signal switch { PosixSignal.SIGHUP => 1, PosixSignal.SIGINT => 2, _ => 15 };
        foreach (var child in Children())
            _ = Kill(child, number);
    }

    private static IEnumerable<int> Children() =>
        Directory.GetDirectories("/proc/self/task")
            .SelectMany(task => ChildrenOf(task).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    private static string ChildrenOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "children"));
        }
        catch (IOException)
        {
            // a thread that ended meanwhile
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
