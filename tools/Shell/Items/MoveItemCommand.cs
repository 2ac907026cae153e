using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Move-Item.</summary>
[Cmdlet(VerbsCommon.Move, "Item", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class MoveItemCommand : ItemCommand
{
    /// <summary>Where to.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public string Destination { get; set; } = ".";

    /// <summary>Replaces what is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes what was moved.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in Path.SelectMany(Resolve))
        {
            if (!ShouldProcess($"Item: {path} Destination: {Destination}", "Move Item"))
                continue;
            ItemErrors.Report(this, path, () =>
            {
                var moved = InvokeProvider.Item.Move([path], Destination, Force, literalPath: true);
                if (PassThru)
                    WriteObject(moved, enumerateCollection: true);
            });
        }
    }
}
