namespace GravityNet.Netfilter;

/// <summary>How a packet's way through a chain ends.</summary>
internal enum NetfilterVerdict
{
    /// <summary>Something that decides is not known, and the packet may meet any end.</summary>
    Unknown,

    /// <summary>It leaves the table and goes on its way, translated or marked as the packet after tells.</summary>
    Accept,

    /// <summary>It is gone without a word.</summary>
    Drop,

    /// <summary>It is gone, and the sender is told.</summary>
    Reject,

    /// <summary>A chain that is no hook's own came to its end, and the packet goes back to where the chain was called from.</summary>
    Return,
}
