using System.Collections.ObjectModel;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Move-Item.</summary>
[Cmdlet(VerbsCommon.Move, "Item", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class MoveItemCommand : TransferItemCommand
{
    private protected override Collection<PSObject> Transfer(string path) => InvokeProvider.Item.Move([path], Destination, Force, literalPath: true);
}
