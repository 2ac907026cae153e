using System.Text;
using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// A network interface, as <c>ip -d addr show</c> prints it (ip-link(8), ip-address(8)).
/// </summary>
public sealed record Link
{
    private const string Indent = "    ";
    private const string LifetimeIndent = "       ";

    // in the order of iproute2's print_linkinfo; XDP's word comes before the queueing discipline
    private static readonly LineGrammar<Link> HeaderGrammar = new(
        (int)HeaderField.Qdisc,
        new("", l => $"{l.Index}:"),
        new("", l => l.Peer.Length > 0 ? $"{l.Interface}@{l.Peer}:" : $"{l.Interface}:"),
        new("", l => $"<{string.Join(',', l.Flags)}>") { IsImplied = l => l.Flags.Count == 0 },
        new("mtu", l => Printed(l.Mtu)),
        new("qdisc", l => Printed(l.Qdisc)),
        new("master", l => Printed(l.Master)),
        new("state", l => Printed(l.State)),
        new("mode", l => Printed(l.Mode)),
        new("group", l => Printed(l.Group)),
        new("qlen", l => Printed(l.QueueLength)));

    private static readonly LineGrammar<Link> LayerGrammar = new(
        (int)LayerField.Promiscuity,
        new("", l => $"link/{l.LinkLayer}"),
        new("", l => Printed(l.Mac)),
        new("brd", l => Printed(l.Broadcast)),
        new("peer", l => Printed(l.LinkLayerPeer)),
        new("permaddr", l => Printed(l.PermanentMac)),
        new("link-netns", l => l.IsPeerNamespaceNamed ? Printed(l.PeerNamespace) : null),
        new("link-netnsid", l => l.IsPeerNamespaceNamed ? null : Printed(l.PeerNamespace)),
        new("promiscuity", l => Printed(l.Promiscuity)),
        new("allmulti", l => Printed(l.AllMulticast)),
        new("minmtu", l => Printed(l.MinMtu)),
        new("maxmtu", l => Printed(l.MaxMtu)));

    /// <summary>The fields' numbers in the grammar of the first line.</summary>
    internal enum HeaderField
    {
        Index,
        Name,
        Flags,
        Mtu,
        Qdisc,
        Master,
        State,
        Mode,
        Group,
        QueueLength,
    }

    /// <summary>The fields' numbers in the grammar of the link layer's line.</summary>
    internal enum LayerField
    {
        Layer,
        Mac,
        Broadcast,
        Peer,
        PermanentMac,
        Namespace,
        NamespaceId,
        Promiscuity,
        AllMulticast,
        MinMtu,
        MaxMtu,
    }

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

    /// <summary>The queueing discipline: noqueue, fq_codel, mq, noop (the link was never up), ...; empty where not printed.</summary>
    public string Qdisc { get; init; } = "";

    /// <summary>The bridge or bond that the link is a port of; empty for none.</summary>
    public string Master { get; init; } = "";

    /// <summary>The operational state: UP, DOWN, UNKNOWN (normal for VXLAN devices), LOWERLAYERDOWN.</summary>
    public string State { get; init; } = "";

    /// <summary>The link mode: DEFAULT or DORMANT; empty where not printed (<c>ip addr</c>).</summary>
    public string Mode { get; init; } = "";

    /// <summary>The group: <c>default</c>, or a name or number; empty where not printed.</summary>
    public string Group { get; init; } = "";

    /// <summary>The most packets that wait to be sent; null where not printed (0).</summary>
    public int? QueueLength { get; init; }

    /// <summary>The link layer: <c>ether</c>, <c>loopback</c>, <c>none</c>.</summary>
    public string LinkLayer { get; init; } = "";

    /// <summary>The MAC address; empty for none.</summary>
    public string Mac { get; init; } = "";

    /// <summary>The link layer's broadcast address; empty for none.</summary>
    public string Broadcast { get; init; } = "";

    /// <summary>The other end's address of a point-to-point link (a tunnel's remote); empty for none.</summary>
    public string LinkLayerPeer { get; init; } = "";

    /// <summary>The MAC that the hardware came with, where that is another; empty where not printed.</summary>
    public string PermanentMac { get; init; } = "";

