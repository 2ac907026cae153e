using System.Management.Automation;
using System.Xml;

namespace GravityNet.Shell;

/// <summary>Import-Clixml: the objects of files that Export-Clixml wrote.</summary>
[Cmdlet(VerbsData.Import, "Clixml", SupportsPaging = true, DefaultParameterSetName = "ByPath")]
public sealed class ImportClixmlCommand : PSCmdlet
{
    /// <summary>The files; wildcards work.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "ByPath")]
    public string[] Path { get; set; } = [];

    /// <summary>The files, their names taken as they are.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "ByLiteralPath")]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var file in Path.SelectMany(path => Files.Resolve(this, path)))
            Read(file);
        foreach (var path in LiteralPath)
            Read(GetUnresolvedProviderPathFromPSPath(path));
    }

    private void Read(string file)
    {
        try
        {
            var items = PSSerializer.DeserializeAsList(File.ReadAllText(file));
            if (PagingParameters.IncludeTotalCount)
                WriteObject(PagingParameters.NewTotalCount((ulong)items.Length, accuracy: 1.0));
            foreach (var item in items.Skip((int)Math.Min(PagingParameters.Skip, int.MaxValue)).Take((int)Math.Min(PagingParameters.First, int.MaxValue)))
                WriteObject(item);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Files.Fail(this, failed, file);
        }
        catch (XmlException wrong)
        {
            ThrowTerminatingError(new ErrorRecord(wrong, typeof(XmlException).FullName, ErrorCategory.NotSpecified, file));
        }
    }
}
