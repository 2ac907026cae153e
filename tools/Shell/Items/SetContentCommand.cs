using System.Management.Automation;
using System.Text;

namespace GravityNet.Shell;

/// <summary>Set-Content.</summary>
[Cmdlet(VerbsCommon.Set, "Content", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public class SetContentCommand : PSCmdlet, IDisposable
{
    private readonly List<TextWriter> _writers = [];
    private bool _opened;

    /// <summary>The files.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    /// <summary>The files, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get => Path; set => Path = value; }

    /// <summary>What goes in, one a line.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public object[]? Value { get; set; }

    /// <summary>The encoding; UTF-8 without a mark when omitted.</summary>
    [Parameter]
    [EncodingArgument]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Default;

    /// <summary>Leaves out the line ends.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>Writes even to a read-only file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the values, too.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Whether what is there stays.</summary>
    protected virtual bool Appends => false;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the files.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
        _writers.ForEach(w => w.Dispose());
        _writers.Clear();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // only now are paths from the pipeline known
        if (!_opened)
            Open();
        foreach (var value in Value ?? [])
        {
            foreach (var writer in _writers)
            {
                if (NoNewline)
                    writer.Write(value);
                else
                    writer.WriteLine(value);
            }

            if (PassThru)
                WriteObject(value);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Dispose();

    private void Open()
    {
        _opened = true;
        foreach (var path in Path)
        {
            var file = GetUnresolvedProviderPathFromPSPath(path);
            if (ShouldProcess($"Path: {path}", Appends ? "Add Content" : "Set Content"))
                _writers.Add(Files.OpenForWriting(this, file, Encoding, Appends, noClobber: false, Force));
        }
    }
}
