namespace GravityNet;

/// <summary>What becomes of a packet by the routing policy.</summary>
internal enum RouteVerdict
{
    /// <summary>Something that decides is not known.</summary>
    Unknown,

    /// <summary>It is sent out of an interface.</summary>
    Unicast,

    /// <summary>It is for the node itself.</summary>
    Local,

    /// <summary>It is for everybody on a link.</summary>
    Broadcast,

    /// <summary>It is for a group.</summary>
    Multicast,

    /// <summary>It is for the node itself, and for others with the same address (IPv6).</summary>
    Anycast,

    /// <summary>No rule leads to a route for it: senders get "Network is unreachable".</summary>
    None,

    /// <summary>A route or a rule drops it, and senders are told "unreachable".</summary>
    Unreachable,

    /// <summary>A route or a rule drops it, and senders are told "prohibited".</summary>
    Prohibit,

    /// <summary>A route or a rule drops it without a word.</summary>
    Blackhole,

    /// <summary>The kernel does not send with that source: no address of the node's is it.</summary>
    Invalid,
}
