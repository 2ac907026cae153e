namespace GravityNet.Capturing;

/// <summary>The UDP ports whose datagrams are VXLAN: flannel's 8472 (Linux' own default), IANA's 4789, and the cluster's port where it is another.</summary>
public sealed class VxlanPorts
{
    private readonly int _extra;

    private VxlanPorts(int extra) => _extra = extra;

    /// <summary>8472 and 4789.</summary>
    public static VxlanPorts Default { get; } = new(-1);

    /// <summary>The usual ports and one more.</summary>
    /// <param name="port">A UDP port, as in flannel's backend configuration.</param>
    public static VxlanPorts With(int port) => new(port);

    /// <summary>Whether a datagram to this port is VXLAN. (Its source port is a hash of the inner flow, and says nothing.)</summary>
    public bool Contains(int port) => port is 8472 or 4789 || port == _extra;
}
