using System.Globalization;
using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// A neighbor (ARP or NDP) entry, as <c>ip neighbor</c> prints it (ip-neighbour(8)).
/// </summary>
public sealed record Neighbor
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The neighbor's IP address.</summary>
    public required string Address { get; init; }

    /// <summary>The interface; empty where the command named it (<c>ip neighbor show dev cni0</c>) and so did not print it.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The MAC address; empty for none (FAILED, INCOMPLETE).</summary>
    public string Mac { get; init; } = "";

    /// <summary>Whether the neighbor says that it is a router (NDP).</summary>
    public bool Router { get; init; }

    /// <summary>Whether the node answers for the address itself (proxy ARP or NDP). Such an entry has no MAC.</summary>
    public bool Proxy { get; init; }

    /// <summary>Whether the kernel keeps it fresh by itself (<c>managed</c>).</summary>
    public bool Managed { get; init; }

    /// <summary>Whether a control plane made it, such as that of an EVPN, and ages it.</summary>
    public bool ExternLearn { get; init; }

    /// <summary>Whether it is in a switch's hardware.</summary>
    public bool Offload { get; init; }

    /// <summary>Whether a control plane vouches for it, so that it stays when the kernel's own check fails.</summary>
    public bool ExternValid { get; init; }

    /// <summary>How many hold it (with <c>-s</c>); null where not printed.</summary>
    public int? References { get; init; }

    /// <summary>Seconds since it was used (with <c>-s</c>); null where not printed.</summary>
    public int? UsedSeconds { get; init; }

    /// <summary>Seconds since the neighbor was last known to be there (with <c>-s</c>); null where not printed.</summary>
    public int? ConfirmedSeconds { get; init; }

    /// <summary>Seconds since its state or MAC changed (with <c>-s</c>); null where not printed.</summary>
    public int? UpdatedSeconds { get; init; }

    /// <summary>How often it was asked for without an answer (with <c>-s</c>); null where not printed.</summary>
    public int? Probes { get; init; }

    /// <summary>PERMANENT, REACHABLE, STALE, DELAY, PROBE, FAILED, INCOMPLETE, NOARP.</summary>
    public string State { get; init; } = "";

    /// <summary>Who made it: zebra, static, ...; empty where not printed.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>Whether the entry gives a MAC to send to.</summary>
    public bool IsUsable => Mac.Length > 0 && State is not ("FAILED" or "INCOMPLETE");

    /// <summary>The form of its line; null for an entry that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>Whether it is a row of the kernel's table (<c>/proc/net/arp</c>).</summary>
    internal bool IsTableRow { get; init; }

    /// <summary>The line as it was read, from the fields.</summary>
    public string Print() => (IsTableRow ? TableGrammar : Grammar).Print(this, Form, Words);

    /// <summary>The entry as <c>ip neighbor</c> prints it, with one blank between its words.</summary>
    public override string ToString() => Grammar.Print(this, null, IsTableRow ? [] : Words);

    // in the order of iproute2's print_neigh
    private static readonly LineGrammar<Neighbor> Grammar = new(
        (int)Field.State,
        new("", n => n.Address),
        new("dev", n => Printed(n.Interface)),
        new("lladdr", n => Printed(n.Mac)),
        new("router", n => Printed(n.Router)),
        new("proxy", n => Printed(n.Proxy)),
        new("managed", n => Printed(n.Managed)),
        new("extern_learn", n => Printed(n.ExternLearn)),
        new("offload", n => Printed(n.Offload)),
        new("extern_valid", n => Printed(n.ExternValid)),
        new("ref", n => Printed(n.References)) { IsImplied = _ => true },
        new("used", n => n.UsedSeconds is null ? null : string.Create(CultureInfo.InvariantCulture, $"{n.UsedSeconds}/{n.ConfirmedSeconds}/{n.UpdatedSeconds}")) { IsImplied = _ => true },
        new("probes", n => Printed(n.Probes)) { IsImplied = _ => true },
        new("", n => Printed(n.State)),
        new("proto", n => Printed(n.Protocol)));

    // the columns of the kernel's arp_format_neigh_entry: of the flags (if_arp.h) 2 says that there is a MAC, and 4 that it is permanent
    private static readonly LineGrammar<Neighbor> TableGrammar = new(
        -1,
        new("", n => n.Address),
        new("", n => n.State switch { "PERMANENT" => "0x6", "FAILED" or "INCOMPLETE" => "0x0", "" => null, _ => "0x2" }) { IsImplied = _ => true },
        new("", n => Printed(n.Mac)),
        new("", n => n.Interface));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Address,
        Interface,
        Mac,
        Router,
        Proxy,
        Managed,
        ExternLearn,
        Offload,
        ExternValid,
        References,
        Used,
        Probes,
        State,
        Protocol,
    }

    /// <summary>The fields' numbers in the kernel's table.</summary>
    internal enum Column
    {
        Address,
        Flags,
        Mac,
        Interface,
    }
}
