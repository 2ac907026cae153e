using System.Management.Automation;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Get-GravityCluster</c>: the connections of this runspace; the current one is the last.
/// </summary>
[Cmdlet(VerbsCommon.Get, "GravityCluster")]
[OutputType(typeof(GravityCluster))]
public sealed class GetGravityClusterCommand : PSCmdlet
{
    /// <summary>Names of connections; wildcards work.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var all = Connections.Of(this).All;
        foreach (var name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            // a snapshot is called as its file is, and that may hold the characters of a pattern
            var found = all.Where(c => pattern.IsMatch(c.Name) || c.Name == name).ToList();
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) WriteError(Errors.NotFound("cluster", name, all.Select(c => c.Name)));
            WriteObject(found, enumerateCollection: true);
        }
    }
}
