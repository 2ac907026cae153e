using System.Management.Automation;
using System.Text;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace GravityNet.Shell;

/// <summary>Out-File: what the console would show, in a file. It also serves the redirections <c>&gt;</c> and <c>&gt;&gt;</c>.</summary>
[Cmdlet(VerbsData.Out, "File", SupportsShouldProcess = true, DefaultParameterSetName = "ByPath")]
public sealed class OutFileCommand : FrontEndCommandBase
{
    private StreamWriter? _file;

    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "ByPath")]
    [Alias("Path")]
    public string FilePath { get; set; } = "";

    /// <summary>The file, its name taken as it is.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "ByLiteralPath")]
    [Alias("PSPath", "LP")]
    public string LiteralPath { get => FilePath; set => FilePath = value; }

    /// <summary>The encoding; UTF-8 without a mark when omitted.</summary>
    [Parameter(Position = 1)]
    [EncodingArgument]
    [ValidateNotNull]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Default;

    /// <summary>Adds to the file.</summary>
    [Parameter]
    public SwitchParameter Append { get; set; }

    /// <summary>Writes even to a read-only file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Fails where the file exists.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Columns of a line.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = int.MaxValue;

    /// <summary>Leaves out all line ends.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        TextWriter writer = TextWriter.Null;
        var path = GetUnresolvedProviderPathFromPSPath(FilePath);
        if (ShouldProcess(path, "Output to File"))
        {
            _file = Files.OpenForWriting(this, path, Encoding, Append, NoClobber, Force);
            writer = _file;
        }

        FormattingEngine.Attach(this, writer, Width, NoNewline);
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        _file?.Dispose();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _file?.Dispose();
    }
}
