using System.Diagnostics;
using System.Globalization;

namespace GravityNet.Bench;

/// <summary>A PowerShell session of its own, as a user has one, that times commands itself: what its process costs to start is not counted.</summary>
internal sealed class ShellProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="command">The program and its arguments.</param>
    public ShellProcess(IReadOnlyList<string> command)
    {
        _process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        // the engine's own first steps are no part of what follows
        Ask("1 + 1 | ForEach-Object { $_ } | Out-Null; [Diagnostics.Stopwatch]::StartNew().ElapsedTicks | Out-Null");
    }

    /// <summary>Runs a command and gives the last thing it wrote.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public string Ask(string command)
    {
        // a word of its own before the answer: the shell may show other things, too
        _process.StandardInput.WriteLine($"& {{ $ErrorActionPreference = 'Stop'; try {{ $answer = . {{ {command} }} | Select-Object -Last 1; \"@answer $answer\" }} catch {{ \"@failure $_\" }} }}");
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            // with what a prompt may have put before it
            if (line.IndexOf("@answer ", StringComparison.Ordinal) is >= 0 and var answer)
                return line[(answer + "@answer ".Length)..];
            if (line.Contains("@failure ", StringComparison.Ordinal))
                throw new InvalidOperationException($"{command}: {line}");
        }

        throw new InvalidOperationException($"The shell ended at: {command}");
    }

    /// <summary>The milliseconds of a command.</summary>
    public TimeSpan Time(string command) => TimeSpan.FromMilliseconds(double.Parse(
        Ask($"$clock = [Diagnostics.Stopwatch]::StartNew(); {command} | Out-Null; $clock.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)"),
        CultureInfo.InvariantCulture));

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000))
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
