namespace GravityNet.Probing;

/// <summary>What an address stands for on the packet's path.</summary>
internal enum ProbeTargetKind
{
    /// <summary>A plain address.</summary>
    Address,

    /// <summary>A node's underlay address.</summary>
    Underlay,

    /// <summary>A node's VXLAN device: the first address of its lease.</summary>
    Flannel,

    /// <summary>A node's pod bridge.</summary>
    Bridge,

    /// <summary>A pod.</summary>
    Pod,

    /// <summary>A service's cluster address.</summary>
    Service,
}
