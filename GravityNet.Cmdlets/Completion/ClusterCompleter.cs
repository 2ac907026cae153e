using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace GravityNet.Cmdlets;

/// <summary>Completes names of connections.</summary>
public sealed class ClusterCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.Of(Connections.OfThisRunspace().All.Select(c => c.Name).Distinct(StringComparer.OrdinalIgnoreCase), wordToComplete ?? "");
}
