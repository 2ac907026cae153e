using GravityNet.Netfilter;

namespace GravityNet;

/// <summary>
/// A service port's rules on all nodes: whether each node's are what the API has, and whose are behind, in what.
/// </summary>
public sealed record ServiceNodeComparison
{
    /// <summary>The service's namespace; empty where the rules do not tell it.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The service's name; empty where the rules do not tell it.</summary>
    public string Service { get; init; } = "";

    /// <summary>The service port's name; empty where it has none.</summary>
    public string PortName { get; init; } = "";

    /// <summary>tcp, udp or sctp.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>The cluster address; empty where the service has none.</summary>
    public string Address { get; init; } = "";

    /// <summary>The port at the cluster address.</summary>
    public int Port { get; init; }

    /// <summary>The nodes to look at: those whose rules differ; where none does, or it is not known whose are right, all that were compared.</summary>
    public IReadOnlyList<string> Node { get; init; } = [];

    /// <summary>
    /// <c>ok</c> (all nodes' rules are what the API has), <c>lagging</c> (some nodes' are not), <c>differing</c> (the nodes' rules differ, and who is right is not known) or
    /// <c>unknown</c> (the nodes agree, and what the API has is not known).
    /// </summary>
#pragma warning disable CA1308 // the words are lower case as the tools' own are
    public string Status => State.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>Why, in one sentence for each part; empty when all nodes are right.</summary>
    public string Reason => string.Join("; ", Differences.Select(d => d.Reason).Append(NotKnown).Where(r => r.Length > 0));

    /// <summary>What is not known, and why; empty where all is.</summary>
    public string NotKnown { get; init; } = "";

    /// <summary>What each node's rules hold.</summary>
    public IReadOnlyList<ServiceNodeRules> Nodes { get; init; } = [];

    /// <summary>What differs.</summary>
    public IReadOnlyList<ServiceNodeDifference> Differences { get; init; } = [];

    /// <summary>Nodes that could not be compared, each with the reason.</summary>
    public IReadOnlyList<string> NotCompared { get; init; } = [];

    internal ServiceNodeStatus State { get; init; }

    /// <summary>One line: what, how it stands, why.</summary>
    public override string ToString() =>
        $"{Namespace}/{Service}{(PortName.Length > 0 ? ":" + PortName : "")} {Protocol} {(Address.Length > 0 ? Addresses.Join(Address, Port) : "?")} {Status}{(Reason.Length > 0 ? $": {Reason}" : "")}";
}
