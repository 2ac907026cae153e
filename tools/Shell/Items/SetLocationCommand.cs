using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Set-Location. Without a path it goes home; <c>-</c> goes back.</summary>
[Cmdlet(VerbsCommon.Set, "Location", DefaultParameterSetName = "Path")]
public sealed class SetLocationCommand : PSCmdlet
{
    /// <summary>Where to.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string Path { get; set; } = "~";

    /// <summary>Where to, taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string LiteralPath { get => Path; set => Path = value; }

    /// <summary>Writes the new location.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ItemErrors.Report(this, Path, () =>
    {
        var path = ParameterSetName == "LiteralPath" ? WildcardPattern.Escape(Path) : Path;
        var location = SessionState.Path.SetLocation(path);
        if (PassThru)
            WriteObject(location);
    });
}
