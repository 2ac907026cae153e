using System.Collections.ObjectModel;
using System.Management.Automation;
using GravityNet.Shell;
using Xunit;

namespace GravityNet.ModuleTests;

/// <summary>
/// A shell with the built module (<c>out/GravityNet</c>) imported, as a user has it.
/// </summary>
public sealed class ModuleShell : IDisposable
{
    private readonly BufferedShell _shell;

    public ModuleShell(int width = 120, string input = "", bool colour = false)
    {
        _shell = new(width, input, colour);
        var manifest = Path.Combine(Repository.Root, "out", "GravityNet", "GravityNet.psd1");
        if (!File.Exists(manifest)) throw new InvalidOperationException($"{manifest} is missing: run ./build.sh build first.");
        Run("Import-Module $args[0]", manifest);
    }

    /// <summary>A shell that is connected to one of the recordings.</summary>
    public static ModuleShell OnRecording(string name, int width = 120)
    {
        var shell = new ModuleShell(width);
        shell.Run("$null = Connect-GravityCluster -Snapshot $args[0]", RecordingPath(name));
        return shell;
    }

    public static string RecordingPath(string name) => Path.Combine(AppContext.BaseDirectory, "recordings", name + ".tar.gz");

    /// <summary>The errors of the last call.</summary>
    public IReadOnlyList<ErrorRecord> Errors => _shell.Errors;

    /// <summary>All streams of the last call.</summary>
    public PSDataStreams Streams => _shell.Streams!;

    /// <summary>Runs a script that must give no error.</summary>
    public Collection<PSObject> Run(string script, params object?[] arguments)
    {
        var output = _shell.Invoke(script, arguments);
        Assert.Empty(_shell.Errors.Select(e => e.ToString()));
        return output;
    }

    /// <summary>Runs a script and returns what it gave; errors are in <see cref="Errors"/>.</summary>
    public Collection<PSObject> Try(string script, params object?[] arguments) => _shell.Invoke(script, arguments);

    /// <summary>The texts of what a script that must give no error returned.</summary>
    public IReadOnlyList<string> Lines(string script, params object?[] arguments) => [.. Run(script, arguments).Select(o => o?.ToString() ?? "")];

    /// <summary>What the console shows, without the blank lines around it.</summary>
    public string Render(string script) => _shell.Render(script).Trim('\r', '\n').ReplaceLineEndings("\n");

    /// <summary>A pipeline in this shell that runs beside the test, which can stop it as Ctrl+C does.</summary>
    public PowerShell Pipeline(string script)
    {
        var pipeline = PowerShell.Create(_shell.Session.Runspace);
        pipeline.AddScript(script);
        return pipeline;
    }

    public void Dispose() => _shell.Dispose();
}
