namespace GravityNet.Capturing;

/// <summary>A frame's headers: the outermost packet and, where that is VXLAN, the one inside.</summary>
internal struct DecodedFrame
{
    /// <summary>Where the innermost Ethernet header begins; -1 where there is none.</summary>
    public int MacStart;

    /// <summary>The innermost VLAN id; -1 where there is none.</summary>
    public int Vlan;

    /// <summary>The VXLAN network identifier; -1 where the frame carries no VXLAN.</summary>
    public int Vni;

    /// <summary>Where the VXLAN header stands.</summary>
    public int VxlanStart;

    /// <summary>The packet that the endpoints see: the one inside where there is VXLAN.</summary>
    public NetworkLayer Packet;

    /// <summary>Whether the frame carries VXLAN with a valid network identifier.</summary>
    public readonly bool Encapsulated => Vni >= 0;
}
