using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Pop-Location.</summary>
[Cmdlet(VerbsCommon.Pop, "Location")]
public sealed class PopLocationCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => ItemErrors.Report(this, "", () => SessionState.Path.PopLocation(null));
}
