using System.Text.Json;
using GravityNet.Capturing;
using Xunit;

namespace GravityNet.UnitTests.Capturing;

public class CapturedPacketTests
{
    [Fact]
    public void The_echo_on_the_underlay_tells_the_inner_and_the_outer_packet()
    {
        var packet = Read("a-forwarding-off", "node-2", "eth0")[0];

        Assert.Equal(("node-2", "eth0", "icmp"), (packet.Node, packet.Interface, packet.Protocol));
        Assert.Equal(("10.244.19.0", "10.244.65.2"), (packet.Source, packet.Destination));
        Assert.Equal(((int?)null, (int?)null), (packet.SourcePort, packet.DestinationPort));
        Assert.Equal((64, 20716, 84, 148), (packet.Ttl, packet.IpId, packet.Length, packet.FrameLength));
        Assert.Equal("ICMP echo request, id 10979, seq 1, length 64", packet.Info);
        Assert.Equal(("192.168.33.11", "192.168.33.12"), (packet.OuterSource, packet.OuterDestination));
        Assert.Equal((60838, 8472, 1), (packet.OuterSourcePort, packet.OuterPort, packet.Vni));
        Assert.Matches("^([0-9a-f]{2}:){5}[0-9a-f]{2}$", packet.SourceMac);
        var lines = packet.ToString().Split('\n');
        Assert.EndsWith(" IP (tos 0x0, ttl 64, id 254, offset 0, flags [none], proto UDP (17), length 134)", lines[0]);
        Assert.Equal(
            [
                "    192.168.33.11.60838 > 192.168.33.12.8472: VXLAN, flags [I] (0x08), vni 1",
                "IP (tos 0x0, ttl 64, id 20716, offset 0, flags [DF], proto ICMP (1), length 84)",
                "    10.244.19.0 > 10.244.65.2: ICMP echo request, id 10979, seq 1, length 64",
            ],
            lines[1..]);
    }

    [Fact]
    public void The_same_echo_on_the_bridge_has_no_outer_packet()
    {
        var packet = Read("a-forwarding-off", "node-2", "cni0")[0];

        Assert.Equal(("10.244.19.0", "10.244.65.2", 63, 20716), (packet.Source, packet.Destination, packet.Ttl, packet.IpId));
        Assert.Null(packet.OuterSource);
        Assert.Null(packet.OuterDestination);
        Assert.Null(packet.OuterSourcePort);
        Assert.Null(packet.OuterPort);
        Assert.Null(packet.Vni);
        Assert.Equal(DateTimeKind.Utc, packet.Time.Kind);
        Assert.Equal(new DateTime(2026, 11, 23, 1, 29, 32, DateTimeKind.Utc).AddMicroseconds(165372), packet.Time);
        Assert.StartsWith(packet.Time.ToString("HH:mm:ss", null) + ".165372 IP (tos 0x0, ttl 63, id 20716, ", packet.ToString());
    }

    [Fact]
    public void A_dns_query_over_udp_and_over_tcp_says_what_is_asked()
    {
        var packets = Read("healthy", "node-1", "cni0");
        var query = packets.First(p => p is { Protocol: "udp", DestinationPort: 53 });
        Assert.Matches(@"^\d+\+ \[1au\] A\? [a-z.]+\. \(\d+\)$", query.Info);
        var answer = packets.First(p => p is { Protocol: "udp", SourcePort: 53 });
        Assert.Matches(@"^\d+\*?-? 1/0/1 [a-z.]+\. A \d+\.\d+\.\d+\.\d+ \(\d+\)$", answer.Info);
        Assert.Contains(packets, p => p.Protocol == "tcp" && p.Info.Contains("A? echo.default.svc.cluster.local.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_web_request_is_one_line_of_info()
    {
        var request = Read("healthy", "node-1", "cni0").First(p => p.Info.Contains("HTTP, length", StringComparison.Ordinal));
        Assert.Equal("tcp", request.Protocol);
        Assert.DoesNotContain("\n", request.Info, StringComparison.Ordinal);
        Assert.Contains("\n\tGET /", request.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_arp_packet_has_the_addresses_it_speaks_of()
    {
        var packet = RecordedCapture.All().SelectMany(c => CaptureFile.Read(c.Bytes, c.Node, c.Interface, out _)).First(p => p.Protocol == "arp");
        Assert.Equal($"ARP, Request who-has {packet.Destination} tell {packet.Source}, length 28", packet.Info);
        Assert.Null(packet.Ttl);
        Assert.Null(packet.IpId);
    }

    [Fact]
    public void Every_property_is_flat_for_json()
    {
        foreach (var property in JsonSerializer.SerializeToElement(Read("healthy", "node-1", "eth0")[0]).EnumerateObject())
            Assert.True(property.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array), property.Name);
    }

    private static IReadOnlyList<CapturedPacket> Read(string recording, string node, string @interface)
    {
        var capture = RecordedCapture.Of(recording).Single(c => c.Node == node && c.Interface == @interface);
        return CaptureFile.Read(capture.Bytes, node, @interface, out _);
    }
}
