namespace GravityNet;

/// <summary>What a kernel message says of the network: the words of <see cref="KernelMessage.Kind"/>.</summary>
public static class KernelMessageKind
{
    /// <summary>The table of tracked connections is full: new ones are dropped (<c>nf_conntrack_max</c>).</summary>
    public const string ConntrackTableFull = "ConntrackTableFull";

    /// <summary>The neighbor table is full: addresses are no longer resolved (<c>gc_thresh3</c>).</summary>
    public const string NeighborTableOverflow = "NeighborTableOverflow";

    /// <summary>A packet from, or to, an address that cannot be there: the reverse-path filter, or a spoofed source (<c>log_martians</c>).</summary>
    public const string Martian = "Martian";

    /// <summary>An interface has its carrier.</summary>
    public const string LinkUp = "LinkUp";

    /// <summary>An interface has lost its carrier.</summary>
    public const string LinkDown = "LinkDown";

    /// <summary>A bridge port changed its state (blocking, learning, forwarding, disabled).</summary>
    public const string PortState = "PortState";

    /// <summary>A bridge heard its own address from a port: a loop, or a MAC that two have.</summary>
    public const string OwnAddress = "OwnAddress";

    /// <summary>More connections than a listener takes: SYN cookies, or drops.</summary>
    public const string SynFlood = "SynFlood";

    /// <summary>Connection tracking's helpers (FTP and its kin) are not assigned by themselves any more.</summary>
    public const string ConntrackHelper = "ConntrackHelper";

    /// <summary>Something about the reverse-path filter.</summary>
    public const string ReversePathFilter = "ReversePathFilter";

    /// <summary>A VXLAN device could not have its port, or a MAC moved to another remote.</summary>
    public const string Vxlan = "Vxlan";

    /// <summary>TCP has no memory, or too many orphans (<c>tcp_mem</c>, <c>tcp_max_orphans</c>).</summary>
    public const string TcpMemory = "TcpMemory";

    /// <summary>An interface's transmit queue hangs.</summary>
    public const string TransmitTimeout = "TransmitTimeout";

    /// <summary>A namespace's device cannot be removed: something still holds it.</summary>
    public const string DeviceHeld = "DeviceHeld";

    /// <summary>Bridged packets do not pass iptables: br_netfilter is not loaded.</summary>
    public const string BridgeFilterMissing = "BridgeFilterMissing";

    /// <summary>The kernel held back messages of the network code.</summary>
    public const string Suppressed = "Suppressed";
}
