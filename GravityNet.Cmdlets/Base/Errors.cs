using System.Management.Automation;
using GravityNet.Connecting;
using GravityNet.Facts;
using GravityNet.Sources;

namespace GravityNet.Cmdlets;

/// <summary>
/// Error records: a stable id, a category, the object it is about, one sentence of what happened and one of what to do.
/// </summary>
internal static class Errors
{
    /// <summary>A source that did not answer.</summary>
    public static ErrorRecord From(SourceException problem) =>
        Create(problem, problem.Failure.ToString(), CategoryOf(problem.Failure), problem.SourceName, problem.Message, problem.Remedy);

    /// <summary>A command that a node could not run, or that failed there.</summary>
    public static ErrorRecord From(string node, FactResult fact)
    {
        var (id, category, remedy) = fact switch
        {
            { IsMissing: true } => ("CommandMissing", ErrorCategory.NotInstalled, $"Install '{fact.Tool}' on {node} (Debian package {FactCatalog.PackageOf(fact.Fact)})"),
            { IsDenied: true } => ("CommandDenied", ErrorCategory.PermissionDenied, $"Connect to {node} as root, or with -Sudo as somebody who may use sudo there"),
            _ => ("CommandFailed", ErrorCategory.ReadError, $"Run '{fact.Command}' on {node} and mend what it says"),
        };
        return Create(new InvalidOperationException(fact.Reason), id, category, node, $"{node}: {fact.Reason}", $"{remedy}; what depends on it is unknown.");
    }

    /// <summary>A fact that a snapshot does not have.</summary>
    public static ErrorRecord NotCollected(GravityCluster cluster, string node, string fact)
    {
        var message = $"{node}: '{fact}' was not collected in {cluster.Name}.";
        return Create(
            new ItemNotFoundException(message),
            "FactNotCollected",
            ErrorCategory.ObjectNotFound,
            node,
            message,
            $"What depends on it is unknown. Connect to the cluster live, or put what '{FactCatalog.Get(fact).Command}' prints on {node} in the snapshot as nodes/{node}/{fact}.txt.");
    }

    /// <summary>A fact whose text is not whole.</summary>
    public static ErrorRecord Damaged(string node, FactResult fact)
    {
        var message = $"{node}: {fact.Damage}.";
        return Create(
            new InvalidDataException(message),
            "FactDamaged",
            ErrorCategory.InvalidData,
            node,
            message,
            $"What is not in it is unknown. Ask for the snapshot again, or for what '{FactCatalog.Get(fact.Fact).Command}' prints on {node}.");
    }

    /// <summary>No node of those given could be connected to.</summary>
    public static ErrorRecord NoneConnected(IReadOnlyList<FailedNode> failures)
    {
        const string id = "NoNodeConnected";
        if (failures is [{ Why: var only }]) return From(only);
        var causes = failures.GroupBy(f => f.Why.Failure).Select(g => $"{WordsOf(g.Key)}: {string.Join(", ", g.Select(f => f.Target.Name).Order(StringComparer.Ordinal))}");
        var message = $"None of the {failures.Count} nodes could be connected to ({string.Join("; ", causes)}).";
        return Create(new AggregateException(message, failures.Select(f => f.Why)), id, ErrorCategory.ConnectionError, failures.Select(f => f.Target.Name).ToArray(), message, "The errors above say why for each.");
    }

    /// <summary>A name that the user gave literally and that no node has: one that nobody knows, or one that could not be connected to.</summary>
    public static ErrorRecord NodeNotFound(GravityCluster cluster, string name, IEnumerable<string> known, string forms = "")
    {
        if (cluster.NotConnected.FirstOrDefault(f => f.Is(name)) is { Why: var failure })
        {
            var message = $"'{name}' was given to Connect-GravityCluster, but could not be connected to: {failure.Message}";
            return Create(failure, "NodeNotConnected", ErrorCategory.ConnectionError, name, message, $"{failure.Remedy} Then connect again with Connect-GravityCluster.");
        }

        var missing = cluster.NotConnected.Count == 0 ? "" : $"Not connected to: {string.Join(", ", cluster.NotConnected.Select(f => f.Target.Name))}.";
        return NotFound("node", name, known, $"{missing} {forms}".Trim());
    }

    /// <summary>A name that the user gave literally and that nothing has.</summary>
    public static ErrorRecord NotFound(string kind, string name, IEnumerable<string> known, string forms = "")
    {
        var list = string.Join(", ", known.Take(20));
        return Create(
            new ItemNotFoundException($"No {kind} is named '{name}'."),
            $"{char.ToUpperInvariant(kind[0])}{kind[1..]}NotFound",
            ErrorCategory.ObjectNotFound,
            name,
            $"No {kind} is named '{name}'.",
            $"{(list.Length > 0 ? $"Known are: {list}. Wildcards (*, ?) work." : $"No {kind} is known at all.")} {forms}".TrimEnd());
    }

    /// <summary>Any error.</summary>
    public static ErrorRecord Create(Exception exception, string id, ErrorCategory category, object? target, string message, string remedy) =>
        new(exception, id, category, target)
        {
            // PowerShell's default error view prints both
            ErrorDetails = new ErrorDetails(message) { RecommendedAction = remedy },
        };

    private static string WordsOf(SourceFailure failure) => failure switch
    {
        SourceFailure.Unreachable => "not reached",
        SourceFailure.AuthenticationFailed => "login refused",
        SourceFailure.HostKeyUnknown => "host key not known",
        SourceFailure.HostKeyChanged => "host key changed",
        SourceFailure.HostKeyRevoked => "host key revoked",
        SourceFailure.SudoRefused => "no sudo",
        SourceFailure.TimedOut => "no answer in time",
        _ => "failed",
    };

    private static ErrorCategory CategoryOf(SourceFailure failure) => failure switch
    {
        SourceFailure.Unreachable => ErrorCategory.ResourceUnavailable,
        SourceFailure.AuthenticationFailed => ErrorCategory.AuthenticationError,
        SourceFailure.HostKeyUnknown or SourceFailure.HostKeyChanged => ErrorCategory.SecurityError,
        SourceFailure.TimedOut => ErrorCategory.OperationTimeout,
        SourceFailure.ConnectionLost => ErrorCategory.ConnectionError,
        SourceFailure.Denied or SourceFailure.SudoRefused => ErrorCategory.PermissionDenied,
        _ => ErrorCategory.InvalidData,
    };
}
