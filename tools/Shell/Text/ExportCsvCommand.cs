using System.Management.Automation;
using System.Text;

namespace GravityNet.Shell;

/// <summary>Export-Csv: objects into a CSV file.</summary>
[Cmdlet(VerbsData.Export, "Csv", SupportsShouldProcess = true, DefaultParameterSetName = "Delimiter")]
public sealed class ExportCsvCommand : CsvCommand, IDisposable
{
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

        base.BeginProcessing();
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
        if (_continues && !Force)
            Match(InputObject);
        foreach (var line in LinesOf(InputObject))
            _file.WriteLine(line);
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Dispose();

    private void ReadColumns(string file)
    {
        using var text = new StreamReader(file, Encoding);
        Lines.Columns = new CsvObjects(this, Lines.Delimiter, header: null).ReadHeader(text);
        _continues = Lines.Columns is not null;
    }

    // only the first object is looked at, as in PowerShell
    private void Match(PSObject item)
    {
        _continues = false;
        var has = CsvLines.ColumnsOf(item);
        if (Lines.Columns!.FirstOrDefault(c => !has.Contains(c, StringComparer.OrdinalIgnoreCase)) is not { } lacking)
            return;
        var error = new InvalidOperationException(
            $"Cannot append CSV content to the following file: {Path}. The appended object does not have a property that corresponds to the following column: "
            + $"{lacking}. To continue with mismatched properties, add the -Force parameter, and then retry the command.");
        ThrowTerminatingError(new ErrorRecord(error, "CannotAppendCsvWithMismatchedPropertyNames", ErrorCategory.InvalidData, lacking));
    }
}
