using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Resolve-Path: the paths that exist behind wildcards. The engine's completion of file names asks for it.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, "Path", DefaultParameterSetName = "Path")]
[OutputType(typeof(PathInfo), typeof(string))]
public sealed class ResolvePathCommand : ItemCommand
{
    /// <summary>Writes the paths as seen from the current location.</summary>
    [Parameter]
    public SwitchParameter Relative { get; set; }

    /// <summary>The folder to see them from.</summary>
    [Parameter]
    public string? RelativeBasePath { get; set; }

    /// <summary>Includes hidden items, which is so anyway.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in Path)
        {
            ItemErrors.Report(this, path, () =>
            {
                // relative paths count from the base
                var from = RelativeBasePath is null || SessionState.Path.IsPSAbsolute(path, out _) || path.StartsWith('~')
                    ? path : SessionState.Path.Combine(RelativeBasePath, path);
                foreach (var found in SessionState.Path.GetResolvedPSPathFromPSPath(IsLiteral ? WildcardPattern.Escape(from) : from))
                    WriteObject(Relative ? Seen(found) : found);
            });
        }
    }

    private string Seen(PathInfo found)
    {
        if (found.Provider.Name != "FileSystem")
            return found.Path;
        var start = RelativeBasePath is null ? SessionState.Path.CurrentLocation.Path : SessionState.Path.GetUnresolvedProviderPathFromPSPath(RelativeBasePath);
        var seen = SessionState.Path.NormalizeRelativePath(found.Path, start);
        // a name alone could be taken for a command
        return seen.StartsWith('.') || SessionState.Path.IsPSAbsolute(seen, out _) ? seen : SessionState.Path.Combine(".", seen);
    }
}