    /// <summary>The namespace of the peer: an id (<c>link-netnsid</c>) or a name (<c>link-netns</c>); empty for none.</summary>
    public string PeerNamespace { get; init; } = "";

    /// <summary>Whether <see cref="PeerNamespace"/> is a name.</summary>
    public bool IsPeerNamespaceNamed { get; init; }

    /// <summary>How many want the link to take every frame (captures, bridges); null where not printed (without <c>-d</c>).</summary>
    public int? Promiscuity { get; init; }

    /// <summary>How many want it to take every multicast frame; null where not printed.</summary>
    public int? AllMulticast { get; init; }

    /// <summary>The smallest MTU that can be set; null where not printed.</summary>
    public long? MinMtu { get; init; }

    /// <summary>The largest MTU that can be set, 0 for no limit; null where not printed.</summary>
    public long? MaxMtu { get; init; }

    /// <summary>Words of the link layer's line that have no field of their own, in order (<c>protodown on</c>, ...).</summary>
    public IReadOnlyList<string> LayerWords { get; init; } = [];

    /// <summary>What its kind has: a <see cref="VxlanDevice"/>, <see cref="BridgeDevice"/>, <see cref="VlanDevice"/>, ...; null where not printed (without <c>-d</c>).</summary>
    public LinkPart? Device { get; init; }

    /// <summary>What the bridge or bond holds of it as its port: a <see cref="BridgeSlave"/>, <see cref="BondSlave"/>, ...; null for none, and where not printed.</summary>
    public LinkPart? Slave { get; init; }

    /// <summary>Its queues and the sizes that offloads take; null where not printed (without <c>-d</c>).</summary>
    public LinkQueues? Queues { get; init; }

    /// <summary>The device's kind: veth, vxlan, bridge, ...; empty where not printed (without <c>-d</c>).</summary>
    public string Kind => Device?.Kind ?? "";

    /// <summary>The VXLAN part; null for other kinds.</summary>
    public VxlanDevice? Vxlan => Device as VxlanDevice;

    /// <summary>The text that somebody gave the link to tell it by; empty for none.</summary>
    public string Alias { get; init; } = "";

    /// <summary>Its further names.</summary>
    public IReadOnlyList<string> AltNames { get; init; } = [];

    /// <summary>Its counters; null where not printed (without <c>-s</c>).</summary>
    public LinkStatistics? Statistics { get; init; }

    /// <summary>The addresses; empty where the text is <c>ip link</c>'s.</summary>
    public IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    /// <summary>Lines under it that are kept as they stand: virtual functions, BPF programs, and what no parser knows.</summary>
    public IReadOnlyList<LinkLine> Others { get; init; } = [];

    /// <summary>Words of the first line that have no field of their own, in order (<c>xdpgeneric/id:5</c>).</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The first line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The line of its link layer (<c>link/ether ...</c>); null where not printed.</summary>
    public SourceLine? LayerSource { get; init; }

    /// <summary>The line of its kind (<c>vxlan id 1 ...</c>); null where not printed.</summary>
    public SourceLine? KindSource => Device?.Source;

    /// <summary>The form of its first line; null for a link that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>The form of the link layer's line.</summary>
    internal LineForm? LayerForm { get; init; }

    /// <summary>The order of its lines; null for a link that was not read.</summary>
    internal LinkLayout? Layout { get; init; }

    /// <summary>Whether the link is administratively up. False too where no flags are printed (<c>ip -o addr</c>).</summary>
    public bool IsUp => Flags.Contains("UP");

    /// <summary>The IPv4 addresses.</summary>
    public IEnumerable<InterfaceAddress> Inet => Addresses.Where(a => a.Family == "inet");

    /// <summary>The lines as they were read, from the fields.</summary>
    public string Print() => new Printer(this).Print();

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

    // walks the layout: each part where its line was, what has none where ip would print it, what is gone left out
    private sealed class Printer(Link link)
    {
        private readonly StringBuilder _text = new();
        private int _altNames;
        private int _addresses;
        private InterfaceAddress? _address;
        private int _others;

