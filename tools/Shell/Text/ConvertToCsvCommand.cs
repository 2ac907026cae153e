using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>ConvertTo-Csv. The first object's properties are the columns.</summary>
[Cmdlet(VerbsData.ConvertTo, "Csv")]
[OutputType(typeof(string))]
public sealed class ConvertToCsvCommand : PSCmdlet
{
    private CsvLines? _lines;

    /// <summary>The objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>What stands between the columns.</summary>
    [Parameter(Position = 1)]
    public char Delimiter { get; set; } = ',';

    /// <summary>Takes the culture's list separator.</summary>
    [Parameter]
    public SwitchParameter UseCulture { get; set; }

    /// <summary>Adds a line with the type's name.</summary>
    [Parameter]
    [Alias("ITI")]
    public SwitchParameter IncludeTypeInformation { get; set; }

    /// <summary>Leaves the type's name out, which is so anyway.</summary>
    [Parameter]
    [Alias("NTI")]
    public SwitchParameter NoTypeInformation { get; set; }

    /// <summary>Leaves out the line of names.</summary>
    [Parameter]
    public SwitchParameter NoHeader { get; set; }

    /// <summary>Never, Always or AsNeeded.</summary>
    [Parameter]
    [Alias("UQ")]
    [ValidateSet("Never", "Always", "AsNeeded", IgnoreCase = true)]
    public string UseQuotes { get; set; } = "Always";

    /// <summary>The only columns to quote.</summary>
    [Parameter]
    [Alias("QF")]
    public string[]? QuoteFields { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _lines = new()
    {
        Delimiter = UseCulture ? CsvLines.CultureDelimiter : Delimiter,
        UseQuotes = UseQuotes,
        QuoteFields = QuoteFields,
    };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        if (_lines!.Columns is null)
        {
            _lines.Columns = CsvLines.ColumnsOf(InputObject);
            if (IncludeTypeInformation)
                WriteObject(CsvLines.TypeOf(InputObject));
            if (!NoHeader)
                WriteObject(_lines.Header);
        }

        WriteObject(_lines.Of(InputObject));
    }
}
