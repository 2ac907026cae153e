using System.Management.Automation;
using GravityNet.Shell;

namespace GravityNet.ModuleTests.Shell;

/// <summary>A shell for one test, and short ways to ask it.</summary>
public abstract class ShellTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-shell-").FullName;

    protected ShellTest() => Shell.Invoke("Set-Location -LiteralPath $args[0]", _folder);

    protected BufferedShell Shell { get; } = new();

    protected string Folder => _folder;

    /// <summary>The results of a script joined by spaces.</summary>
    protected string Words(string script, params object?[] arguments) => string.Join(' ', Shell.Invoke(script, arguments));

    /// <summary>The one result of a script.</summary>
    protected object? One(string script)
    {
        var results = Shell.Invoke(script);
        return Xunit.Assert.Single(results) is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : results[0];
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Shell.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
