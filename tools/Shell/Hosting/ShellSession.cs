using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace GravityNet.Shell;

/// <summary>An open runspace with the everyday cmdlets, the default views and a host.</summary>
public sealed class ShellSession : IDisposable
{
    // the engine has no public word for this; pwsh sets it so that a script's own `exit` ends the process
    private static readonly PropertyInfo RethrowExit =
        EngineInternals.Property("System.Management.Automation.ExecutionContext", "ScriptCommandProcessorShouldRethrowExit");

    private static readonly PropertyInfo ContextOfRunspace = EngineInternals.Property(typeof(Runspace).FullName!, "ExecutionContext");

    private static readonly MethodInfo SetSnapIn =
        EngineInternals.Method(typeof(SessionStateCmdletEntry).BaseType!.FullName!, "SetPSSnapIn");

    private static readonly object Management = SnapIn("Microsoft.PowerShell.Management");
    private static readonly object Utility = SnapIn("Microsoft.PowerShell.Utility");

    private readonly Lock _lock = new();
    private Pipeline? _running;

    /// <summary>Opens a session on a screen.</summary>
    /// <param name="screen">Where it writes and reads.</param>
    public ShellSession(Screen screen)
    {
        Host = new ShellHost(screen);
        Runspace = RunspaceFactory.CreateRunspace(Host, CreateInitialSessionState());
        Runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        Runspace.Open();
    }

    /// <summary>The host, which knows whether <c>exit</c> was called.</summary>
    public ShellHost Host { get; }

    /// <summary>The runspace itself.</summary>
    public Runspace Runspace { get; }

    /// <summary>Whether a pipeline was stopped from outside since the session was opened.</summary>
    public bool WasStopped { get; private set; }

    /// <summary>PowerShell's engine defaults plus every cmdlet of this assembly: what real PowerShell offers in its own modules.</summary>
    /// <returns>A state for <see cref="RunspaceFactory.CreateRunspace(InitialSessionState)"/>; opening it throws when a view is broken.</returns>
    public static InitialSessionState CreateInitialSessionState()
    {
        var state = InitialSessionState.CreateDefault2();
        state.ThrowOnRunspaceOpenError = true;
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.RemoteSigned;
        foreach (var type in typeof(ShellSession).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<CmdletAttribute>() is not { } cmdlet)
                continue;
            var entry = new SessionStateCmdletEntry($"{cmdlet.VerbName}-{cmdlet.NounName}", type, helpFileName: null);
            // the engine's completion, and careful scripts, ask for these commands by the names of PowerShell's own modules
            SetSnapIn.Invoke(entry, [cmdlet.NounName is "Item" or "ChildItem" or "Content" or "Location" or "Path" ? Management : Utility]);
            state.Commands.Add(entry);
        }

        return state;
    }

    /// <summary>Runs a script text and shows its output.</summary>
    /// <param name="script">PowerShell code.</param>
    /// <returns>Whether the last command succeeded (<c>$?</c>) and nothing was thrown.</returns>
    public bool Run(string script) => Run(Runspace.CreatePipeline(script, addToHistory: true));

    /// <summary>Runs a script file with command line arguments and shows its output.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arguments">Words as they stand on a command line: <c>-Name value</c>, <c>-Name:value</c> or a value.</param>
    /// <returns>Whether nothing was thrown.</returns>
    public bool RunFile(string path, IEnumerable<string> arguments)
    {
        var command = new Command(path, isScript: false, useLocalScope: false);
        foreach (var parameter in ScriptArguments.Parse(arguments))
            command.Parameters.Add(parameter);
        RethrowExit.SetValue(ContextOfRunspace.GetValue(Runspace), true);
        // outside the history the engine leaves $? alone, so that a file's exit code is its own word, as in pwsh
        var pipeline = Runspace.CreatePipeline();
        pipeline.Commands.Add(command);
        return Run(pipeline);
    }

    /// <summary>Stops what runs, from any thread.</summary>
    /// <returns>Whether anything ran.</returns>
    public bool Stop()
    {
        lock (_lock)
        {
            if (_running is null)
                return false;
            WasStopped = true;
            _running.StopAsync();
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Runspace.Dispose();

    private bool Run(Pipeline created)
    {
        using var pipeline = created;
        // errors go down the same road as output, so that both stand in the order they came
        pipeline.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        pipeline.Commands.Add("Out-Default");
        lock (_lock)
            _running = pipeline;
        try
        {
            pipeline.Invoke();
            return Runspace.SessionStateProxy.GetVariable("?") is true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException thrown)
        {
            Show(thrown);
            return false;
        }
        finally
        {
            lock (_lock)
                _running = null;
            Host.ResetProgress();
        }
    }

    private void Show(RuntimeException thrown)
    {
        var error = PSObject.AsPSObject(thrown.ErrorRecord);
        // tells Out-Default that this object belongs on the error stream
        error.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        using var pipeline = Runspace.CreatePipeline();
        pipeline.Commands.Add("Out-Default");
        pipeline.Input.Write(error);
        pipeline.Input.Close();
        try
        {
            pipeline.Invoke();
        }
        catch (RuntimeException)
        {
            Host.UI.WriteErrorLine(thrown.Message);
        }
    }

    private static object SnapIn(string name)
    {
        var assembly = typeof(ShellSession).Assembly;
        var version = assembly.GetName().Version;
        return EngineInternals.New(
            typeof(PSSnapInInfo).FullName!, name, true, AppContext.BaseDirectory, assembly.FullName, assembly.Location, version, version,
            new Collection<string>(), new Collection<string>(), "", "");
    }
}
