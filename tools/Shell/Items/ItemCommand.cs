using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>What the item cmdlets have in common: paths with wildcards, or literal ones.</summary>
public abstract class ItemCommand : PSCmdlet
{
    /// <summary>The paths; wildcards are resolved.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    /// <summary>The paths, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get => Path; set => Path = value; }

    /// <summary>Whether the paths are taken as they are.</summary>
    protected bool IsLiteral => ParameterSetName == "LiteralPath";

    /// <summary>The paths that exist behind a path; an error when a literal one is missing.</summary>
    /// <param name="path">A path, maybe with wildcards.</param>
    /// <returns>Paths to be taken literally.</returns>
    protected IReadOnlyList<string> Resolve(string path)
    {
        var found = new List<string>();
        ItemErrors.Report(this, path, () =>
        {
            if (IsLiteral)
            {
                if (!InvokeProvider.Item.Exists(path, force: true, literalPath: true))
                    InvokeProvider.Item.Get([path], force: true, literalPath: true);
                found.Add(path);
            }
            else
            {
                found.AddRange(SessionState.Path.GetResolvedPSPathFromPSPath(path).Select(p => p.Path));
            }
        });
        return found;
    }
}
