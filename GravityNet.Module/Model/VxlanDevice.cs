using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// The VXLAN part of a link, as <c>ip -d link</c> prints it (ip-link(8), RFC 7348).
/// </summary>
public sealed record VxlanDevice : LinkPart
{
    // in the order of iproute2 5 and 6; 4 has 'external' at the end, and 7 what can be switched on and off
    private static readonly LineGrammar<VxlanDevice> Grammar = new(
        -1,
        new LineField<VxlanDevice>("", p => p.Kind),
        new("external", p => Printed(p.External)),
        new("id", p => Printed(p.Vni)),
        new("group", p => Printed(p.Group)),
        new("remote", p => Printed(p.Remote)),
        new("local", p => Printed(p.Local)),
        new("dev", p => Printed(p.Interface)),
        new("srcport", p => Printed(p.SourcePorts)),
        new("dstport", p => Printed(p.Port)),
        new("nolearning", p => Printed(!p.Learning)),
        new("learning", p => Printed(p.Learning)) { IsImplied = p => p.Learning },
        new("proxy", p => Printed(p.Proxy)),
        new("l2miss", p => Printed(p.L2Miss)),
        new("l3miss", p => Printed(p.L3Miss)),
        new("tos", p => Printed(p.Tos)),
        new("ttl", p => Printed(p.Ttl)),
        new("df", p => Printed(p.DontFragment)),
        new("flowlabel", p => Printed(p.FlowLabel)),
        new("ageing", p => p.Ageing is 0 ? "none" : Printed(p.Ageing)),
        new("maxaddr", p => Printed(p.MaxAddresses)),
        new("gbp", p => Printed(p.Gbp)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Kind,
        External,
        Vni,
        Group,
        Remote,
        Local,
        Interface,
        SourcePorts,
        Port,
        NoLearning,
        Learning,
        Proxy,
        L2Miss,
        L3Miss,
        Tos,
        Ttl,
        DontFragment,
        FlowLabel,
        Ageing,
        MaxAddresses,
        Gbp,
    }

    /// <inheritdoc/>
    public override string Kind => "vxlan";

    /// <summary>The VXLAN network identifier (VNI), 24 bits.</summary>
    public int? Vni { get; init; }

    /// <summary>The multicast group, IPv4 or IPv6, that unknown destinations are sent to; empty for none.</summary>
    public string Group { get; init; } = "";

    /// <summary>The one address, IPv4 or IPv6, that unknown destinations are sent to; empty for none.</summary>
    public string Remote { get; init; } = "";

    /// <summary>The outer source address, IPv4 or IPv6; empty where the kernel chooses.</summary>
    public string Local { get; init; } = "";

    /// <summary>The underlay interface; empty where the kernel chooses by route.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The outer UDP source ports, lowest and highest (<c>30000 40000</c>); <c>0 0</c> for the kernel's own range; empty where not printed.</summary>
    public string SourcePorts { get; init; } = "";

    /// <summary>The outer UDP destination port: flannel's default is 8472, the standard one 4789.</summary>
    public int? Port { get; init; }

    /// <summary>The outer type of service: <c>inherit</c> or a number (<c>0x10</c>); empty for 0.</summary>
    public string Tos { get; init; } = "";

    /// <summary>The outer time to live: <c>auto</c>, <c>inherit</c> or a number; empty where not printed, which then means auto.</summary>
    public string Ttl { get; init; } = "";

    /// <summary>The outer don't-fragment bit: <c>set</c> or <c>inherit</c>; empty for unset.</summary>
    public string DontFragment { get; init; } = "";

    /// <summary>The outer IPv6 flow label (<c>0x77</c>); empty for 0.</summary>
    public string FlowLabel { get; init; } = "";

    /// <summary>How long a learned row of the forwarding database lives unused, in seconds; 0 for ever; null where not printed.</summary>
    public int? Ageing { get; init; }

    /// <summary>The most rows that the forwarding database takes; null for no limit.</summary>
    public int? MaxAddresses { get; init; }

    /// <summary>Whether it carries group policies (VXLAN-GBP).</summary>
    public bool Gbp { get; init; }

    /// <summary>Whether routes and filters choose the tunnel for each packet (<c>external</c>), and not the device.</summary>
    public bool External { get; init; }

    /// <summary>Whether the device learns MACs from what it receives. Flannel turns it off.</summary>
    public bool Learning { get; init; } = true;

    /// <summary>Whether the device answers ARP and neighbor solicitations from its own tables.</summary>
    public bool Proxy { get; init; }

    /// <summary>Whether it tells of destinations that the forwarding database lacks.</summary>
    public bool L2Miss { get; init; }

    /// <summary>Whether it tells of addresses that the neighbor table lacks.</summary>
    public bool L3Miss { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Print(null);

    /// <inheritdoc/>
    internal override string Print(LineForm? form) => Grammar.Print(this, form, Words);
}
