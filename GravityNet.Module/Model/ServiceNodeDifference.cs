using GravityNet.Netfilter;

namespace GravityNet;

/// <summary>
/// One thing in which a node's rules for a service port differ from what the API has, or, where that is not known, from those of other nodes.
/// </summary>
public sealed record ServiceNodeDifference
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>
    /// Where the API is known: <c>StaleEndpoint</c>, <c>MissingEndpoint</c>, <c>MissingJump</c>, <c>Affinity</c>, <c>StaleService</c> or <c>Problem</c>; where it is not:
    /// <c>OtherEndpoint</c>, <c>OtherAffinity</c> or <c>OtherService</c>; and <c>OtherMode</c>.
    /// </summary>
    public string Kind => DifferenceKind.ToString();

    /// <summary>The endpoint's address; empty where it is about no endpoint.</summary>
    public string Address { get; init; } = "";

    /// <summary>The endpoint's port; 0 where it is about no endpoint.</summary>
    public int Port { get; init; }

    /// <summary>What differs, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>
    /// Since when, at the latest, the node's rules are behind: when the API's endpoints last changed (the annotation <c>endpoints.kubernetes.io/last-change-trigger-time</c>);
    /// null where the API does not tell.
    /// </summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The line that proves it: the node's rule, or the API's endpoint that has none.</summary>
    public string Evidence { get; init; } = "";

    internal ServiceNodeDifferenceKind DifferenceKind { get; init; }

    /// <summary>The sentence.</summary>
    public override string ToString() => Reason;
}
