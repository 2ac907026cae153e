using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Split-Path.</summary>
[Cmdlet(VerbsCommon.Split, "Path", DefaultParameterSetName = "ParentSet")]
[OutputType(typeof(string), typeof(bool))]
public sealed class SplitPathCommand : PSCmdlet
{
    /// <summary>The paths.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    /// <summary>The part before the last.</summary>
    [Parameter(ParameterSetName = "ParentSet")]
    public SwitchParameter Parent { get; set; }

    /// <summary>The last part.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LeafSet")]
    public SwitchParameter Leaf { get; set; }

    /// <summary>The last part without its extension.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LeafBaseSet")]
    public SwitchParameter LeafBase { get; set; }

    /// <summary>The extension with its dot.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ExtensionSet")]
    public SwitchParameter Extension { get; set; }

    /// <summary>The drive or provider.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "QualifierSet")]
    public SwitchParameter Qualifier { get; set; }

    /// <summary>The path without its drive or provider.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "NoQualifierSet")]
    public SwitchParameter NoQualifier { get; set; }

    /// <summary>Whether the path is absolute.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "IsAbsoluteSet")]
    public SwitchParameter IsAbsolute { get; set; }

    /// <summary>Splits the paths that exist.</summary>
    [Parameter]
    public SwitchParameter Resolve { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var given in Path)
        {
            ItemErrors.Report(this, given, () =>
            {
                var paths = Resolve ? SessionState.Path.GetResolvedPSPathFromPSPath(given).Select(p => p.Path) : [given];
                foreach (var path in paths)
                    WriteObject(Part(path));
            });
        }
    }

    private object? Part(string path)
    {
        var colon = path.IndexOf(':', StringComparison.Ordinal);
        switch (ParameterSetName)
        {
            case "LeafSet":
                return SessionState.Path.ParseChildName(path);
            case "LeafBaseSet":
                return System.IO.Path.GetFileNameWithoutExtension(SessionState.Path.ParseChildName(path));
            case "ExtensionSet":
                return System.IO.Path.GetExtension(SessionState.Path.ParseChildName(path));
            case "QualifierSet" when colon < 0:
                throw new ArgumentException($"Cannot parse path because path '{path}' does not have a qualifier specified.");
            case "QualifierSet":
                return path[..(colon + 1)];
            case "NoQualifierSet":
                return colon < 0 ? path : path[(colon + 1)..];
            case "IsAbsoluteSet":
                return SessionState.Path.IsPSAbsolute(path, out _);
            default:
                return SessionState.Path.ParseParent(path, "");
        }
    }
}
