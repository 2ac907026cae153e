using System.Globalization;
using System.Text;
using GravityNet.Capturing;

namespace GravityNet;

/// <summary>
/// A packet as one interface of one node saw it. Where the frame carries VXLAN, this is the packet inside, which is the one that pods see; the
/// packet around it is in the properties that begin with <c>Outer</c>. Printed, it is what <c>tcpdump -vnS</c> prints.
/// </summary>
/// <remarks>Properties are read from the frame when they are asked for, so that many packets cost little.</remarks>
public sealed class CapturedPacket
{
    private readonly DecodedFrame _decoded;
    private readonly LinkType _link;
    private readonly VxlanPorts _ports;

    internal CapturedPacket(string node, string @interface, in PcapFrame frame, VxlanPorts ports)
    {
        Node = node;
        Interface = @interface;
        FrameLength = frame.Length;
        Frame = frame.Data;
        Time = frame.Time;
        _link = frame.Link;
        _ports = ports;
        _decoded = FrameDecoder.Decode(frame.Data.Span, frame.Link, ports);
    }

    /// <summary>The node that captured it.</summary>
    public string Node { get; }

    /// <summary>The interface on which it was captured.</summary>
    public string Interface { get; }

    /// <summary>When it was captured (UTC), by the node's own clock. The clocks of two nodes may differ.</summary>
    public DateTime Time { get; }

    /// <summary>The protocol in lower case: <c>icmp</c>, <c>icmp6</c>, <c>udp</c>, <c>tcp</c>, <c>arp</c> and so on; <c>ip-proto-N</c> or <c>0xNNNN</c> (the type in the Ethernet header) where it has no name here.</summary>
    public string Protocol => Decoded.Packet switch
    {
        { Version: 0, EtherType: FrameDecoder.EtherArp } => "arp",
        { Version: 0, EtherType: < 0x600 } => "802.3",
        { Version: 0, EtherType: var type } => $"0x{type:x4}",
        { Protocol: FrameDecoder.Icmp6 } => "icmp6",
        { Protocol: var protocol } => FrameText.ProtocolName(protocol) is var name and not "unknown" ? name.ToLowerInvariant() : $"ip-proto-{protocol}",
    };

    /// <summary>Source address of the (inner) packet; an ARP packet's sender; empty where there is none.</summary>
    public string Source => Address(Decoded.Packet.Source);

    /// <summary>UDP's or TCP's source port; null where there is none.</summary>
    public int? SourcePort => Decoded.Packet.HasPorts ? Decoded.Packet.SourcePort : null;

    /// <summary>Destination address of the (inner) packet; the address that an ARP packet asks for; empty where there is none.</summary>
    public string Destination => Address(Decoded.Packet.Destination);

    /// <summary>UDP's or TCP's destination port; null where there is none.</summary>
    public int? DestinationPort => Decoded.Packet.HasPorts ? Decoded.Packet.DestinationPort : null;

    /// <summary>One line on what the packet is, in tcpdump's words: <c>ICMP echo request, id 11493, seq 1, length 64</c>.</summary>
    public string Info
    {
        get
        {
            var text = new StringBuilder();
            new FrameText(text, Frame.Span, _ports).WritePayload(in _decoded.Packet);
            var line = text.ToString();
            var end = line.IndexOf('\n', StringComparison.Ordinal);
            return (end < 0 ? line : line[..end]).Trim();
        }
    }

    /// <summary>Length of the (inner) packet in bytes, from its IP header on, as the header says.</summary>
    public int Length => Decoded.Packet.Length > 0 ? Decoded.Packet.Length : Math.Max(0, FrameLength - Decoded.Packet.Start);

    /// <summary>Time to live, or IPv6's hop limit, of the (inner) packet: it falls by one at each router. Null where the packet is not IP.</summary>
    public int? Ttl => Decoded.Packet.Version != 0 ? Decoded.Packet.Ttl : null;

    /// <summary>IPv4's identification of the (inner) packet. It survives routing, NAT and encapsulation; 0 says nothing. Null where the packet is not IPv4.</summary>
    public int? IpId => Decoded.Packet.Version == 4 ? (int)Decoded.Packet.Id : null;

    /// <summary>Source MAC of the (inner) frame; empty where the capture has no Ethernet header.</summary>
    public string SourceMac => Mac(6);

    /// <summary>Destination MAC of the (inner) frame; behind VXLAN, that is the VtepMAC which the sender believes in.</summary>
    public string DestinationMac => Mac(0);

    /// <summary>The VXLAN network identifier; null where the frame carries no VXLAN.</summary>
    public int? Vni => Decoded.Encapsulated ? Decoded.Vni : null;

    /// <summary>Source of the packet around, the sending node; null where there is none.</summary>
    public string? OuterSource => Outer is { } outer ? NetworkLayer.AddressText(outer.Source, outer.Version) : null;

    /// <summary>Destination of the packet around, the node it is sent to; null where there is none.</summary>
    public string? OuterDestination => Outer is { } outer ? NetworkLayer.AddressText(outer.Destination, outer.Version) : null;

    /// <summary>UDP source port of the packet around: a hash of the inner flow; null where there is none.</summary>
    public int? OuterSourcePort => Outer?.SourcePort;

    /// <summary>UDP destination port of the packet around: the VXLAN port; null where there is none.</summary>
    public int? OuterPort => Outer?.DestinationPort;

    /// <summary>Length of the whole frame on the link in bytes.</summary>
    public int FrameLength { get; }

    /// <summary>The captured bytes.</summary>
    internal ReadOnlyMemory<byte> Frame { get; }

    /// <summary>Where the headers stand in them.</summary>
    internal ref readonly DecodedFrame Decoded => ref _decoded;

    private NetworkLayer? Outer => Decoded.Encapsulated ? FrameDecoder.DecodeOuter(Frame.Span, _link).Packet : null;

    /// <summary>The packet as <c>tcpdump -vnS</c> prints it, in several lines and without a line end after the last.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(160);
        text.Append(Time.ToString("HH:mm:ss.ffffff ", CultureInfo.InvariantCulture));
        var outer = Decoded.Encapsulated ? FrameDecoder.DecodeOuter(Frame.Span, _link) : Decoded;
        new FrameText(text, Frame.Span, _ports).WriteFrame(in outer, FrameLength);
        return text.ToString();
    }

    private string Address(UInt128 address) =>
        Decoded.Packet.AddressVersion == 0 ? "" : NetworkLayer.AddressText(address, Decoded.Packet.AddressVersion);

    private string Mac(int offset) => Decoded.MacStart < 0 ? "" : FrameText.MacText(Frame.Span.Slice(Decoded.MacStart + offset, 6));
}
