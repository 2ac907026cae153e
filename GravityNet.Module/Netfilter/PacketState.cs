namespace GravityNet.Netfilter;

/// <summary>What connection tracking says of a packet (<c>--ctstate</c>, iptables-extensions(8)).</summary>
internal enum PacketState
{
    /// <summary>The packet begins a connection.</summary>
    New,

    /// <summary>It is of a connection that both sides have sent packets for.</summary>
    Established,

    /// <summary>It begins a connection that another one announced, or is an ICMP error of one.</summary>
    Related,

    /// <summary>It is of no connection.</summary>
    Invalid,

    /// <summary>A rule of table raw took it out of tracking.</summary>
    Untracked,
}
