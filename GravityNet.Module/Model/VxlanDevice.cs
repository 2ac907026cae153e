namespace GravityNet;

/// <summary>
/// The VXLAN part of a link, as <c>ip -d link</c> prints it (ip-link(8), RFC 7348).
/// </summary>
public sealed record VxlanDevice
{
    /// <summary>The VXLAN network identifier (VNI), 24 bits.</summary>
    public int? Vni { get; init; }

    /// <summary>The outer source address; empty where the kernel chooses.</summary>
    public string Local { get; init; } = "";

    /// <summary>The underlay interface; empty where the kernel chooses by route.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The outer UDP destination port: flannel's default is 8472, the standard one 4789.</summary>
    public int? Port { get; init; }

    /// <summary>Whether the device learns MACs from what it receives. Flannel turns it off.</summary>
    public bool Learning { get; init; } = true;
}
