namespace GravityNet.Capturing;

/// <summary>What stands before the network header in each captured frame: the link types of pcap that captures on nodes come with.</summary>
public enum LinkType
{
    /// <summary>An Ethernet header (DLT_EN10MB): bridges, veths, VXLAN devices.</summary>
    Ethernet = 1,

    /// <summary>Nothing: the frame begins with the IP header (DLT_RAW).</summary>
    RawIp = 101,

    /// <summary>Linux "cooked" header of 16 bytes (DLT_LINUX_SLL): a capture on <c>any</c> with an older libpcap.</summary>
    LinuxCooked = 113,

    /// <summary>Linux "cooked" header of 20 bytes (DLT_LINUX_SLL2): a capture on <c>any</c> with libpcap 1.10.</summary>
    LinuxCooked2 = 276,
}
