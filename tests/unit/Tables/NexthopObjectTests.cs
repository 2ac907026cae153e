using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Tables;

public sealed class NexthopObjectTests
{
    [Theory]
    [InlineData("ip-nexthop.5.10-plain")]
    [InlineData("ip-nexthop.6.1-details")]
    [InlineData("ip-nexthop.7.1-details-statistics")]
    public void Everything_that_ip_says_of_a_nexthop_has_its_field(string sample)
    {
        var nexthops = Samples.All(sample, IpNexthops.Parse);

        Assert.All(nexthops, n => Assert.True(n.Words.Count == 0 || n.Words[0] == "encap", n.Print()));
        Assert.True(Find(nexthops, 1) is { Gateway: "192.168.33.1", Interface: "eth0", Scope: "link" });
        Assert.True(Find(nexthops, 3).Blackhole);
        Assert.Equal("bird", Find(nexthops, 5).Protocol);
        Assert.Equal([new(1, 3), new(2, 7)], Find(nexthops, 10).Members);
        Assert.Equal([new(1, 1), new(2, 5)], Find(nexthops, 11).Members);
        Assert.Equal([true, true, true], new long[] { 13, 14, 15 }.Select(id => Find(nexthops, id).Fdb));
    }

    [Fact]
    public void Newer_versions_say_more_of_groups()
    {
        var nexthops = Samples.All("ip-nexthop.7.1-details-statistics", IpNexthops.Parse);

        Assert.True(Find(nexthops, 12) is { Type: "resilient", Buckets: 8, IdleTimer: 60m, UnbalancedTimer: 300m, UnbalancedTime: 0m });
        // fdbhw_stats: the two words have no blank between them
        Assert.True(Find(nexthops, 15) is { Fdb: true, HardwareStatistics: false, HardwareStatisticsUsed: false, Statistics: [{ Id: 13, Packets: 0 }, { Id: 14 }] });
        Assert.Equal("id 10 group 1/2,9", (Find(nexthops, 10) with { Members = [new(1, 1), new(2, 9)], HardwareStatistics = null, HardwareStatisticsUsed = null }).ToString());
    }

    private static NexthopObject Find(IEnumerable<NexthopObject> nexthops, long id) => nexthops.First(n => n.Id == id);
}
