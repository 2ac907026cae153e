using System.Runtime.InteropServices;

namespace GravityNet.Labs.Running;

/// <summary>
/// Becomes another program, so that it has this process's terminal, gets its signals, and gives its exit code.
/// </summary>
internal static partial class Replace
{
    private const int SigPipe = 13;
    private const int Enoent = 2;

    /// <summary>Runs the program in this process's place.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <returns>Only on failure: 127 when there is no such program, else 126, as shells do.</returns>
    public static int With(IReadOnlyList<string> command)
    {
        Environment.SetEnvironmentVariable("PATH", Command.SystemPath + ":" + Environment.GetEnvironmentVariable("PATH"));
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(e => $"{e.Key}={e.Value}");
        // .NET ignores SIGPIPE, and a program would inherit that
        _ = Signal(SigPipe, 0);
        var path = Find(command[0]) ?? command[0];
        _ = Execve(path, [.. command, null], [.. environment, null]);
        var error = Marshal.GetLastPInvokeError();
        Console.Error.WriteLine($"lab: {command[0]}: {Marshal.GetPInvokeErrorMessage(error)}");
        return error == Enoent ? 127 : 126;
    }

    private static string? Find(string program) => program.Contains('/', StringComparison.Ordinal)
        ? program
        : Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int number, nint handler);

    [LibraryImport("libc", EntryPoint = "execve", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Execve(string path, string?[] arguments, string?[] environment);
}
