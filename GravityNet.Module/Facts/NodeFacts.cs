namespace GravityNet.Facts;

/// <summary>
/// Everything that one node answered in one asking: the raw store, the same for a live node and a snapshot.
/// </summary>
/// <param name="Node">The node's name.</param>
/// <param name="Address">The node's address on the underlay; empty where unknown.</param>
/// <param name="Facts">The node's own facts by name.</param>
/// <param name="Pods">The facts of each network namespace on the node that is not the node's own.</param>
public sealed record NodeFacts(
    string Node,
    string Address,
    IReadOnlyDictionary<string, FactResult> Facts,
    IReadOnlyList<NamespaceFacts> Pods)
{
    /// <summary>When the node was asked (UTC).</summary>
    public DateTimeOffset TakenAt { get; init; }

    /// <summary>Why the node's pods could not be looked for; empty where they were, so that those that are not there are not running.</summary>
    public string PodsUnknown { get; init; } = "";

    /// <summary>The fact, or null where it was not asked or the snapshot lacks it.</summary>
    public FactResult? Get(string fact) => Facts.GetValueOrDefault(fact);
}

/// <summary>
/// The facts of one pod's network namespace.
/// </summary>
/// <param name="Key">What tells the namespace apart on its node: <c>NAMESPACE_POD</c> in a snapshot, the inode of the network namespace on a live node.</param>
/// <param name="Facts">The facts by name.</param>
public sealed record NamespaceFacts(string Key, IReadOnlyDictionary<string, FactResult> Facts)
{
    /// <summary>A process inside the namespace, to enter it with <c>nsenter -t PID -n</c>; 0 where unknown (a snapshot).</summary>
    public int ProcessId { get; init; }

    /// <summary>The pod as the snapshot's folder names it (<c>namespace</c>, <c>name</c>); null on a live node, where addresses tell.</summary>
    public (string Namespace, string Name)? Pod { get; init; }
}
