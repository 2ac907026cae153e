using System.Management.Automation;
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

    private static ErrorCategory CategoryOf(SourceFailure failure) => failure switch
    {
        SourceFailure.Unreachable => ErrorCategory.ResourceUnavailable,
        SourceFailure.AuthenticationFailed => ErrorCategory.AuthenticationError,
        SourceFailure.HostKeyUnknown or SourceFailure.HostKeyChanged => ErrorCategory.SecurityError,
        SourceFailure.TimedOut => ErrorCategory.OperationTimeout,
        SourceFailure.ConnectionLost => ErrorCategory.ConnectionError,
        SourceFailure.Denied => ErrorCategory.PermissionDenied,
        _ => ErrorCategory.InvalidData,
    };
}
