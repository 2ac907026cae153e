using System.Diagnostics.CodeAnalysis;

namespace GravityNet;

/// <summary>
/// One thing that is not the same in two states of a cluster.
/// </summary>
public sealed record ClusterDifference
{
    /// <summary>
    /// What kind of thing: <c>Node</c>, <c>Lease</c>, <c>Network</c> (flannel's configuration), <c>Pod</c>, <c>Service</c>, <c>Endpoint</c> of the cluster; <c>Link</c>,
    /// <c>Address</c>, <c>Route</c>, <c>PolicyRule</c>, <c>Neighbor</c>, <c>FdbEntry</c>, <c>Forwarding</c>, <c>Sysctl</c>, <c>Chain</c> and <c>Rule</c> of a node.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary><c>Added</c>, <c>Removed</c>, or <c>Changed</c>: there on both sides, and not the same.</summary>
    public required string Change { get; init; }

    /// <summary>The node; empty for what is the cluster's.</summary>
    public string Node { get; init; } = "";

    /// <summary>The namespace of a pod, service or endpoint; else empty.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>What tells it apart from its kin: an interface, a route's destination, a rule's table and chain, a pod's name.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "The word of the field: kubectl calls what it shows objects too.")]
    public required string Object { get; init; }

    /// <summary>How it reads in the reference, in the words of its command and without counters and ages; empty where it was not there.</summary>
    public string Before { get; init; } = "";

    /// <summary>How it reads in the difference; empty where it is not there any more.</summary>
    public string After { get; init; } = "";

    /// <summary>The lines that prove it: those of the reference after a <c>-</c>, those of the difference after a <c>+</c>.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>What and where: <c>node-1 Route 10.244.65.0/24 Removed</c>.</summary>
    public override string ToString() => string.Join(' ', new[] { Node, Kind, Namespace.Length > 0 ? $"{Namespace}/{Object}" : Object, Change }.Where(word => word.Length > 0));
}
