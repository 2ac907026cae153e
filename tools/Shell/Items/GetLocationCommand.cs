using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Get-Location.</summary>
[Cmdlet(VerbsCommon.Get, "Location")]
[OutputType(typeof(PathInfo))]
public sealed class GetLocationCommand : PSCmdlet
{
    /// <summary>The location on these drives.</summary>
    [Parameter]
    public string[] PSDrive { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (PSDrive.Length == 0)
            WriteObject(SessionState.Path.CurrentLocation);
        foreach (var drive in PSDrive)
            ItemErrors.Report(this, drive, () => WriteObject(SessionState.Path.CurrentProviderLocation(SessionState.Drive.Get(drive).Provider.Name)));
    }
}
