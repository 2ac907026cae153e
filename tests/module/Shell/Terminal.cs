using System.Diagnostics;
using GravityNet.Shell;
using Xunit;

namespace GravityNet.ModuleTests.Shell;

/// <summary>The shell in a real terminal, tmux's, with a person's keys and what is on the screen.</summary>
internal sealed class Terminal : IDisposable
{
    private const string Program = "/usr/bin/tmux";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // a tmux of our own, which knows nobody's configuration
    private readonly string _name = $"gravitynet-{Environment.ProcessId}-{Guid.NewGuid():n}";

    /// <summary>Starts the shell and waits for its prompt; skips the test where there is no tmux.</summary>
    /// <param name="folder">Where it starts.</param>
    /// <param name="width">Cells of a row.</param>
    /// <param name="height">Rows.</param>
    public Terminal(string folder, int width = 80, int height = 24)
    {
        Assert.SkipUnless(File.Exists(Program), "there is no tmux: install tmux");
        // a prompt whose length does not depend on the folder's
        var start = $"exec dotnet '{typeof(ShellSession).Assembly.Location}' -NoLogo -NoExit -Command 'function prompt {{ \"PS> \" }}'";
        Tmux("-f", "/dev/null", "new-session", "-d", "-x", $"{width}", "-y", $"{height}", "-c", folder, $"cd '{folder}'; {start}");
        try
        {
            WaitFor(screen => screen == "PS>");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What is on the screen, without blanks at the ends of rows and without empty rows at the end.</summary>
    public string Screen => string.Join('\n', Tmux("capture-pane", "-p").Split('\n').Select(row => row.TrimEnd())).TrimEnd('\n');

    /// <summary>Presses keys.</summary>
    /// <param name="keys">Texts, and names of keys as tmux has them: Enter, Tab, BTab, Up, C-c ...</param>
    public void Press(params string[] keys) => Tmux(["send-keys", .. keys]);

    /// <summary>Presses keys and waits for a screen.</summary>
    /// <param name="expected">The last rows of the screen, one row each.</param>
    /// <param name="keys">The keys.</param>
    public void Expect(string expected, params string[] keys)
    {
        Press(keys);
        WaitFor(screen => ("\n" + screen).EndsWith("\n" + expected.ReplaceLineEndings("\n"), StringComparison.Ordinal), expected);
    }

    /// <summary>Waits until the shell has ended, and the terminal with it.</summary>
    public void WaitForEnd()
    {
        for (var clock = Stopwatch.StartNew(); TryTmux(out _, "has-session"); Thread.Sleep(50))
            Assert.True(clock.Elapsed < Patience, "the shell goes on");
    }

    public void Dispose() => TryTmux(out _, "kill-server");

    private void WaitFor(Predicate<string> wanted, string expected = "a prompt")
    {
        var clock = Stopwatch.StartNew();
        while (!wanted(Screen))
        {
            if (clock.Elapsed > Patience)
                Assert.Fail($"expected:\n{expected}\non the screen:\n{Screen}");
            Thread.Sleep(50);
        }
    }

    private string Tmux(params string[] arguments) =>
        TryTmux(out var output, arguments) ? output : throw new InvalidOperationException($"tmux {string.Join(' ', arguments)}: {output}");

    private bool TryTmux(out string output, params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, ["-L", _name, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment.Remove("TMUX");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
