using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Test-Path.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Path", DefaultParameterSetName = "Path")]
[OutputType(typeof(bool))]
public sealed class TestPathCommand : PSCmdlet
{
    /// <summary>The paths; wildcards are resolved.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string?[]? Path { get; set; }

    /// <summary>The paths, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string?[]? LiteralPath { get => Path; set => Path = value; }

    /// <summary>Any, Container or Leaf.</summary>
    [Parameter]
    [Alias("Type")]
    [ValidateSet("Any", "Container", "Leaf")]
    public string PathType { get; set; } = "Any";

    /// <summary>Asks for the form of the path alone.</summary>
    [Parameter]
    public SwitchParameter IsValid { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in Path ?? [null])
        {
            if (path is null)
            {
                WriteError(new ErrorRecord(new ArgumentNullException(nameof(Path)), "NullPathNotPermitted", ErrorCategory.InvalidArgument, null));
                continue;
            }

            WriteObject(!string.IsNullOrWhiteSpace(path) && Test(path));
        }
    }

    private bool Test(string path)
    {
        try
        {
            var literal = ParameterSetName == "LiteralPath";
            if (IsValid)
                return SessionState.Path.IsValid(path);
            if (!InvokeProvider.Item.Exists(path, force: true, literal))
                return false;
            if (PathType == "Any")
                return true;
            var resolved = literal ? path : SessionState.Path.GetResolvedPSPathFromPSPath(path)[0].Path;
            return InvokeProvider.Item.IsContainer(resolved) == (PathType == "Container");
        }
        catch (Exception unknown) when (unknown is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or ItemNotFoundException or PSInvalidOperationException)
        {
            return false;
        }
    }
}
