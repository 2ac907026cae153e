using GravityNet.Overlay;

namespace GravityNet;

/// <summary>
/// One row of the comparison that flannel's overlay stands on: how a node reaches a lease's subnet (FDB row, neighbor entry, route, lease), or for a node's own
/// lease its VXLAN device. Flannel programs one of each for every remote lease (<c>backend/vxlan</c> of the flannel project).
/// </summary>
public sealed record VxlanFdbEntry
{
    /// <summary>The node whose state this is.</summary>
    public required string Node { get; init; }

    /// <summary>The node that holds the lease; the same as <see cref="Node"/> for its own device; empty where nobody known holds it.</summary>
    public string RemoteNode { get; init; } = "";

    /// <summary>Whether this is the node's own device against its own lease.</summary>
    public bool IsOwn => RemoteNode.Length > 0 && RemoteNode == Node;

    /// <summary>The VXLAN device, <c>flannel.1</c>.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The leased subnet; empty for a row that belongs to no lease.</summary>
    public string Subnet { get; init; } = "";

    /// <summary>The address of the remote VXLAN device: the subnet's first.</summary>
    public string Address { get; init; } = "";

    /// <summary>The MAC in effect: of the FDB row, or of the node's own device.</summary>
    public string Mac { get; init; } = "";

    /// <summary>The underlay address in effect: of the FDB row, or of the node's own device.</summary>
    public string Destination { get; init; } = "";

    /// <summary>The MAC that the lease says.</summary>
    public string LeaseMac => Lease?.VtepMAC ?? "";

    /// <summary><c>ok</c>, <c>missing</c>, <c>stale</c>, <c>mismatch</c>, <c>duplicate</c> or <c>unknown</c>.</summary>
#pragma warning disable CA1308 // the words are lower case as ip's own are
    public string Status => State.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>Why, in one sentence for each part that is not right; empty when all are.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The FDB row; null where there is none.</summary>
    public FdbEntry? Fdb { get; init; }

    /// <summary>The neighbor entry; null where there is none.</summary>
    public Neighbor? Neighbor { get; init; }

    /// <summary>The route; null where there is none.</summary>
    public Route? Route { get; init; }

    /// <summary>The lease; null where there is none.</summary>
    public OverlayLease? Lease { get; init; }

    /// <summary>The lines that prove it, as <c>NODE FACT:LINE: TEXT</c>.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    internal OverlayStatus State { get; init; }

    internal Link? Device { get; init; }

    /// <summary>One line: who, whither, how it stands.</summary>
    public override string ToString() =>
        $"{Node} -> {(RemoteNode.Length > 0 ? RemoteNode : "?")} {Subnet} {Status}{(Reason.Length > 0 ? $": {Reason}" : "")}";
}
