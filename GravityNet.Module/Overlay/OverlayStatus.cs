namespace GravityNet.Overlay;

/// <summary>What the comparison of a node's overlay state with the leases gave, from best to worst.</summary>
internal enum OverlayStatus
{
    /// <summary>All parts are there and agree.</summary>
    Ok,

    /// <summary>Something that is needed was not collected.</summary>
    Unknown,

    /// <summary>Two owners for one key: a MAC, a subnet or an address.</summary>
    Duplicate,

    /// <summary>The node's parts agree with each other and not with the lease: one of the two is old.</summary>
    Stale,

    /// <summary>A part says something else than the lease or the other parts.</summary>
    Mismatch,

    /// <summary>A part is not there.</summary>
    Missing,
}
