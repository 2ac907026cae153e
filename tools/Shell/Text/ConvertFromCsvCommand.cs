using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>ConvertFrom-Csv. The first line names the columns.</summary>
[Cmdlet(VerbsData.ConvertFrom, "Csv", DefaultParameterSetName = "Delimiter")]
[OutputType(typeof(PSObject))]
public sealed class ConvertFromCsvCommand : PSCmdlet
{
    private CsvObjects? _objects;

    /// <summary>The lines; one text may hold several.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ValidateNotNullOrEmpty]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>What stands between the columns.</summary>
    [Parameter(Position = 1, ParameterSetName = "Delimiter")]
    public char Delimiter { get; set; } = ',';

    /// <summary>Takes the culture's list separator.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "CulturePath")]
    public SwitchParameter UseCulture { get; set; }

    /// <summary>Names of the columns, for a text without a line of them.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Header { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _objects = new(this, UseCulture ? CsvLines.CultureDelimiter : Delimiter, Header);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var item in InputObject)
            _objects!.Write(new StringReader(item.ToString()));
    }
}
