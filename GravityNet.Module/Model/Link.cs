using System.Text;

namespace GravityNet;

/// <summary>
/// A network interface, as <c>ip -d addr show</c> prints it (ip-link(8), ip-address(8)).
/// </summary>
public sealed record Link
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The interface index, unique in its network namespace.</summary>
    public required int Index { get; init; }

    /// <summary>The interface's name without its peer.</summary>
    public required string Interface { get; init; }

    /// <summary>What stands behind the <c>@</c>: the peer's or lower device's name, or <c>ifN</c> where that is in another namespace; empty for none.</summary>
    public string Peer { get; init; } = "";

    /// <summary>The peer's index in its own namespace, where the name says <c>@ifN</c>.</summary>
    public int? PeerIndex { get; init; }

    /// <summary>The flags between the angle brackets: UP, LOWER_UP, BROADCAST, ...</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>The largest packet in bytes without the link header.</summary>
    public int? Mtu { get; init; }

    /// <summary>The bridge or bond that the link is a port of; empty for none.</summary>
    public string Master { get; init; } = "";

    /// <summary>The operational state: UP, DOWN, UNKNOWN (normal for VXLAN devices), LOWERLAYERDOWN.</summary>
    public string State { get; init; } = "";

    /// <summary>The link layer: <c>ether</c>, <c>loopback</c>, <c>none</c>.</summary>
    public string LinkLayer { get; init; } = "";

    /// <summary>The MAC address; empty for none.</summary>
    public string Mac { get; init; } = "";

    /// <summary>The namespace of the peer: an id (<c>link-netnsid</c>) or a name (<c>link-netns</c>); empty for none.</summary>
    public string PeerNamespace { get; init; } = "";

    /// <summary>The device's kind: veth, vxlan, bridge, ...; empty where not printed (without <c>-d</c>).</summary>
    public string Kind { get; init; } = "";

    /// <summary>The VXLAN part; null for other kinds.</summary>
    public VxlanDevice? Vxlan { get; init; }

    /// <summary>The addresses; empty where the text is <c>ip link</c>'s.</summary>
    public IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    /// <summary>Words of the first line that have no field of their own, in order (<c>qdisc noqueue</c>, <c>group default</c>, <c>qlen 1000</c>).</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The first line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The line of its link layer (<c>link/ether ...</c>); null where not printed.</summary>
    public SourceLine? LayerSource { get; init; }

    /// <summary>The line of its kind (<c>vxlan id 1 ...</c>); null where not printed.</summary>
    public SourceLine? KindSource { get; init; }

    /// <summary>Whether the link is administratively up.</summary>
    public bool IsUp => Flags.Contains("UP");

    /// <summary>The IPv4 addresses.</summary>
    public IEnumerable<InterfaceAddress> Inet => Addresses.Where(a => a.Family == "inet");

    /// <summary>The first line as <c>ip</c> prints it, and the line of the link layer.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(Index).Append(": ").Append(Interface);
        if (Peer.Length > 0) text.Append('@').Append(Peer);
        text.Append(": <").AppendJoin(',', Flags).Append('>');
        if (Mtu is { } mtu) text.Append(" mtu ").Append(mtu);
        if (Master.Length > 0) text.Append(" master ").Append(Master);
        if (State.Length > 0) text.Append(" state ").Append(State);
        if (Mac.Length > 0) text.Append("\n    link/").Append(LinkLayer).Append(' ').Append(Mac);
        return text.ToString();
    }
}
