using System.Diagnostics;
using GravityNet.Sources;

namespace GravityNet.UnitTests.Probing;

/// <summary>A shell in a network namespace of this machine, made for one test and removed with it.</summary>
internal sealed class NamespaceShell : INodeShell
{
    private NamespaceShell(string name) => Node = name;

    public string Node { get; set; }

    /// <summary>Makes the namespace with a loopback that is up.</summary>
    public static async Task<NamespaceShell> CreateAsync()
    {
        var shell = new NamespaceShell($"gnprobe-{Guid.NewGuid().ToString("N")[..8]}");
        await ExecuteAsync(["ip", "netns", "add", shell.Node], "");
        await shell.SetUpAsync("ip link set lo up");
        return shell;
    }

    /// <summary>Runs lines that must succeed.</summary>
    public async Task SetUpAsync(string script)
    {
        var result = await RunAsync("set -e\n" + script, TimeSpan.FromSeconds(10), CancellationToken.None);
        if (result.ExitCode != 0) throw new InvalidOperationException(result.Error);
    }

    public Task<ShellResult> RunAsync(string script, TimeSpan timeout, CancellationToken cancel) => ExecuteAsync(["ip", "netns", "exec", Node, "sh"], script);

    public Task<ShellResult> StreamAsync(string script, TimeSpan timeout, Action<ReadOnlyMemory<byte>> onOutput, CancellationToken cancel) =>
        throw new NotSupportedException("Probes are not streamed.");

    /// <summary>Starts a command in the namespace that runs until it is disposed of.</summary>
    public Process Start(params string[] command)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", Node, .. command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start)!;
    }

    public Task<Stream> OpenStreamAsync(string host, int port, CancellationToken cancel) => throw new NotSupportedException();

    public async ValueTask DisposeAsync() => await ExecuteAsync(["ip", "netns", "delete", Node], "");

    private static async Task<ShellResult> ExecuteAsync(string[] command, string script)
    {
        var since = Stopwatch.StartNew();
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(script);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await error, since.Elapsed);
    }
}
