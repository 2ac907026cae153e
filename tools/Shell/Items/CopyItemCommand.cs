using System.Collections.ObjectModel;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Copy-Item.</summary>
[Cmdlet(VerbsCommon.Copy, "Item", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class CopyItemCommand : TransferItemCommand
{
    /// <summary>Copies what a container holds, too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    private protected override Collection<PSObject> Transfer(string path) =>
        InvokeProvider.Item.Copy([path], Destination, Recurse, CopyContainers.CopyTargetContainer, Force, literalPath: true);
}
