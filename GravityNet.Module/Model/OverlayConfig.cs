namespace GravityNet;

/// <summary>
/// Flannel's network configuration, kept in etcd under <c>/coreos.com/network/config</c>.
/// </summary>
public sealed record OverlayConfig
{
    /// <summary>The overlay's address range, <c>10.244.0.0/16</c>.</summary>
    public string Network { get; init; } = "";

    /// <summary>The prefix length of each node's subnet; 24 unless set.</summary>
    public int SubnetLength { get; init; } = 24;

    /// <summary>vxlan, host-gw, ...</summary>
    public string BackendType { get; init; } = "";

    /// <summary>The VXLAN network identifier; 1 unless set.</summary>
    public int Vni { get; init; } = 1;

    /// <summary>The outer UDP port; 8472, the Linux kernel's own default, unless set.</summary>
    public int Port { get; init; } = 8472;

    /// <summary>Whether nodes on one network are reached without encapsulation.</summary>
    public bool DirectRouting { get; init; }

    /// <summary>Where it lives: <c>etcd-v2</c> or <c>etcd-v3</c>.</summary>
    public required string Home { get; init; }

    /// <summary>The value as stored.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The value as stored.</summary>
    public override string ToString() => Source.Text;
}
