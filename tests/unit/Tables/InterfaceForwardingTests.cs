using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Tables;

public sealed class InterfaceForwardingTests
{
    [Theory]
    [InlineData("ip-netconf.4.11-details")]
    [InlineData("ip-netconf.7.1-details")]
    public void Every_switch_has_its_field(string sample)
    {
        var rows = Samples.All(sample, IpNetconf.Parse);

        Assert.All(rows, r => Assert.True(r is { Words: [], Forwarding: not null, McForwarding: false, ProxyNeigh: not null, IgnoreRoutesWithLinkdown: not null, Input: null }, r.Print()));
        Assert.True(Find(rows, "eth0") is { RpFilter: "strict", Forwarding: false });
        Assert.True(Find(rows, "eth1") is { RpFilter: "loose", ProxyNeigh: true });
        Assert.True(Find(rows, "eth2") is { RpFilter: "off", IgnoreRoutesWithLinkdown: true });
        Assert.True(Find(rows, "cni0") is { Forwarding: true });
        Assert.True(rows.First(r => r is { Family: "inet6", Interface: "eth0" }) is { RpFilter: "", Forwarding: true });
        Assert.Equal("inet eth1 forwarding off rp_filter loose mc_forwarding off proxy_neigh on ignore_routes_with_linkdown off", Find(rows, "eth1").ToString());
    }

    [Fact]
    public void Versions_print_a_changed_switch_each_in_its_way()
    {
        var old = Assert.Single(IpNetconf.Parse("n", "ip-netconf", "ipv4 dev eth0 forwarding on rp_filter strict mc_forwarding 0 proxy_neigh off").Records);
        var file = Assert.Single(IpNetconf.Parse("n", "ip-netconf", "/proc/sys/net/ipv4/conf/eth0/rp_filter:1").Records);

        Assert.Equal("ipv4 dev eth0 forwarding off rp_filter loose mc_forwarding 1 proxy_neigh off", (old with { Forwarding = false, RpFilter = "loose", McForwarding = true }).Print());
        Assert.Equal("inet eth0 forwarding on rp_filter strict mc_forwarding off proxy_neigh off", old.ToString());
        Assert.Equal("/proc/sys/net/ipv4/conf/eth0/rp_filter:2", (file with { RpFilter = "loose" }).Print());
    }

    [Fact]
    public void A_filter_that_is_none_stays_unknown()
    {
        var rows = Samples.All("ip-netconf.old-and-mpls.printed-sample", IpNetconf.Parse);

        Assert.Equal(["", "loose", "", "", ""], rows.Select(r => r.RpFilter));
        Assert.Equal([true, false], rows.Where(r => r.Family == "mpls").Select(r => r.Input!.Value));
    }

    private static InterfaceForwarding Find(IEnumerable<InterfaceForwarding> rows, string name) => rows.First(r => r.Family == "inet" && r.Interface == name);
}
