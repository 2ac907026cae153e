using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Add-Content.</summary>
[Cmdlet(VerbsCommon.Add, "Content", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class AddContentCommand : SetContentCommand
{
    /// <inheritdoc/>
    protected override bool Appends => true;
}
