using System.Diagnostics;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Start-Sleep: waits, and stops waiting at Ctrl+C.</summary>
[Cmdlet(VerbsLifecycle.Start, "Sleep", DefaultParameterSetName = "Seconds")]
public sealed class StartSleepCommand : PSCmdlet, IDisposable
{
    private readonly ManualResetEventSlim _stopped = new();

    /// <summary>Seconds to wait, with fractions.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Seconds")]
    [ValidateRange(0.0, int.MaxValue / 1000)]
    public double Seconds { get; set; }

    /// <summary>Milliseconds to wait.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Milliseconds")]
    [ValidateRange(0, int.MaxValue)]
    [Alias("ms")]
    public int Milliseconds { get; set; }

    /// <summary>Time to wait.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Duration")]
    [Alias("ts")]
    public TimeSpan Duration { get; set; }

    /// <inheritdoc/>
    public void Dispose() => _stopped.Dispose();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var time = ParameterSetName switch
        {
            "Seconds" => TimeSpan.FromSeconds(Seconds),
            "Milliseconds" => TimeSpan.FromMilliseconds(Milliseconds),
            _ => Duration,
        };

        // a wait counts whole milliseconds and may end a part of one early
        var clock = Stopwatch.StartNew();
        for (var rest = time; rest > TimeSpan.Zero; rest = time - clock.Elapsed)
        {
            if (_stopped.Wait(TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)))) return;
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopped.Set();
}
