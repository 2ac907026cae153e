using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>New-TimeSpan.</summary>
[Cmdlet(VerbsCommon.New, "TimeSpan", DefaultParameterSetName = "Date")]
[OutputType(typeof(TimeSpan))]
public sealed class NewTimeSpanCommand : PSCmdlet
{
    /// <summary>From when; now when omitted.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Date")]
    [Alias("LastWriteTime")]
    public DateTime? Start { get; set; }

    /// <summary>Until when; now when omitted.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = "Date")]
    public DateTime? End { get; set; }

    /// <summary>Days.</summary>
    [Parameter(ParameterSetName = "Time")]
    public int Days { get; set; }

    /// <summary>Hours.</summary>
    [Parameter(ParameterSetName = "Time")]
    public int Hours { get; set; }

    /// <summary>Minutes.</summary>
    [Parameter(ParameterSetName = "Time")]
    public int Minutes { get; set; }

    /// <summary>Seconds.</summary>
    [Parameter(ParameterSetName = "Time")]
    public int Seconds { get; set; }

    /// <summary>Milliseconds.</summary>
    [Parameter(ParameterSetName = "Time")]
    public int Milliseconds { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var now = DateTime.Now;
        WriteObject(ParameterSetName == "Time" ? new TimeSpan(Days, Hours, Minutes, Seconds, Milliseconds) : (End ?? now) - (Start ?? now));
    }
}
