using GravityNet.Capturing;
using Xunit;

namespace GravityNet.UnitTests.Capturing;

public class SightingsTests
{
    private static readonly IReadOnlyList<CapturedPacket> ForwardingOff = Read("a-forwarding-off");

    /// <summary>The way from node-2 to a pod on node-1.</summary>
    private static readonly IReadOnlyList<CapturePoint> ToPodOnNode1 =
    [
        new("node-2", "flannel.1"), new("node-2", "eth0"), new("node-1", "eth0"), new("node-1", "flannel.1"), new("node-1", "cni0"),
    ];

    [Fact]
    public void With_forwarding_off_the_reply_is_seen_on_cni0_and_not_on_flannel()
    {
        var request = ForwardingOff.First(p => p is { Node: "node-2", Interface: "flannel.1", Source: "10.244.65.0", Destination: "10.244.19.2" });
        var (id, sequence) = IdAndSequence(request);

        var traces = Sightings.TraceEcho(ForwardingOff, id, sequence, ToPodOnNode1);

        Assert.Equal(["request", "reply"], traces.Select(t => t.Direction));
        Assert.True(traces[0].Complete);
        Assert.Equal(new CapturePoint("node-1", "cni0"), traces[0].LastSeen);
        Assert.Equal(ToPodOnNode1, traces[0].Where.Select(w => new CapturePoint(w.Node, w.Interface)));
        Assert.Equal([64, 64, 64, 64, 63], traces[0].Where.Select(w => w.Ttl));
        Assert.False(traces[1].Complete);
        Assert.Equal($"ICMP echo reply, id {id}, seq {sequence}, length 64: seen on node-1 cni0 and not on node-1 flannel.1", traces[1].ToString());
    }

    [Fact]
    public void In_the_healthy_cluster_an_echo_comes_back_to_where_it_began()
    {
        var packets = Read("healthy");
        var request = packets.First(p => p is { Node: "node-2", Interface: "flannel.1", Source: "10.244.65.0", Destination: "10.244.19.2" });
        var (id, sequence) = IdAndSequence(request);

        var traces = Sightings.TraceEcho(packets, id, sequence, ToPodOnNode1);

        Assert.All(traces, trace => Assert.True(trace.Complete, trace.ToString()));
        Assert.Equal(ToPodOnNode1.Reverse(), traces[1].Where.Select(w => new CapturePoint(w.Node, w.Interface)));
    }

    [Fact]
    public void An_echo_that_nobody_saw_is_seen_nowhere()
    {
        var traces = Sightings.TraceEcho([], 1, 1, ToPodOnNode1);
        Assert.All(traces, trace => Assert.Empty(trace.Where));
        Assert.Equal("ICMP echo request: seen nowhere", traces[0].ToString());
        Assert.Equal(new CapturePoint("node-2", "flannel.1"), traces[0].NotSeen);
    }

    [Fact]
    public void Packets_are_joined_through_vxlan()
    {
        var packets = Read("healthy").ToList();
        var joined = Sightings.Join(packets);
        // every packet is in exactly one group, and none of the groups mixes payloads
        Assert.Equal(packets.Count, joined.Sum(s => s.Where.Count));
        var overlay = joined.Where(s => s.Where.Any(w => w.OuterSource is not null)).ToList();
        Assert.InRange(overlay.Count, 100, int.MaxValue);
        var throughBoth = overlay.Count(s => s.Where.Any(w => w.Interface == "flannel.1") && s.Where.Any(w => w.Interface == "eth0"));
        Assert.InRange(throughBoth, (int)(overlay.Count * 0.9), overlay.Count);
    }

    [Fact]
    public void The_order_of_the_way_does_not_depend_on_the_clocks()
    {
        foreach (var sightings in Sightings.Join(Read("healthy")).Where(s => s.Where.Any(w => w.OuterSource is not null)))
        {
            var ttls = sightings.Where.Select(w => w.Ttl ?? 0).ToList();
            Assert.Equal(ttls.OrderDescending(), ttls);
        }
    }

    [Fact]
    public void Destination_nat_does_not_part_a_packet_from_itself()
    {
        // what a service's endpoint answers bears its own address on the overlay, and the service's on the asking node's bridge, where it is translated back
        Assert.Contains(
            Sightings.Join(Read("healthy")),
            s => s.Where.Any(w => w is { Interface: "flannel.1", Source: var source } && source.StartsWith("10.244.", StringComparison.Ordinal))
                && s.Where.Any(w => w is { Interface: "cni0", Source: var source } && source.StartsWith("10.100.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Two_different_packets_never_share_a_key()
    {
        foreach (var recording in new[] { "healthy", "a-forwarding-off", "h-mtu-1500" })
        {
            foreach (var group in Read(recording).Where(p => p.Ttl is not null).GroupBy(PacketKey.Of))
            {
                // what the packet says is the same in every place (but for a name that goes by the port, which NAT may change)
                Assert.Single(group.Select(p => p.Info.Split(": HTTP")[0]).Distinct());
            }
        }
    }

    private static (int Id, int Sequence) IdAndSequence(CapturedPacket echo)
    {
        var words = echo.Info.Split(' ', ',');
        return (int.Parse(words[Array.IndexOf(words, "id") + 1], null), int.Parse(words[Array.IndexOf(words, "seq") + 1], null));
    }

    private static List<CapturedPacket> Read(string recording) =>
        [.. RecordedCapture.Of(recording).SelectMany(c => CaptureFile.Read(c.Bytes, c.Node, c.Interface, out _))];
}
