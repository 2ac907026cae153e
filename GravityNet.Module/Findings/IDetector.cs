namespace GravityNet.Findings;

/// <summary>
/// Looks for one kind of finding in a cluster's state. What it needs and does not find known, it passes over: unknown is no finding.
/// </summary>
internal interface IDetector
{
    /// <summary>The id of its findings.</summary>
    string Id { get; }

    /// <summary>Looks.</summary>
    IEnumerable<Finding> Find(ClusterState state);
}
