using GravityNet.Netfilter;

namespace GravityNet;

/// <summary>
/// Something that is wrong with the chains that kube-proxy keeps for a service port, told from the chains' names and jumps alone: the names are computed
/// from the service port and the endpoint (<see cref="KubeChainNames"/>).
/// </summary>
public sealed record ServiceChainProblem
{
    /// <summary>
    /// <c>GhostChain</c> (a chain of a service port or endpoint that the API does not have), <c>ChainWithoutJump</c>, <c>JumpWithoutChain</c>,
    /// <c>DoubledRule</c> or <c>WrongComment</c>.
    /// </summary>
    public string Kind => ProblemKind.ToString();

    /// <summary>The chain that it is about.</summary>
    public required string Chain { get; init; }

    /// <summary>What is wrong, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The lines that prove it, one a line: <c>NODE FACT:LINE: TEXT</c>.</summary>
    public string Evidence => string.Join('\n', Sources);

    internal ServiceChainProblemKind ProblemKind { get; init; }

    internal IReadOnlyList<SourceLine> Sources { get; init; } = [];

    /// <summary>The sentence.</summary>
    public override string ToString() => Reason;
}