        public string Print()
        {
            var letters = link.Layout?.Letters ?? "h";
            var missing = "ldsqac".Where(l => !letters.Contains(l, StringComparison.Ordinal)).ToList();
            var isOneLine = letters.Contains(LinkLayout.SameLine, StringComparison.Ordinal);
            var separator = '\n';
            for (var i = 0; i < letters.Length; i++)
            {
                var letter = letters[i];
                if (letter == LinkLayout.SameLine)
                {
                    separator = LinkLayout.SameLine;
                    continue;
                }

                while (missing.Count > 0 && letter != LinkLayout.Other && LinkLayout.IsBefore(missing[0], letter))
                {
                    Append(missing[0], isOneLine ? LinkLayout.SameLine : '\n');
                    missing.RemoveAt(0);
                }

                if (letter is LinkLayout.Address or LinkLayout.OwnAddress) AltNames(link.AltNames.Count - letters[i..].Count(l => l == LinkLayout.AltName), isOneLine);
                Append(letter, separator);
                separator = '\n';
            }

            foreach (var letter in missing) Append(letter, isOneLine ? LinkLayout.SameLine : '\n');
            AltNames(link.AltNames.Count, isOneLine);
            while (_addresses < link.Addresses.Count)
            {
                Append(isOneLine || !letters.Contains(LinkLayout.Header, StringComparison.Ordinal) ? LinkLayout.OwnAddress : LinkLayout.Address, '\n');
                if (_address is { HasLifetime: true }) Append(LinkLayout.Lifetime, isOneLine ? LinkLayout.SameLine : '\n');
            }

            return _text.ToString();
        }

        private void AltNames(int upTo, bool isOneLine)
        {
            while (_altNames < upTo) Append(LinkLayout.AltName, isOneLine ? LinkLayout.SameLine : '\n');
        }

        private void Append(char letter, char separator)
        {
            switch (letter)
            {
                case LinkLayout.Header: Line(separator, HeaderGrammar.Print(link, link.Form, link.Words)); break;
                case LinkLayout.Layer when link.LinkLayer.Length > 0:
                    Line(separator, Indented(link.LayerForm, LayerGrammar.Print(link, link.LayerForm, link.LayerWords)));
                    break;
                case LinkLayout.Device when link.Device is { } device: Line(separator, Indented(device.Form, device.Print())); break;
                case LinkLayout.Slave when link.Slave is { } slave: Line(separator, Indented(slave.Form, slave.Print())); break;
                case LinkLayout.Queues when link.Queues is { } queues:
                    if (_text.Length > 0 && _text[^1] != ' ') _text.Append(' ');
                    _text.Append(queues.Print());
                    break;
                case LinkLayout.Alias when link.Alias.Length > 0: Line(separator, $"{Indent}alias {link.Alias}"); break;
                case LinkLayout.Statistics when link.Statistics is { } statistics:
                    foreach (var row in statistics.Lines()) Line(separator, row);
                    break;
                case LinkLayout.AltName when _altNames < link.AltNames.Count: Line(separator, $"{Indent}altname {link.AltNames[_altNames++]}"); break;
                case LinkLayout.Other when _others < link.Others.Count: Line(separator, link.Others[_others++].Text); break;
                case LinkLayout.Address or LinkLayout.OwnAddress:
                    _address = _addresses < link.Addresses.Count ? link.Addresses[_addresses++] : null;
                    if (_address is null) break;
                    var line = Indented(_address.Form, _address.Print());
                    Line(separator, letter == LinkLayout.Address ? line : $"{link.Index}: {link.Interface}{line}");
                    break;
                // the line goes with its address
                case LinkLayout.Lifetime when _address is { HasLifetime: true } address:
                    var lifetime = address.PrintLifetime();
                    Line(separator, address.LifetimeForm is null ? LifetimeIndent + lifetime : lifetime);
                    break;
                default: break;
            }
        }

        private void Line(char separator, string line)
        {
            if (_text.Length > 0) _text.Append(separator);
            _text.Append(line);
        }

        private static string Indented(LineForm? form, string line) => form is null ? Indent + line : line;
    }
}
