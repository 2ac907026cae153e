namespace GravityNet.Netfilter;

/// <summary>What is wrong with a chain of kube-proxy's, or with a rule in it.</summary>
internal enum ServiceChainProblemKind
{
    /// <summary>A chain of a service port or of an endpoint that the API does not have.</summary>
    GhostChain,

    /// <summary>A chain that no rule jumps to: the rules in it never act.</summary>
    ChainWithoutJump,

    /// <summary>A rule that jumps to a chain which is not there.</summary>
    JumpWithoutChain,

    /// <summary>The same rule twice in one chain, or two rules that share new connections out to one endpoint.</summary>
    DoubledRule,

    /// <summary>A comment that names another service or endpoint than the chain's name does.</summary>
    WrongComment,
}
