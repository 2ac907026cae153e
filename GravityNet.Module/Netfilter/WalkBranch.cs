namespace GravityNet.Netfilter;

/// <summary>One way that a packet may take through the rules, to its end.</summary>
internal sealed record WalkBranch
{
    /// <summary>How it ends.</summary>
    public required NetfilterVerdict Verdict { get; init; }

    /// <summary>The packet as it is then, translated and marked.</summary>
    public required NetfilterPacket Packet { get; init; }

    /// <summary>The share of packets that take this way, of those for which everything is as <see cref="Assumptions"/> say.</summary>
    public required Fraction Probability { get; init; }

    /// <summary>The table that decided.</summary>
    public required string Table { get; init; }

    /// <summary>The chain that decided.</summary>
    public required string Chain { get; init; }

    /// <summary>The rule that decided; null where it is the chain's end or its policy.</summary>
    public required IptablesRule? Rule { get; init; }

    /// <summary>Why the verdict is unknown; empty where it is known.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The rules on the way in the kernel's order: those that matched, and those of which only an assumption or chance says that they did not.</summary>
    public required IReadOnlyList<WalkStep> Steps { get; init; }

    /// <summary>The steps whose answer nobody knows: the way is taken only if all of them are as they say.</summary>
    public IEnumerable<WalkStep> Assumptions => Steps.Where(s => s.IsAssumed);
}
