namespace GravityNet.Findings;

/// <summary>The parts of a pod's packet's path that a finding can be on.</summary>
internal enum PathPart
{
    /// <summary>Between a node's VXLAN device and its pods: what both directions of a pod's traffic cross.</summary>
    Node,

    /// <summary>Between the VXLAN devices of two nodes.</summary>
    Overlay,

    /// <summary>Where a node takes packets from the overlay: they are lost for either part, as the stages see it.</summary>
    Arrival,

    /// <summary>The translation of service addresses for a node's pods.</summary>
    Services,
}
