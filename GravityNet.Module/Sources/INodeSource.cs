using GravityNet.Facts;

namespace GravityNet.Sources;

/// <summary>
/// A node that answers questions: live over a shell, or out of a snapshot.
/// </summary>
public interface INodeSource
{
    /// <summary>The node's name in the cluster.</summary>
    string Name { get; }

    /// <summary>The node's address on the underlay; empty where unknown.</summary>
    string Address { get; }

    /// <summary>
    /// Asks the node once for all the facts. A fact whose command is missing or fails is in the answer, with its exit code and standard error.
    /// </summary>
    /// <exception cref="SourceException">The node as a whole did not answer.</exception>
    Task<NodeFacts> CollectAsync(FactRequest request, CancellationToken cancel);

    /// <summary>The node's shell, for probes and captures; null where the node cannot run anything (a snapshot).</summary>
    INodeShell? Shell { get; }
}
