using System.Management.Automation;
using System.Text;

namespace GravityNet.Shell;

/// <summary>Import-Csv: the objects of CSV files.</summary>
[Cmdlet(VerbsData.Import, "Csv", DefaultParameterSetName = "DelimiterPath")]
[OutputType(typeof(PSObject))]
public sealed class ImportCsvCommand : PSCmdlet
{
    /// <summary>The files; wildcards work.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "DelimiterPath")]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "CulturePath")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The files, their names taken as they are.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "DelimiterLiteralPath")]
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "CultureLiteralPath")]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>What stands between the columns.</summary>
    [Parameter(Position = 1, ParameterSetName = "DelimiterPath")]
    [Parameter(Position = 1, ParameterSetName = "DelimiterLiteralPath")]
    public char Delimiter { get; set; } = ',';

    /// <summary>Takes the culture's list separator.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "CulturePath")]
    [Parameter(Mandatory = true, ParameterSetName = "CultureLiteralPath")]
    public SwitchParameter UseCulture { get; set; }

    /// <summary>Names of the columns, for files without a line of them.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Header { get; set; }

    /// <summary>The encoding; UTF-8 when omitted, and a byte order mark goes before both.</summary>
    [Parameter]
    [EncodingArgument]
    [ValidateNotNullOrEmpty]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Default;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in Path)
        {
            foreach (var file in Files.Resolve(this, path))
                Read(file);
        }

        foreach (var path in LiteralPath)
            Read(GetUnresolvedProviderPathFromPSPath(path));
    }

    private void Read(string file)
    {
        try
        {
            using var text = new StreamReader(file, Encoding);
            new CsvObjects(this, UseCulture ? CsvLines.CultureDelimiter : Delimiter, Header).Write(text);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Files.Fail(this, failed, file);
        }
    }
}
