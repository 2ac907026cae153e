using GravityNet.Sources;

namespace GravityNet.Probing;

/// <summary>
/// Where a run tells what is not a result. Called from several threads.
/// </summary>
internal sealed record ReachabilityListener
{
    /// <summary>A source that did not answer.</summary>
    public Action<SourceException> Problem { get; init; } = _ => { };

    /// <summary>A literal name that nothing has: its kind, the name, and the names that there are.</summary>
    public Action<string, string, IReadOnlyList<string>> NotFound { get; init; } = (_, _, _) => { };

    /// <summary>Something that the user did not ask for and should know.</summary>
    public Action<string> Warning { get; init; } = _ => { };

    /// <summary>What is being done and how far it is, in percent.</summary>
    public Action<string, int> Progress { get; init; } = (_, _) => { };

    /// <summary>What was done, in detail.</summary>
    public Action<string> Verbose { get; init; } = _ => { };
}
