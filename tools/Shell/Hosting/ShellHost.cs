using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace GravityNet.Shell;

/// <summary>The host that a runspace of the embedded shell runs in.</summary>
public sealed class ShellHost : PSHost
{
    private readonly ShellUserInterface _ui;

    /// <summary>Creates a host on a screen.</summary>
    /// <param name="screen">Where it writes and reads.</param>
    public ShellHost(Screen screen) => _ui = new ShellUserInterface(screen);

    /// <summary>The code that <c>exit</c> asked for, null while nobody asked.</summary>
    public int? RequestedExitCode { get; private set; }

    /// <summary>What Ctrl+C at a question of a command does beside ending the command.</summary>
    internal Action? Interrupted { get => _ui.Interrupted; set => _ui.Interrupted = value; }

    /// <inheritdoc/>
    public override string Name => "GravityNet.Shell";

    /// <inheritdoc/>
    public override Version Version => Assembly.GetExecutingAssembly().GetName().Version ?? new Version(0, 0);

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <inheritdoc/>
    public override PSHostUserInterface UI => _ui;

    /// <summary>Takes away what a stopped command left of its progress.</summary>
    public void ResetProgress() => _ui.ResetProgress();

    /// <summary>Tells that a line which was open on the screen is at its end.</summary>
    internal void StartLine() => _ui.StartLine();

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode) => RequestedExitCode = exitCode;

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new NotSupportedException("The embedded shell has no nested prompts; answer without Suspend.");

    /// <inheritdoc/>
    public override void ExitNestedPrompt()
    {
    }

    /// <inheritdoc/>
    public override void NotifyBeginApplication() => _ui.ResetProgress();

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }
}
