using System.ComponentModel;
using System.Diagnostics;

namespace GravityNet.Labs.Running;

/// <summary>Runs child commands, each bounded in time, with the system folders in PATH.</summary>
internal static class Command
{
    /// <summary>The time that a command gets unless told otherwise.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(20);

    /// <summary>The folders where Debian keeps the tools that nodes use.</summary>
    public const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private const int TimedOut = 124;

    /// <summary>Runs a command and returns its answer, whatever the exit code.</summary>
    /// <param name="command">The program and its arguments; no shell reads them.</param>
    /// <param name="input">Text for its standard input, or null for none.</param>
    /// <param name="limit">How long it may take; past that it is ended and the exit code is 124.</param>
    /// <param name="cancellationToken">Ends the command.</param>
    /// <exception cref="LabException">The program does not exist.</exception>
    public static async Task<CommandResult> TryAsync(
        IReadOnlyList<string> command, string? input = null, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        start.Environment["PATH"] = SystemPath + ":" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["LC_ALL"] = "C.UTF-8";

        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(limit ?? DefaultLimit);
        try
        {
            await WriteInputAsync(process, input).WaitAsync(timer.Token);
            await process.WaitForExitAsync(timer.Token);
            return new CommandResult(process.ExitCode, await output.WaitAsync(timer.Token), await error.WaitAsync(timer.Token));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return new CommandResult(TimedOut, "", $"no answer within {(limit ?? DefaultLimit).TotalSeconds:0.#} s");
        }
    }

    /// <summary>Runs a command that must succeed and returns its standard output.</summary>
    /// <exception cref="LabException">It failed; the message has the command and its standard error.</exception>
    public static async Task<string> RunAsync(
        IReadOnlyList<string> command, string? input = null, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        var result = await TryAsync(command, input, limit, cancellationToken);
        if (result.Succeeded)
            return result.Output;
        throw new LabException($"'{string.Join(' ', command)}' ended with exit code {result.ExitCode}: {(result.Error + result.Output).Trim()}");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new LabException($"'{start.FileName}' cannot be started ({e.Message}); 'lab install' installs what the lab needs", e);
        }
    }

    private static async Task WriteInputAsync(Process process, string? input)
    {
        try
        {
            if (input is not null)
                await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // the command ended without reading all of it; its exit code tells more
        }
    }
}
