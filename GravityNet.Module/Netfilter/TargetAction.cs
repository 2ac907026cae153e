namespace GravityNet.Netfilter;

/// <summary>What a rule's target does with a packet that the rule matches.</summary>
internal abstract record TargetAction
{
    private TargetAction()
    {
    }

    /// <summary>The next rule is looked at.</summary>
    /// <param name="Packet">The packet as it is then.</param>
    internal sealed record GoOn(NetfilterPacket Packet) : TargetAction;

    /// <summary>The packet's way through the table ends.</summary>
    /// <param name="Verdict">How.</param>
    /// <param name="Packet">The packet as it is then.</param>
    internal sealed record End(NetfilterVerdict Verdict, NetfilterPacket Packet) : TargetAction
    {
        /// <summary>Why the verdict is unknown.</summary>
        public string Reason { get; init; } = "";
    }

    /// <summary>Back to where the chain was called from, or to the policy.</summary>
    internal sealed record Return : TargetAction;

    /// <summary>Nobody knows what it does: it may end the packet's way, or not.</summary>
    /// <param name="Reason">What is not known.</param>
    internal sealed record Unknown(string Reason) : TargetAction;
}
