using System.Collections.ObjectModel;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>What Copy-Item and Move-Item have in common.</summary>
public abstract class TransferItemCommand : ItemCommand
{
    /// <summary>Where to.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public string Destination { get; set; } = ".";

    /// <summary>Replaces what is there, and read-only items.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the items at their new place.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in Path.SelectMany(Resolve))
        {
            if (!ShouldProcess($"Item: {path} Destination: {Destination}", $"{((CmdletInfo)MyInvocation.MyCommand).Verb} Item"))
                continue;
            ItemErrors.Report(this, path, () =>
            {
                var transferred = Transfer(path);
                if (PassThru)
                    WriteObject(transferred, enumerateCollection: true);
            });
        }
    }

    /// <summary>Does it for one path.</summary>
    /// <param name="path">A path, to be taken literally.</param>
    /// <returns>The items at their new place.</returns>
    private protected abstract Collection<PSObject> Transfer(string path);
}
