using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Remove-Item.</summary>
[Cmdlet(VerbsCommon.Remove, "Item", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class RemoveItemCommand : ItemCommand
{
    /// <summary>Removes what a container holds, too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Removes hidden and read-only items, too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in Path.SelectMany(Resolve))
        {
            ItemErrors.Report(this, path, () =>
            {
                var hasChildren = !Recurse && InvokeProvider.Item.IsContainer(path) && InvokeProvider.ChildItem.HasChild(path, force: true, literalPath: true);
                if (hasChildren
                    && !ShouldContinue($"The item at {path} has children and the Recurse parameter was not specified. Remove it with its children?", "Confirm"))
                    return;
                if (ShouldProcess(path, "Remove Item"))
                    InvokeProvider.Item.Remove([path], Recurse || hasChildren, Force, literalPath: true);
            });
        }
    }
}
