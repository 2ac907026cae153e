using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// The bridge part of a link, as <c>ip -d link</c> prints it (ip-link(8)). Null where not printed.
/// </summary>
public sealed record BridgeDevice : LinkPart
{
    // in the order in which today's ip prints them
    private static readonly LineGrammar<BridgeDevice> Grammar = new(
        -1,
        new LineField<BridgeDevice>("", p => p.Kind),
        new("forward_delay", p => Printed(p.ForwardDelay)),
        new("hello_time", p => Printed(p.HelloTime)),
        new("max_age", p => Printed(p.MaxAge)),
        new("ageing_time", p => Printed(p.AgeingTime)),
        new("stp_state", p => Printed(p.StpState)),
        new("priority", p => Printed(p.Priority)),
        new("vlan_filtering", p => Bit(p.VlanFiltering)),
        new("vlan_protocol", p => Printed(p.VlanProtocol)),
        new("bridge_id", p => Printed(p.BridgeId)),
        new("designated_root", p => Printed(p.DesignatedRoot)),
        new("root_port", p => Printed(p.RootPort)),
        new("root_path_cost", p => Printed(p.RootPathCost)),
        new("topology_change", p => Bit(p.TopologyChange)),
        new("fdb_n_learned", p => Printed(p.LearnedAddresses)),
        new("fdb_max_learned", p => Printed(p.MaxLearnedAddresses)),
        new("vlan_default_pvid", p => Printed(p.DefaultPvid)),
        new("group_fwd_mask", p => Printed(p.GroupForwardMask)),
        new("mcast_snooping", p => Bit(p.MulticastSnooping)),
        new("mcast_querier", p => Bit(p.MulticastQuerier)),
        new("nf_call_iptables", p => Bit(p.CallsIptables)),
        new("nf_call_ip6tables", p => Bit(p.CallsIp6tables)),
        new("nf_call_arptables", p => Bit(p.CallsArptables)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Kind,
        ForwardDelay,
        HelloTime,
        MaxAge,
        AgeingTime,
        StpState,
        Priority,
        VlanFiltering,
        VlanProtocol,
        BridgeId,
        DesignatedRoot,
        RootPort,
        RootPathCost,
        TopologyChange,
        LearnedAddresses,
        MaxLearnedAddresses,
        DefaultPvid,
        GroupForwardMask,
        MulticastSnooping,
        MulticastQuerier,
        CallsIptables,
        CallsIp6tables,
        CallsArptables,
    }

    /// <inheritdoc/>
    public override string Kind => "bridge";

    /// <summary>How long a port listens and then learns before it forwards, in hundredths of a second.</summary>
    public int? ForwardDelay { get; init; }

    /// <summary>The time between two hellos, in hundredths of a second.</summary>
    public int? HelloTime { get; init; }

    /// <summary>The time after which a bridge that is not heard counts as gone, in hundredths of a second.</summary>
    public int? MaxAge { get; init; }

    /// <summary>How long a learned MAC lives unused, in hundredths of a second.</summary>
    public int? AgeingTime { get; init; }

    /// <summary>The spanning tree: 0 off, 1 the kernel's, 2 a daemon's.</summary>
    public int? StpState { get; init; }

    /// <summary>The bridge's priority in the spanning tree: the lowest becomes root.</summary>
    public int? Priority { get; init; }

    /// <summary>Whether ports take and give only frames of their own VLANs.</summary>
    public bool? VlanFiltering { get; init; }

    /// <summary><c>802.1Q</c> or <c>802.1ad</c>; empty where not printed.</summary>
    public string VlanProtocol { get; init; } = "";

    /// <summary>Its priority in hexadecimal and its MAC: <c>8000.aa:bb:cc:dd:ee:ff</c>.</summary>
    public string BridgeId { get; init; } = "";

    /// <summary>The same of the bridge that is the tree's root.</summary>
    public string DesignatedRoot { get; init; } = "";

    /// <summary>The number of the port towards the root; 0 on the root itself.</summary>
    public int? RootPort { get; init; }

    /// <summary>The cost of the way to the root.</summary>
    public int? RootPathCost { get; init; }

    /// <summary>Whether a change of the tree is being told.</summary>
    public bool? TopologyChange { get; init; }

    /// <summary>The learned rows of the forwarding database.</summary>
    public int? LearnedAddresses { get; init; }

    /// <summary>The most of them; 0 for no limit.</summary>
    public int? MaxLearnedAddresses { get; init; }

    /// <summary>The VLAN of untagged frames on new ports.</summary>
    public int? DefaultPvid { get; init; }

    /// <summary>The link-local groups (01:80:c2:00:00:0X) that it forwards, as bits.</summary>
    public string GroupForwardMask { get; init; } = "";

    /// <summary>Whether it learns who wants which multicast group.</summary>
    public bool? MulticastSnooping { get; init; }

    /// <summary>Whether it asks for that itself.</summary>
    public bool? MulticastQuerier { get; init; }

    /// <summary>Whether this bridge alone hands IPv4 to iptables (the sysctl bridge-nf-call-iptables does it for all).</summary>
    public bool? CallsIptables { get; init; }

    /// <summary>The same for IPv6.</summary>
    public bool? CallsIp6tables { get; init; }

    /// <summary>The same for ARP.</summary>
    public bool? CallsArptables { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Print(null);

    /// <inheritdoc/>
    internal override string Print(LineForm? form) => Grammar.Print(this, form, Words);
}
