namespace GravityNet;

/// <summary>
/// A node's lease of a subnet of the overlay, as flannel keeps it: in etcd under <c>/coreos.com/network/subnets</c>, or as annotations of the node.
/// </summary>
public sealed record OverlayLease
{
    /// <summary>The node that holds it; empty where no known node has its public address.</summary>
    public string Node { get; init; } = "";

    /// <summary>The leased subnet, <c>10.244.19.0/24</c>.</summary>
    public required string Subnet { get; init; }

    /// <summary>The subnet's first address: that of the node's VXLAN device, and the gateway by which the others route to the subnet.</summary>
    public required string Address { get; init; }

    /// <summary>The node's address on the underlay, to which the others send.</summary>
    public string PublicIP { get; init; } = "";

    /// <summary>The MAC of the node's VXLAN device; empty for other backends.</summary>
    public string VtepMAC { get; init; } = "";

    /// <summary>The VXLAN network identifier; null where the lease does not say (flannel before 0.12).</summary>
    public int? Vni { get; init; }

    /// <summary>vxlan, host-gw, wireguard, ...</summary>
    public string BackendType { get; init; } = "";

    /// <summary>When the lease ends unless renewed (UTC); null for none: a reservation, or a store without time to live.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Seconds to its end when it was read; null as above. Flannel takes 24 h and renews an hour before the end.</summary>
    public long? Ttl { get; init; }

    /// <summary>Where it lives: <c>etcd-v2</c>, <c>etcd-v3</c> or <c>kubernetes</c>.</summary>
    public required string Home { get; init; }

    /// <summary>How the lease of this subnet in another home differs, or that it is not there; empty where all homes that hold leases agree.</summary>
    public string Split { get; init; } = "";

    /// <summary>The key in etcd, or <c>node/NAME</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The value as stored.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>One line, in flannel's own words.</summary>
    public override string ToString() => $"{Subnet} PublicIP: {PublicIP} VtepMAC: {VtepMAC}";
}
