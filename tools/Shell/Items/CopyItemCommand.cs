using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Copy-Item.</summary>
[Cmdlet(VerbsCommon.Copy, "Item", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class CopyItemCommand : ItemCommand
{
    /// <summary>Where to.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public string Destination { get; set; } = ".";

    /// <summary>Copies what a container holds, too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Replaces read-only items.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the copies.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in Path.SelectMany(Resolve))
        {
            if (!ShouldProcess($"Item: {path} Destination: {Destination}", "Copy Item"))
                continue;
            ItemErrors.Report(this, path, () =>
            {
                var copies = InvokeProvider.Item.Copy([path], Destination, Recurse, CopyContainers.CopyTargetContainer, Force, literalPath: true);
                if (PassThru)
                    WriteObject(copies, enumerateCollection: true);
            });
        }
    }
}
