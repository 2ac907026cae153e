using System.Management.Automation;
using System.Reflection;
using System.Text;

namespace GravityNet.Shell;

/// <summary>Export-Clixml: objects into a file that Import-Clixml reads, with their types' names.</summary>
[Cmdlet(VerbsData.Export, "Clixml", SupportsShouldProcess = true, DefaultParameterSetName = "ByPath")]
public sealed class ExportClixmlCommand : PSCmdlet
{
    // the public way takes one object for one document
    private static readonly MethodInfo Serialize =
        EngineInternals.Method(typeof(PSSerializer).FullName!, nameof(PSSerializer.Serialize), typeof(IList<object>), typeof(int), typeof(bool));

    private readonly List<object?> _items = [];

    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "ByPath")]
    public string Path { get; set; } = "";

    /// <summary>The file, its name taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ByLiteralPath")]
    [Alias("PSPath", "LP")]
    public string LiteralPath { get => Path; set => Path = value; }

    /// <summary>The objects.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Levels of objects within objects.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Depth { get; set; } = 2;

    /// <summary>Writes even to a read-only file.</summary>
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

    /// <inheritdoc/>
    protected override void ProcessRecord() => _items.Add(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var file = GetUnresolvedProviderPathFromPSPath(Path);
        if (!ShouldProcess(Path))
            return;
        using var writer = Files.OpenForWriting(this, file, Encoding, append: false, NoClobber, Force);
        writer.Write((string)Serialize.Invoke(null, [_items, Depth, /* each of its own */ true])!);
    }
}
