namespace GravityNet.Netfilter;

/// <summary>What becomes of a packet to a service, from the best to the worst.</summary>
internal enum EntryVerdict
{
    /// <summary>It goes to an endpoint.</summary>
    Dnat,

    /// <summary>It is delivered to a socket of the node.</summary>
    Local,

    /// <summary>It goes on to the address that it came for.</summary>
    Untranslated,

    /// <summary>Something that decides is not known.</summary>
    Unknown,

    /// <summary>It is refused, and the sender is told.</summary>
    Reject,

    /// <summary>It is gone without a word.</summary>
    Drop,
}
