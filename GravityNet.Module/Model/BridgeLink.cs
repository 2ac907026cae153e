using System.Globalization;
using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// A port of a bridge with its settings, as <c>bridge link</c> prints it (bridge(8)). Run in a namespace of its own the command resolves the other end's name in the wrong
/// one: <see cref="Index"/> is right where <see cref="Peer"/> may be another interface's name.
/// </summary>
public sealed record BridgeLink
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The port's index.</summary>
    public required int Index { get; init; }

    /// <summary>The port.</summary>
    public required string Interface { get; init; }

    /// <summary>The name after <c>@</c>, which may be wrong; empty for none.</summary>
    public string Peer { get; init; } = "";

    /// <summary>UP, DOWN, LOWERLAYERDOWN, ...; empty where not printed (iproute2 from 4.12 on).</summary>
    public string OperState { get; init; } = "";

    /// <summary>The flags: BROADCAST, UP, LOWER_UP, NO-CARRIER, ...</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>The MTU in bytes; null where not printed.</summary>
    public int? Mtu { get; init; }

    /// <summary>The bridge; empty where not printed. Of a bridge's own row it is the bridge itself.</summary>
    public string Master { get; init; } = "";

    /// <summary>The spanning tree's state: disabled, listening, learning, forwarding, blocking; empty where not printed.</summary>
    public string State { get; init; } = "";

    /// <summary>The port's priority in the spanning tree (the smaller wins); null where not printed.</summary>
    public int? Priority { get; init; }

    /// <summary>What the way over the port costs in the spanning tree; null where not printed.</summary>
    public int? Cost { get; init; }

    /// <summary>Whether a frame may leave through the port that it came in by. The bridge's CNI plugin sets it, so that a pod reaches itself through a service. Null where not printed.</summary>
    public bool? Hairpin { get; init; }

    /// <summary>Whether a spanning-tree message that comes in shuts the port (BPDU guard). Null where not printed.</summary>
    public bool? Guard { get; init; }

    /// <summary>Whether the port may not become the way to the root. Null where not printed.</summary>
    public bool? RootBlock { get; init; }

    /// <summary>Whether a multicast group's leave message ends the group on the port at once. Null where not printed.</summary>
    public bool? FastLeave { get; init; }

    /// <summary>Whether the bridge learns stations from the port's frames. Null where not printed.</summary>
    public bool? Learning { get; init; }

    /// <summary>Whether what a switch's hardware learned is told to the bridge. Null where not printed.</summary>
    public bool? LearningSync { get; init; }

    /// <summary>Whether frames for stations that the bridge does not know leave through the port. Null where not printed.</summary>
    public bool? Flood { get; init; }

    /// <summary>Whether multicast frames of unknown groups leave through the port. Null where not printed.</summary>
    public bool? McastFlood { get; init; }

    /// <summary>Whether broadcast frames leave through the port. Null where not printed.</summary>
    public bool? BcastFlood { get; init; }

    /// <summary>Whether a multicast router is behind the port: 0 never, 1 as learned, 2 always, 3 for a while. Null where not printed.</summary>
    public int? McastRouter { get; init; }

    /// <summary>Whether a multicast frame is sent to each member by itself. Null where not printed.</summary>
    public bool? McastToUnicast { get; init; }

    /// <summary>Whether the bridge answers ARP and NDP for others, and does not let their questions through. Null where not printed.</summary>
    public bool? NeighSuppress { get; init; }

    /// <summary>The same for each VLAN. Null where not printed.</summary>
    public bool? NeighVlanSuppress { get; init; }

    /// <summary>Whether announcements (gratuitous ARP and NDP) are let through all the same. Null where not printed.</summary>
    public bool? NeighForwardGrat { get; init; }

    /// <summary>Whether VLANs are mapped to tunnels. Null where not printed.</summary>
    public bool? VlanTunnel { get; init; }

    /// <summary>The port that takes over while this one has no carrier; empty for none.</summary>
    public string BackupPort { get; init; } = "";

    /// <summary>The nexthop object that says where a VXLAN backup port sends to; null where not printed.</summary>
    public long? BackupNexthopId { get; init; }

    /// <summary>Whether frames go to ports only that are not isolated. Null where not printed.</summary>
    public bool? Isolated { get; init; }

    /// <summary>Whether frames of stations that are not in the FDB are dropped (802.1X). Null where not printed.</summary>
    public bool? Locked { get; init; }

    /// <summary>Whether such stations get a locked row in the FDB. Null where not printed.</summary>
    public bool? Mab { get; init; }

    /// <summary>The multicast groups that the port is in; null where not printed.</summary>
    public int? McastGroups { get; init; }

    /// <summary>How many it may be in; 0 for any number; null where not printed.</summary>
    public int? McastMaxGroups { get; init; }

    /// <summary>How a network card's own bridge works: VEB or VEPA; empty for none.</summary>
    public string HwMode { get; init; } = "";

    /// <summary>Words of the first line that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Words of the line of settings that have no field of their own, in order.</summary>
    public IReadOnlyList<string> SettingWords { get; init; } = [];

    /// <summary>The first line that it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its first line; null for one that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>The form of its line of settings (with <c>-d</c>); null for none.</summary>
    internal LineForm? SettingsForm { get; init; }

    /// <summary>Whether the settings stand in the first line, behind a backslash (<c>bridge -o</c>).</summary>
    internal bool IsOnSameLine { get; init; }

    /// <summary>Whether the other end's name stands behind the state, as in iproute2 before 4.12: <c>veth1 state UP @eth0:</c>.</summary>
    internal bool IsOld { get; init; }

    /// <summary>The lines as they were read, from the fields.</summary>
    public string Print()
    {
        var first = Grammar.Print(this, Form, Words);
        var settings = Settings.Print(this, SettingsForm, SettingWords);
        if (settings.Length == 0) return first;
        // settings that somebody added stand where the tool puts them
        return first + (IsOnSameLine ? '\\' : '\n') + (SettingsForm is null ? "    " : "") + settings;
    }

    /// <summary>The port in the words of <c>bridge link</c>, without its settings.</summary>
    public override string ToString() => Grammar.Print(IsOld ? this with { IsOld = false } : this, null, Words);

    // in the order of iproute2's print_linkinfo
    private static readonly LineGrammar<BridgeLink> Grammar = new(
        -1,
        new("", l => string.Create(CultureInfo.InvariantCulture, $"{l.Index}:")),
        new("", l => l.IsOld ? l.Interface : l.Peer.Length > 0 ? $"{l.Interface}@{l.Peer}:" : $"{l.Interface}:"),
        new("state", l => Printed(l.OperState)) { IsImplied = _ => true },
        new("", l => !l.IsOld ? null : l.Peer.Length > 0 ? $"@{l.Peer}:" : ":") { IsImplied = _ => true },
        new("", l => l.Flags.Count > 0 ? $"<{string.Join(',', l.Flags)}>" : null),
        new("mtu", l => Printed(l.Mtu)),
        new("master", l => Printed(l.Master)),
        new("state", l => Printed(l.State)),
        new("priority", l => Printed(l.Priority)),
        new("cost", l => Printed(l.Cost)),
        new("hwmode", l => l.SettingsForm is { } form && (form.Fields & (1UL << (int)Setting.HwMode)) != 0 ? null : Printed(l.HwMode)));

    // in the order of iproute2's print_protinfo
    private static readonly LineGrammar<BridgeLink> Settings = new(
        -1,
        new("hairpin", l => OnOff(l.Hairpin)),
        new("guard", l => OnOff(l.Guard)),
        new("root_block", l => OnOff(l.RootBlock)),
        new("fastleave", l => OnOff(l.FastLeave)),
        new("learning", l => OnOff(l.Learning)),
        new("learning_sync", l => OnOff(l.LearningSync)),
        new("flood", l => OnOff(l.Flood)),
        new("mcast_flood", l => OnOff(l.McastFlood)),
        new("bcast_flood", l => OnOff(l.BcastFlood)),
        new("mcast_router", l => Printed(l.McastRouter)),
        new("mcast_to_unicast", l => OnOff(l.McastToUnicast)),
        new("neigh_suppress", l => OnOff(l.NeighSuppress)),
        new("neigh_vlan_suppress", l => OnOff(l.NeighVlanSuppress)),
        new("neigh_forward_grat", l => OnOff(l.NeighForwardGrat)),
        new("vlan_tunnel", l => OnOff(l.VlanTunnel)),
        new("backup_port", l => Printed(l.BackupPort)),
        new("backup_nhid", l => Printed(l.BackupNexthopId)),
        new("isolated", l => OnOff(l.Isolated)),
        new("locked", l => OnOff(l.Locked)),
        new("mab", l => OnOff(l.Mab)),
        new("mcast_n_groups", l => Printed(l.McastGroups)),
        new("mcast_max_groups", l => Printed(l.McastMaxGroups)),
        new("hwmode", l => Printed(l.HwMode)) { IsImplied = _ => true });

    /// <summary>The fields' numbers in the first line.</summary>
    internal enum Field
    {
        Index,
        Interface,
        OperState,
        Peer,
        Flags,
        Mtu,
        Master,
        State,
        Priority,
        Cost,
        HwMode,
    }

    /// <summary>The fields' numbers in the line of settings.</summary>
    internal enum Setting
    {
        Hairpin,
        Guard,
        RootBlock,
        FastLeave,
        Learning,
        LearningSync,
        Flood,
        McastFlood,
        BcastFlood,
        McastRouter,
        McastToUnicast,
        NeighSuppress,
        NeighVlanSuppress,
        NeighForwardGrat,
        VlanTunnel,
        BackupPort,
        BackupNexthopId,
        Isolated,
        Locked,
        Mab,
        McastGroups,
        McastMaxGroups,
        HwMode,
    }
}
