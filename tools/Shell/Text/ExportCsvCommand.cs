using System.Management.Automation;
using System.Text;

namespace GravityNet.Shell;

/// <summary>Export-Csv: objects into a CSV file.</summary>
[Cmdlet(VerbsData.Export, "Csv", SupportsShouldProcess = true, DefaultParameterSetName = "Delimiter")]
public sealed class ExportCsvCommand : PSCmdlet, IDisposable
{
    private CsvLines? _lines;
    private StreamWriter? _file;
    private bool _continues;

    /// <summary>The objects.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The file.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The file, its name taken as it is.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "LP")]
    public string? LiteralPath { get => Path; set => Path = value; }

    /// <summary>Writes even to a read-only file, and appends objects that lack a column.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Fails where the file exists.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>The encoding; UTF-8 without a mark when omitted.</summary>
    [Parameter]
    [EncodingArgument]
    [ValidateNotNullOrEmpty]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Default;

    /// <summary>Adds to the file, in its own columns.</summary>
    [Parameter]
    public SwitchParameter Append { get; set; }

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

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Path is null)
        {
            var missing = new InvalidOperationException("You must specify either the -Path or -LiteralPath parameters, but not both.");
            ThrowTerminatingError(new ErrorRecord(missing, "CannotSpecifyPathAndLiteralPath", ErrorCategory.InvalidData, null));
        }

        _lines = new()
        {
            Delimiter = UseCulture ? CsvLines.CultureDelimiter : Delimiter,
            UseQuotes = UseQuotes,
            QuoteFields = QuoteFields,
        };
        var file = GetUnresolvedProviderPathFromPSPath(Path!);
        if (!ShouldProcess(Path))
            return;
        if (Append && File.Exists(file))
            ReadColumns(file);
        _file = Files.OpenForWriting(this, file, Encoding, Append, NoClobber, Force);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null || _file is null)
            return;
        if (_lines!.Columns is null)
        {
            _lines.Columns = CsvLines.ColumnsOf(InputObject);
            if (IncludeTypeInformation)
                _file.WriteLine(CsvLines.TypeOf(InputObject));
            if (!NoHeader)
                _file.WriteLine(_lines.Header);
        }
        else if (_continues && !Force)
        {
            Match(InputObject);
        }

        _file.WriteLine(_lines.Of(InputObject));
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Dispose();

    private void ReadColumns(string file)
    {
        using var text = new StreamReader(file, Encoding);
        _lines!.Columns = new CsvObjects(this, _lines.Delimiter, header: null).ReadHeader(text);
        _continues = _lines.Columns is not null;
    }

    // only the first object is looked at, as in PowerShell
    private void Match(PSObject item)
    {
        _continues = false;
        var has = CsvLines.ColumnsOf(item);
        if (_lines!.Columns!.FirstOrDefault(c => !has.Contains(c, StringComparer.OrdinalIgnoreCase)) is not { } lacking)
            return;
        var error = new InvalidOperationException(
            $"Cannot append CSV content to the following file: {Path}. The appended object does not have a property that corresponds to the following column: "
            + $"{lacking}. To continue with mismatched properties, add the -Force parameter, and then retry the command.");
        ThrowTerminatingError(new ErrorRecord(error, "CannotAppendCsvWithMismatchedPropertyNames", ErrorCategory.InvalidData, lacking));
    }
}
