using System.Collections.Immutable;

namespace GravityNet.Netfilter;

/// <summary>
/// One of the ways that a packet may take: chosen at random, or by something that is not known.
/// </summary>
/// <param name="Packet">The packet as it is at the end.</param>
/// <param name="Share">Its part of the packets for which the assumptions hold.</param>
/// <param name="End">How it ended.</param>
internal sealed record NftFlow(NetfilterPacket Packet, Fraction Share, NetfilterVerdict End)
{
    /// <summary>What has to be so for this way, where it is not known: a rule's text, with <c>not</c> before it where it must not match.</summary>
    public ImmutableList<string> Assumptions { get; init; } = [];

    /// <summary>The chain of the rule that translated the destination; empty for none.</summary>
    public string TranslatedIn { get; init; } = "";

    /// <summary>The rule that ended it; null where no rule did.</summary>
    public NftRule? DecidedBy { get; init; }

    /// <summary>Whether the packet gets the node's own address: yes, no, or unknown.</summary>
    public Ternary Masquerade { get; init; }
}
