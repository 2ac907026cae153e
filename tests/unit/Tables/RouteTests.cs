using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Tables;

public sealed class RouteTests
{
    [Fact]
    public void Everything_that_ip_says_of_a_route_has_its_field()
    {
        var routes = Samples.All("ip-route.7.1-details-statistics", IpRoutes.Parse);

        Assert.All(routes, r => Assert.True(r.Encap.Length > 0 || r.Words.Count == 0, r.Print()));
        Assert.All(routes.SelectMany(r => r.Nexthops), h => Assert.Empty(h.Words));

        var metrics = Find(routes, "10.3.0.0/16").Metrics;
        Assert.Equal(
            ["mtu lock 1400", "window 32768", "rtt 2ms", "rttvar 1ms", "ssthresh 10", "cwnd 8", "advmss 1360", "reordering 4", "hoplimit 32", "initcwnd 10", "features ecn", "rto_min lock 200ms", "initrwnd 20",
             "quickack 1", "congctl cubic"],
            metrics.Select(m => m.ToString()));
        Assert.True(metrics[0] is { Name: "mtu", Value: "1400", IsLocked: true });
        Assert.Equal(1400, Find(routes, "10.3.0.0/16").Mtu);
        Assert.Equal((4278198272, "unreachable"), (Find(routes, "10.9.1.0/24").Metric, Find(routes, "10.9.1.0/24").Type));
        Assert.Equal(("7", "3/7"), (Find(routes, "10.5.0.0/16").Realms, Find(routes, "10.5.1.0/24").Realms));
        Assert.True(Find(routes, "10.6.0.0/16") is { LinkDown: true, OnLink: false });
        Assert.Equal(("inet6", "fe80::1"), (Find(routes, "10.7.0.0/16").GatewayFamily, Find(routes, "10.7.0.0/16").Gateway));
        Assert.Equal(["0x10", "0x04"], routes.Where(r => r.Destination == "10.4.0.0/16").Select(r => r.Tos));
        Assert.Equal("fd00:99::/64", Find(routes, "fd00:1:3::/64").From);
        Assert.Equal(("high", 5), (Find(routes, "fd00:1::/64").Preference, Find(routes, "fd00:1::/64").Metric));
        Assert.InRange(Find(routes, "fd00:1:1::/64").ExpiresSeconds!.Value, 500, 600);
        Assert.Equal(["2000000"], routes.Where(r => r.Destination == "10.10.0.0/16").Select(r => r.Table));

        var several = Find(routes, "10.2.0.0/16");
        Assert.Equal([(10, false, false), (1, true, true)], several.Nexthops.Select(h => (h.Weight!.Value, h.OnLink, h.LinkDown)));
    }

    [Fact]
    public void What_an_encapsulation_needs_is_not_taken_for_the_routes_own()
    {
        var routes = Samples.All("ip-route.7.1-details-statistics", IpRoutes.Parse);

        Assert.True(Find(routes, "10.11.0.0/16") is { Encap: "ip", PreferredSource: "", Tos: "", Interface: "flannel.1" });
        Assert.True(Find(routes, "fd00:1:9::/64") is { Encap: "seg6local", Table: "main", Interface: "eth0" });
        Assert.Equal("encap ip id 42 src 10.0.2.15 dst 10.99.0.1 ttl 64 tos 22", string.Join(' ', Find(routes, "10.11.0.0/16").Words));
    }

    [Fact]
    public void A_route_tells_its_nexthop_object_with_what_stands_under_it()
    {
        var routes = Samples.All("ip-route.7.1-details-statistics", IpRoutes.Parse);

        var group = Find(routes, "10.20.1.0/24");
        Assert.Equal(10, group.NexthopId);
        Assert.Equal([new(1, 3), new(2, 7)], group.NexthopInfo!.Members);
        Assert.Equal([1L, 2L], group.NexthopInfo.Statistics.Select(s => s.Id));
        Assert.Equal(["192.168.33.1", "10.0.2.2"], group.Nexthops.Select(h => h.Gateway));
        Assert.True(Find(routes, "10.20.2.0/24") is { Type: "blackhole", NexthopId: 3, NexthopInfo.Blackhole: true });
    }

    [Theory]
    [InlineData("ip-route.4.11-one-line")]
    [InlineData("ip-route.5.10-one-line")]
    public void The_ways_of_a_route_in_one_line_are_those_of_a_route_in_several(string sample)
    {
        var routes = Samples.All(sample, IpRoutes.Parse);

        Assert.Equal([("192.168.33.1", 1), ("10.0.2.2", 3)], Find(routes, "10.1.0.0/16").Nexthops.Select(h => (h.Gateway, h.Weight!.Value)));
        Assert.DoesNotContain(routes, r => r.Words.Contains("\\"));
    }

    [Theory]
    [InlineData("ip-route.4.11-get")]
    [InlineData("ip-route.7.1-get")]
    public void The_line_under_a_used_route_belongs_to_it(string sample)
    {
        var routes = Samples.All(sample, IpRoutes.Parse);

        Assert.True(Find(routes, "10.3.0.1").Cache is { Users: 2, Metrics.Count: 15 });
        Assert.Equal(["local", "brd"], Find(routes, "192.168.33.255").Cache!.Flags);
        Assert.Equal(1400, Find(routes, "fd00:1:1::5").Mtu);
    }

    [Fact]
    public void Busybox_says_less_and_nothing_else()
    {
        var routes = Samples.All("ip-route.busybox", IpRoutes.Parse);

        Assert.All(routes, r => Assert.True(r.Words.Count == 0, r.Print()));
        Assert.True(Find(routes, "10.244.65.0/24") is { Gateway: "10.244.65.0", Interface: "flannel.1", OnLink: true, Table: "main" });
        // printed with a sign
        Assert.Equal(4278198272, Find(routes, "10.9.1.0/24").Metric);
        Assert.Equal("unreachable 10.9.1.0/24 metric 4278198272", Find(routes, "10.9.1.0/24").ToString());
    }

    [Fact]
    public void A_line_that_is_no_route_takes_nothing_from_its_neighbours()
    {
        var parsed = IpRoutes.Parse("n", "ip-route", "10.1.0.0/16 \n\tnexthop via 10.0.0.1 dev eth0 weight 1 \nwhat is this\n\tnexthop via 10.0.0.2 dev eth0 weight 1 \n");

        Assert.Equal("10.0.0.1", Assert.Single(Assert.Single(parsed.Records).Nexthops).Gateway);
        Assert.Equal([3, 4], parsed.Unread.Select(l => l.Line));
    }

    private static Route Find(IEnumerable<Route> routes, string destination) => routes.First(r => r.Destination == destination);
}
