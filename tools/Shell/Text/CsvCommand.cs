using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>What ConvertTo-Csv and Export-Csv have in common: how objects become lines. The first object's properties are the columns.</summary>
public abstract class CsvCommand : PSCmdlet
{
    /// <summary>What stands between the columns.</summary>
    [Parameter(Position = 1, ParameterSetName = "Delimiter")]
    [ValidateNotNull]
    public char Delimiter { get; set; } = ',';

    /// <summary>Takes the culture's list separator.</summary>
    [Parameter(ParameterSetName = "UseCulture")]
    public SwitchParameter UseCulture { get; set; }

    /// <summary>Adds a line with the type's name.</summary>
    [Parameter]
    [Alias("ITI")]
    public SwitchParameter IncludeTypeInformation { get; set; }

    /// <summary>Leaves the type's name out, which is so anyway.</summary>
    [Parameter(DontShow = true)]
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

    /// <summary>Makes the lines.</summary>
    private protected CsvLines Lines { get; private set; } = new();

    /// <inheritdoc/>
    protected override void BeginProcessing() => Lines = new()
    {
        Delimiter = UseCulture ? CsvLines.CultureDelimiter : Delimiter,
        UseQuotes = UseQuotes,
        QuoteFields = QuoteFields,
    };

    /// <summary>The lines that an object adds to the text.</summary>
    private protected IEnumerable<string> LinesOf(PSObject item)
    {
        if (Lines.Columns is null)
        {
            Lines.Columns = CsvLines.ColumnsOf(item);
            if (IncludeTypeInformation)
                yield return CsvLines.TypeOf(item);
            if (!NoHeader)
                yield return Lines.Header;
        }

        yield return Lines.Of(item);
    }
}
