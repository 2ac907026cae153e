namespace GravityNet;

/// <summary>
/// Records of a node that may be unknown: its fact was not collected, its tool is missing, or it failed. No records is an answer; unknown is none.
/// </summary>
/// <param name="Records">The records; empty where unknown.</param>
/// <param name="Reason">Why they are unknown; empty where they are known.</param>
public sealed record Known<T>(IReadOnlyList<T> Records, string Reason)
{
    /// <summary>Whether the records are an answer.</summary>
    public bool IsKnown => Reason.Length == 0;
}
