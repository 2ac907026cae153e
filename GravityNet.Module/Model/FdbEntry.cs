using System.Globalization;
using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// A row of a forwarding database, as <c>bridge fdb</c> prints it (bridge(8)): which port of a bridge a MAC is behind,
/// or which address a VXLAN device sends a MAC's frames to.
/// </summary>
public sealed record FdbEntry
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The MAC address.</summary>
    public required string Mac { get; init; }

    /// <summary>The bridge port or VXLAN device.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The remote address that a VXLAN device sends to; empty for a bridge's row.</summary>
    public string Destination { get; init; } = "";

    /// <summary>The bridge; empty for a device's own row (<c>self</c>).</summary>
    public string Master { get; init; } = "";

    /// <summary>The VLAN; null for none.</summary>
    public int? Vlan { get; init; }

    /// <summary>The UDP port that a VXLAN device sends to, where it is not the device's own; null for that.</summary>
    public int? Port { get; init; }

    /// <summary>The VNI that a VXLAN device sends with, where it is not the device's own; null for that.</summary>
    public int? Vni { get; init; }

    /// <summary>The VNI that the row is for, of a VXLAN device that has several (<c>external</c>); null for none.</summary>
    public int? SourceVni { get; init; }

    /// <summary>The interface that a VXLAN device sends out of; empty where the routes say.</summary>
    public string Via { get; init; } = "";

    /// <summary>The same by its index, where it is in another network namespace; null for none.</summary>
    public int? ViaIndex { get; init; }

    /// <summary>The nexthop object that says where a VXLAN device sends to; null for none.</summary>
    public long? NexthopId { get; init; }

    /// <summary>The id of the network namespace that <see cref="ViaIndex"/> is in; null for none.</summary>
    public int? LinkNetNsId { get; init; }

    /// <summary>Whether the kernel tells when the station falls silent (with <c>-d</c>).</summary>
    public bool ActivityNotify { get; init; }

    /// <summary>Whether it has (with <c>-d</c>).</summary>
    public bool Inactive { get; init; }

    /// <summary>Seconds since a frame was sent to it (with <c>-s</c>); null where not printed.</summary>
    public int? UsedSeconds { get; init; }

    /// <summary>Seconds since a frame came from it (with <c>-s</c>); null where not printed.</summary>
    public int? UpdatedSeconds { get; init; }

    /// <summary>Whether the row is the device's own (<c>self</c>).</summary>
    public bool Self { get; init; }

    /// <summary>Whether the destination is a router: a VXLAN device may then route to it.</summary>
    public bool Router { get; init; }

    /// <summary>Whether a control plane or a switch's hardware made the row (printed <c>offload</c> before iproute2 4.13).</summary>
    public bool ExternLearn { get; init; }

    /// <summary>Whether the row is in a switch's hardware.</summary>
    public bool Offload { get; init; }

    /// <summary>Whether the row stays where it is when the station is heard elsewhere.</summary>
    public bool Sticky { get; init; }

    /// <summary>Whether the station was heard on a locked port, and may not send yet.</summary>
    public bool Locked { get; init; }

    /// <summary>permanent, static, stale, or empty for a learned row.</summary>
    public string State { get; init; } = "";

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>Whether the bridge learned the row from a frame: it stands for a station behind the port, not for the port itself.</summary>
    public bool IsLearned => Master.Length > 0 && State is "" or "stale";

    /// <summary>The form of its line; null for a row that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>Whether <c>dst</c> is not printed before the destination: iproute2 4.17 and 4.18 leave it out.</summary>
    internal bool IsDestinationBare { get; init; }

    /// <summary>Whether <c>master</c> is not printed before the bridge.</summary>
    internal bool IsMasterBare { get; init; }

    /// <summary>The line as it was read, from the fields.</summary>
    public string Print() => Grammar.Print(this, Form, Words);

    /// <summary>The row as <c>bridge fdb</c> prints it.</summary>
    public override string ToString() => Grammar.Print(IsDestinationBare || IsMasterBare ? this with { IsDestinationBare = false, IsMasterBare = false } : this, null, Words);

    // in the order of iproute2's print_fdb
    private static readonly LineGrammar<FdbEntry> Grammar = new(
        (int)Field.Self,
        new("", f => f.Mac),
        new("dev", f => Printed(f.Interface)),
        new("", f => f.Destination.Length == 0 ? null : f.IsDestinationBare ? f.Destination : $"dst {f.Destination}"),
        new("vlan", f => Printed(f.Vlan)),
        new("port", f => Printed(f.Port)),
        new("vni", f => Printed(f.Vni)),
        new("src_vni", f => Printed(f.SourceVni)),
        new("via", f => Printed(f.Via)),
        new("via ifindex", f => Printed(f.ViaIndex)),
        new("nhid", f => Printed(f.NexthopId)),
        new("link-netnsid", f => Printed(f.LinkNetNsId)),
        new("activity_notify", f => Printed(f.ActivityNotify)),
        new("inactive", f => Printed(f.Inactive)),
        new("used", f => f.UsedSeconds is null ? null : string.Create(CultureInfo.InvariantCulture, $"{f.UsedSeconds}/{f.UpdatedSeconds}")) { IsImplied = _ => true },
        new("self", f => Printed(f.Self)),
        new("router", f => Printed(f.Router)),
        new("extern_learn", f => Printed(f.ExternLearn)),
        new("offload", f => Printed(f.Offload)),
        new("sticky", f => Printed(f.Sticky)),
        new("locked", f => Printed(f.Locked)),
        new("", f => f.Master.Length == 0 ? null : f.IsMasterBare ? f.Master : $"master {f.Master}"),
        new("", f => Printed(f.State)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Mac,
        Interface,
        Destination,
        Vlan,
        Port,
        Vni,
        SourceVni,
        Via,
        ViaIndex,
        NexthopId,
        LinkNetNsId,
        ActivityNotify,
        Inactive,
        Used,
        Self,
        Router,
        ExternLearn,
        Offload,
        Sticky,
        Locked,
        Master,
        State,
    }
}
