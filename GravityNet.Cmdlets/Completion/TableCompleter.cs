using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace GravityNet.Cmdlets;

/// <summary>Completes the names of the kernel's own routing tables: others are known only when a node was asked.</summary>
public sealed class TableCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.Of(["default", "local", "main"], wordToComplete ?? "");
}
