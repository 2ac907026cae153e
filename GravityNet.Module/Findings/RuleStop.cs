using GravityNet.Netfilter;

namespace GravityNet.Findings;

/// <summary>
/// What stops a packet.
/// </summary>
/// <param name="Table">The table.</param>
/// <param name="Chain">The chain of the rule, or the built-in chain of the policy.</param>
/// <param name="IsReject">Whether the sender is told.</param>
/// <param name="Evidence">The line that says so.</param>
/// <param name="Rule">The rule; null where it is the chain's policy.</param>
internal sealed record RuleStop(string Table, string Chain, bool IsReject, string Evidence, IptablesRule? Rule)
{
    /// <summary>
    /// What surely stops the first packet of a connection at a built-in chain: a rule or the chain's policy; null where nothing does, or where something that is not known
    /// may let it through.
    /// </summary>
    public static RuleStop? Find(IptablesTable table, string chain, NetfilterPacket packet)
    {
        // kube-proxy and kubelet mark packets to masquerade and to drop with these bits: only their own rules mark, and none of them marks a plain flow
        const uint KubeMarks = 0xc000;
        packet = packet with
        {
            State = PacketState.New,
            IsDestinationTranslated = false,
            IsSourceTranslated = false,
            IsFragment = false,
            Mark = new(0, KubeMarks),
            IcmpType = packet.Protocol == IpProtocol.Icmp ? 8 : null,
        };
        if (NetfilterWalk.Chain(table, chain, packet) is not { Stopped: Ternary.Yes } walk) return null;
        // of several rules that stop it the last one does without a condition that is not known
        var end = walk.Root.Ends()[^1];
        return new(table.Name, end.Chain, end.Verdict == NetfilterVerdict.Reject, end.Rule?.Evidence ?? table.Chain(chain)!.Origin.ToSourceLine().ToString(), end.Rule);
    }

    /// <summary><c>drops</c> or <c>rejects</c>.</summary>
    public string Verb => IsReject ? "rejects" : "drops";

    /// <summary>What to do about it.</summary>
    /// <param name="what">What is to be accepted.</param>
    public string Remedy(string what) => Rule is null
        ? $"add a rule to chain {Chain} of table {Table} that accepts {what}: its policy is DROP"
        : $"remove the rule from chain {Chain} of table {Table}, or accept {what} before it";
}
