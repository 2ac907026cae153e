using System.Management.Automation;
using System.Text;

namespace GravityNet.Shell;

/// <summary>Tee-Object: passes the objects on, and keeps them in a variable, or what the console would show of them in a file.</summary>
[Cmdlet("Tee", "Object", DefaultParameterSetName = "File")]
public sealed class TeeObjectCommand : PSCmdlet, IDisposable
{
    private readonly List<object?> _kept = [];
    private SteppablePipeline? _file;

    /// <summary>What comes in.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "File")]
    [Alias("Path")]
    public string FilePath { get; set; } = "";

    /// <summary>The file, its name taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralFile")]
    [Alias("PSPath", "LP")]
    public string LiteralPath { get; set; } = "";

    /// <summary>Adds to the file.</summary>
    [Parameter(ParameterSetName = "File")]
    public SwitchParameter Append { get; set; }

    /// <summary>The encoding; UTF-8 without a mark when omitted.</summary>
    [Parameter(ParameterSetName = "File")]
    [Parameter(ParameterSetName = "LiteralFile")]
    [EncodingArgument]
    [ValidateNotNullOrEmpty]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Default;

    /// <summary>The variable.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Variable")]
    [ValidateNotNullOrEmpty]
    public string Variable { get; set; } = "";

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (ParameterSetName == "Variable")
            return;
        var parameter = LiteralPath.Length > 0 ? "LiteralPath" : "FilePath";
        _file = ScriptBlock.Create($"param($file, $encoding, $append) Microsoft.PowerShell.Utility\\Out-File -{parameter} $file -Encoding $encoding -Append:$append")
            .GetSteppablePipeline(CommandOrigin.Internal, [LiteralPath + FilePath, Encoding, Append.IsPresent]);
        _file.Begin(this);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (_file is null)
            _kept.Add(InputObject);
        else
            _file.Process(InputObject);
        WriteObject(InputObject);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _file?.End();
        // without input the variable stays as it is
        if (_kept.Count > 0)
            SessionState.PSVariable.Set(Variable, _kept.Count == 1 ? _kept[0] : _kept.ToArray());
    }
}
