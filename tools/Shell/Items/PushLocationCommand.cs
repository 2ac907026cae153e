using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Push-Location.</summary>
[Cmdlet(VerbsCommon.Push, "Location")]
public sealed class PushLocationCommand : PSCmdlet
{
    /// <summary>Where to go; nowhere when omitted.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string? Path { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ItemErrors.Report(this, Path ?? "", () =>
    {
        SessionState.Path.PushCurrentLocation(null);
        if (Path is not null)
            SessionState.Path.SetLocation(Path);
    });
}
