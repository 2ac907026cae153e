using System.Diagnostics;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Measure-Command: how long a script block runs, in the caller's own scope.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Command")]
[OutputType(typeof(TimeSpan))]
public sealed class MeasureCommandCommand : PSCmdlet
{
    private readonly Stopwatch _clock = new();

    /// <summary>What is <c>$_</c> in it, one run each.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The script block.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public ScriptBlock? Expression { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (MyInvocation.ExpectingInput)
            SessionState.PSVariable.Set("_", InputObject);
        _clock.Start();
        // what it writes goes nowhere
        SessionState.InvokeCommand.InvokeScript(useLocalScope: false, Expression, input: null);
        _clock.Stop();
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => WriteObject(_clock.Elapsed);
}
