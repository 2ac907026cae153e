using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>ConvertTo-Csv.</summary>
[Cmdlet(VerbsData.ConvertTo, "Csv", DefaultParameterSetName = "Delimiter")]
[OutputType(typeof(string))]
public sealed class ConvertToCsvCommand : CsvCommand
{
    /// <summary>The objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            WriteObject(LinesOf(InputObject), enumerateCollection: true);
    }
}
