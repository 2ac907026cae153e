using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// What a bridge holds of one of its ports, as <c>ip -d link</c> prints it (ip-link(8), bridge(8)). Null where not printed.
/// </summary>
public sealed record BridgeSlave : LinkPart
{
    // in the order in which today's ip prints them
    private static readonly LineGrammar<BridgeSlave> Grammar = new(
        -1,
        new LineField<BridgeSlave>("", p => p.Kind),
        new("state", p => Printed(p.State)),
        new("priority", p => Printed(p.Priority)),
        new("cost", p => Printed(p.Cost)),
        new("hairpin", p => OnOff(p.Hairpin)),
        new("guard", p => OnOff(p.Guard)),
        new("root_block", p => OnOff(p.RootBlock)),
        new("fastleave", p => OnOff(p.FastLeave)),
        new("learning", p => OnOff(p.Learning)),
        new("flood", p => OnOff(p.Flood)),
        new("port_id", p => Printed(p.PortId)),
        new("port_no", p => Printed(p.PortNumber)),
        new("designated_bridge", p => Printed(p.DesignatedBridge)),
        new("designated_root", p => Printed(p.DesignatedRoot)),
        new("proxy_arp", p => OnOff(p.ProxyArp)),
        new("mcast_flood", p => OnOff(p.MulticastFlood)),
        new("bcast_flood", p => OnOff(p.BroadcastFlood)),
        new("neigh_suppress", p => OnOff(p.NeighborSuppress)),
        new("isolated", p => OnOff(p.Isolated)),
        new("locked", p => OnOff(p.Locked)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Kind,
        State,
        Priority,
        Cost,
        Hairpin,
        Guard,
        RootBlock,
        FastLeave,
        Learning,
        Flood,
        PortId,
        PortNumber,
        DesignatedBridge,
        DesignatedRoot,
        ProxyArp,
        MulticastFlood,
        BroadcastFlood,
        NeighborSuppress,
        Isolated,
        Locked,
    }

    /// <inheritdoc/>
    public override string Kind => "bridge_slave";

    /// <summary>The spanning tree's state: disabled, listening, learning, forwarding, blocking.</summary>
    public string State { get; init; } = "";

    /// <summary>The port's priority in the spanning tree.</summary>
    public int? Priority { get; init; }

    /// <summary>The cost of the way through it.</summary>
    public int? Cost { get; init; }

    /// <summary>Whether a frame may leave by the port that it came in by: a pod that reaches itself through its service needs it.</summary>
    public bool? Hairpin { get; init; }

    /// <summary>Whether spanning tree messages from it are refused (BPDU guard).</summary>
    public bool? Guard { get; init; }

    /// <summary>Whether it may not become the way to the root.</summary>
    public bool? RootBlock { get; init; }

    /// <summary>Whether the first leave ends a multicast group on it.</summary>
    public bool? FastLeave { get; init; }

    /// <summary>Whether MACs are learned on it.</summary>
    public bool? Learning { get; init; }

    /// <summary>Whether frames to unknown MACs leave by it.</summary>
    public bool? Flood { get; init; }

    /// <summary>Its identifier in the spanning tree (<c>0x8001</c>).</summary>
    public string PortId { get; init; } = "";

    /// <summary>Its number in the bridge (<c>0x1</c>).</summary>
    public string PortNumber { get; init; } = "";

    /// <summary>The bridge that forwards to the root on its segment.</summary>
    public string DesignatedBridge { get; init; } = "";

    /// <summary>The tree's root as seen on it.</summary>
    public string DesignatedRoot { get; init; } = "";

    /// <summary>Whether ARP is answered for what is behind other ports.</summary>
    public bool? ProxyArp { get; init; }

    /// <summary>Whether multicast that nobody asked for leaves by it.</summary>
    public bool? MulticastFlood { get; init; }

    /// <summary>Whether broadcasts leave by it.</summary>
    public bool? BroadcastFlood { get; init; }

    /// <summary>Whether the bridge answers ARP and neighbor solicitations on it from its own tables.</summary>
    public bool? NeighborSuppress { get; init; }

    /// <summary>Whether it cannot talk to other isolated ports.</summary>
    public bool? Isolated { get; init; }

    /// <summary>Whether it takes frames only from MACs that the forwarding database has.</summary>
    public bool? Locked { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Print(null);

    /// <inheritdoc/>
    internal override string Print(LineForm? form) => Grammar.Print(this, form, Words);
}
