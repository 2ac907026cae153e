using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace GravityNet.Cmdlets;

/// <summary>Completes names of nodes from what the connection knows, without asking anybody.</summary>
public sealed class NodeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var cluster = Connections.OfThisRunspace().Named(fakeBoundParameters["Cluster"]);
        return Completions.Of(cluster?.Nodes ?? [], wordToComplete);
    }
}
