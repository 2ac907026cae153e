using System.Text.RegularExpressions;
using GravityNet.Capturing;
using Xunit;

namespace GravityNet.UnitTests.Capturing;

/// <summary>
/// Frames that the recordings lack, built by hand: every ICMP error, DNS answers of all kinds, IPv6, VLAN tags, fragments, TCP options, VXLAN on either
/// port, the link types of <c>tcpdump -i any</c>. Beside each capture stands what tcpdump 4.99.3 prints of it with <c>-vnS</c>
/// (without the interface name that it looks up on its own machine for the second cooked type).
/// </summary>
public partial class HandMadeFramesTests
{
    [Theory]
    [InlineData("handmade", 87)]
    [InlineData("raw-ip", 2)]
    [InlineData("linux-cooked", 3)]
    [InlineData("linux-cooked-2", 3)]
    public void Read_as_tcpdump_prints_them(string name, int count)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "data", "captures");
        var expected = Tcpdump.Comparable(File.ReadAllText(Path.Combine(folder, name + ".txt")));

        var packets = CaptureFile.Read(File.ReadAllBytes(Path.Combine(folder, name + ".pcap")), "node-1", "any", out var problem);

        Assert.Null(problem);
        Assert.Equal(count, packets.Count);
        Assert.Equal(
            Time().Replace(expected, "").Split('\n'),
            Time().Replace(string.Concat(packets.Select(packet => packet + "\n")), "").Split('\n'));
    }

    [Fact]
    public void Another_vxlan_port_is_decoded_when_it_is_known()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "data", "captures");
        var capture = File.ReadAllBytes(Path.Combine(folder, "handmade.pcap"));
        // the destination port of every datagram to 8472 becomes 5555
        byte[] ports = [50000 >> 8, 50000 & 0xFF, 8472 >> 8, 8472 & 0xFF];
        for (var at = capture.AsSpan().IndexOf(ports); at >= 0; at = capture.AsSpan().IndexOf(ports))
            (capture[at + 2], capture[at + 3]) = (5555 >> 8, 5555 & 0xFF);

        var unknown = CaptureFile.Read(capture, "node-1", "eth0", out _);
        var known = CaptureFile.Read(capture, "node-1", "eth0", out _, VxlanPorts.With(5555));

        Assert.Equal(1, unknown.Count(p => p.Vni is not null));
        Assert.Equal(5, known.Count(p => p.Vni is not null));
        Assert.Contains(known, p => p is { OuterPort: 5555, Vni: 1, Protocol: "arp", Source: "10.0.0.1", Destination: "10.0.0.2" });
        Assert.Contains(known, p => p is { OuterPort: 5555, Protocol: "udp", Source: "fd00::1", Ttl: 64, IpId: null });
    }

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{6} ", RegexOptions.Multiline)]
    private static partial Regex Time();
}
