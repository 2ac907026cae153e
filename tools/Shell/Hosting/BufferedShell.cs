using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>A session without a terminal, for tests: runs pipelines for their objects, or for the text that a console of a set width would show.</summary>
public sealed class BufferedShell : IDisposable
{
    private readonly StringWriter _screen = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
    private readonly ShellSession _session;

    /// <summary>Opens it.</summary>
    /// <param name="width">Columns of a line.</param>
    /// <param name="input">Answers to prompts, a line each.</param>
    /// <param name="colour">Whether what it shows has colours.</param>
    public BufferedShell(int width = Screen.RedirectedWidth, string input = "", bool colour = false) =>
        _session = new ShellSession(Screen.ForBuffer(_screen, width, new StringReader(input), colour));

    /// <summary>The session behind it, to stop it or to reach its runspace.</summary>
    public ShellSession Session => _session;

    /// <summary>The non-terminating errors of the last <see cref="Invoke"/>.</summary>
    public IReadOnlyList<ErrorRecord> Errors { get; private set; } = [];

    /// <summary>The streams of the last <see cref="Invoke"/>: warnings, verbose and so on.</summary>
    public PSDataStreams? Streams { get; private set; }

    /// <summary>Runs a script for its objects.</summary>
    /// <param name="script">PowerShell code.</param>
    /// <param name="arguments">What <c>$args</c> holds.</param>
    /// <returns>What it wrote.</returns>
    /// <exception cref="RuntimeException">The script threw.</exception>
    public Collection<PSObject> Invoke(string script, params object?[] arguments)
    {
        using var shell = PowerShell.Create(_session.Runspace);
        shell.AddScript(script);
        foreach (var argument in arguments)
            shell.AddArgument(argument);
        Streams = shell.Streams;
        try
        {
            return shell.Invoke();
        }
        finally
        {
            Errors = [.. shell.Streams.Error];
        }
    }

    /// <summary>Runs a script for what the console would show: output by the default views, errors, warnings and Write-Host in their order.</summary>
    /// <param name="script">PowerShell code.</param>
    /// <returns>The text, lines ended by <c>\n</c>.</returns>
    public string Render(string script)
    {
        _screen.GetStringBuilder().Clear();
        _session.Run(script);
        return _screen.ToString();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _screen.Dispose();
    }
}
