using System.Diagnostics;
using GravityNet.Sources;

namespace GravityNet.UnitTests.Capturing;

/// <summary>A node's shell that runs its scripts on this machine, in a network namespace, each in a process group of its own.</summary>
internal sealed class LocalShell(string nodeName, string networkNamespace) : INodeShell
{
    public string Node { get; set; } = nodeName;

    public async Task<ShellResult> RunAsync(string script, TimeSpan timeout, CancellationToken cancel)
    {
        using var output = new MemoryStream();
        var result = await StreamAsync(script, timeout, piece => output.Write(piece.Span), cancel);
        return result with { Output = System.Text.Encoding.UTF8.GetString(output.ToArray()) };
    }

    public async Task<ShellResult> StreamAsync(string script, TimeSpan timeout, Action<ReadOnlyMemory<byte>> onOutput, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        using var late = new CancellationTokenSource(timeout);
        using var process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", networkNamespace, "setsid", "sh", "-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var onCancel = cancel.Register(() => EndGroup(process.Id));
        using var onLate = late.Token.Register(() => EndGroup(process.Id));
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var buffer = new byte[4096];
        int read;
        while ((read = await process.StandardOutput.BaseStream.ReadAsync(buffer, CancellationToken.None)) > 0)
            onOutput(buffer.AsMemory(0, read));
        await process.WaitForExitAsync(CancellationToken.None);
        cancel.ThrowIfCancellationRequested();
        if (late.IsCancellationRequested)
            throw new SourceException(SourceFailure.TimedOut, Node, "The script took too long.", "Wait.");
        return new ShellResult(process.ExitCode, "", await error, watch.Elapsed);
    }

    public Task<Stream> OpenStreamAsync(string host, int port, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void EndGroup(int leader)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -TERM -{leader} 2>/dev/null"]);
        kill.WaitForExit();
    }
}
