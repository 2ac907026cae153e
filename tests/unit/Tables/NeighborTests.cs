using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Tables;

public sealed class NeighborTests
{
    [Fact]
    public void Everything_that_ip_says_of_a_neighbor_has_its_field()
    {
        var entries = Samples.All("ip-neighbor.7.1-statistics", IpNeighbors.Parse);

        Assert.All(entries, n => Assert.True(n.Words.Count == 0, n.Print()));
        // used 0/63/0probes 0: the two words have no blank between them
        Assert.True(Find(entries, "192.168.33.21") is { Mac: "02:00:00:00:00:21", State: "DELAY", References: 1, UsedSeconds: 0, ConfirmedSeconds: 63, UpdatedSeconds: 0, Probes: 0 });
        Assert.True(Find(entries, "192.168.33.99") is { Mac: "", State: "FAILED", Probes: 6, IsUsable: false });
        Assert.True(Find(entries, "192.168.33.25") is { ExternLearn: true, State: "STALE", IsUsable: true });
        Assert.True(Find(entries, "192.168.33.26") is { Protocol: "zebra", State: "PERMANENT" });
        Assert.True(Find(entries, "192.168.33.27") is { Managed: true });
        Assert.True(Find(entries, "192.168.33.30") is { Proxy: true, State: "", IsUsable: false });
        Assert.True(Find(entries, "fd00:33::20") is { Router: true });
        Assert.True(Find(entries, "fd00:33::22") is { ExternLearn: true, ExternValid: true });
        Assert.Equal("192.168.33.25 dev eth0 lladdr 02:00:00:00:00:25 extern_learn STALE", Find(entries, "192.168.33.25").ToString());
    }

    [Theory]
    [InlineData("ip-neighbor.4.11-statistics")]
    [InlineData("ip-neighbor.5.10-statistics")]
    [InlineData("ip-neighbor.busybox")]
    public void Older_tools_say_the_same(string sample)
    {
        var entries = Samples.All(sample, IpNeighbors.Parse);

        Assert.All(entries, n => Assert.True(n.Words.Count == 0, n.Print()));
        Assert.True(Find(entries, "192.168.33.21") is { Mac: "02:00:00:00:00:21", State: "DELAY", References: 1, Probes: 0 });
        Assert.True(Find(entries, "192.168.33.98") is { Mac: "", State: "INCOMPLETE", Probes: 4 });
    }

    [Fact]
    public void The_kernels_table_says_what_it_can()
    {
        var parsed = Samples.Of("ip-neighbor.proc-net-arp", IpNeighbors.Parse);

        Assert.Empty(parsed.Unread);
        Assert.StartsWith("IP address ", Assert.Single(parsed.Headings).Text, StringComparison.Ordinal);
        Assert.True(Find(parsed.Records, "10.244.65.0") is { Interface: "flannel.1", Mac: "4a:6c:67:96:7e:83", State: "PERMANENT" });
        Assert.True(Find(parsed.Records, "192.168.33.21") is { State: "STALE" });
        // a MAC that was, and is none now
        Assert.True(Find(parsed.Records, "192.168.33.23") is { State: "INCOMPLETE", Mac: "" });
        Assert.True(Find(parsed.Records, "192.168.33.30") is { Proxy: true, Mac: "" });
        Assert.Equal("10.244.65.0 dev flannel.1 lladdr 4a:6c:67:96:7e:83 PERMANENT", Find(parsed.Records, "10.244.65.0").ToString());
        Assert.Equal("10.244.65.0      0x1         0x2         4a:6c:67:96:7e:84     *        flannel.1",
            (Find(parsed.Records, "10.244.65.0") with { State = "STALE", Mac = "4a:6c:67:96:7e:84" }).Print());
    }

    private static Neighbor Find(IEnumerable<Neighbor> entries, string address) => entries.First(n => n.Address == address);
}
