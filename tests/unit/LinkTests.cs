using GravityNet.Facts;
using GravityNet.Parsing;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>
/// Links, addresses and counters as five versions of iproute2, busybox and the kernel's own file print the same namespace.
/// </summary>
public sealed class LinkTests
{
    public static TheoryData<string> Samples => [.. Languages.TextsOf("ip-link").Concat(Languages.TextsOf("ip-addr")).Concat(Languages.TextsOf("ip-stats")).Select(t => t.Place)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void No_line_of_a_real_text_is_unread(string place)
    {
        var text = TextOf(place);
        Assert.Empty(place.Contains("proc-net-dev", StringComparison.Ordinal) ? IpStatistics.Parse("n", place, text).Unread : IpLinks.Parse("n", place, text).Unread);
    }

    [Theory]
    [InlineData("4.11")]
    [InlineData("4.18")]
    [InlineData("5.10")]
    [InlineData("6.1")]
    [InlineData("7.1")]
    public void Every_version_tells_the_same_of_a_link(string version)
    {
        var links = Read($"ip-addr.{version}-d.txt").ToDictionary(l => l.Interface);

        var uplink = links["eth0"];
        Assert.Equal(("eth0", 1500, "noqueue", "UP", "default", 1000, "ether", "ff:ff:ff:ff:ff:ff", "veth", 0), (uplink.Interface, uplink.Mtu, uplink.Qdisc, uplink.State, uplink.Group, uplink.QueueLength, uplink.LinkLayer, uplink.Broadcast, uplink.Kind, uplink.Promiscuity));
        Assert.Equal("the uplink  of rack 4", uplink.Alias);
        Assert.Equal(version is "4.11" or "4.18" ? [] : ["enp0s3", "a-very-long-alternative-name-of-this-interface"], uplink.AltNames);
        Assert.Equal((2, 2, 65536), (uplink.Queues!.TransmitQueues, uplink.Queues.ReceiveQueues, uplink.Queues.GsoMaxSize));

        var lower = links["mv1"];
        Assert.Equal(("eth0", 1400, "7", 1, "private"), (lower.Peer, lower.Mtu, lower.Group, lower.Promiscuity, Assert.IsType<MacvlanDevice>(lower.Device).Mode));
        Assert.Null(lower.QueueLength);
        Assert.Equal("02:00:00:00:00:99", lower.Mac);

        var port = Assert.IsType<BridgeSlave>(links["v0"].Slave);
        Assert.Equal(("disabled", 9, 7, true, false, true), (port.State, port.Priority, port.Cost, port.Hairpin, port.Learning, port.Flood));
        Assert.Equal(version is "4.11" or "4.18" ? null : true, port.Isolated);
        Assert.Equal("br0", links["v0"].Master);

        var bridge = Assert.IsType<BridgeDevice>(links["br1"].Device);
        Assert.Equal((400, 100, 800, 12000, 1, 4096, false, false, true), (bridge.ForwardDelay, bridge.HelloTime, bridge.MaxAge, bridge.AgeingTime, bridge.StpState, bridge.Priority, bridge.VlanFiltering, bridge.MulticastSnooping, bridge.CallsIptables));
        Assert.StartsWith("1000.", bridge.BridgeId, StringComparison.Ordinal);

        Assert.Equal((1, "192.0.2.1", "eth0", 8472, false, "0 0", 300), Vxlan("vx1", v => (v.Vni, v.Local, v.Interface, v.Port, v.Learning, v.SourcePorts, v.Ageing)));
        Assert.Equal((42, "239.1.1.1", "", "30000 40000", "0x10", "5", 100, 1000), Vxlan("vx2", v => (v.Vni, v.Group, v.Local, v.SourcePorts, v.Tos, v.Ttl, v.Ageing, v.MaxAddresses)));
        Assert.Equal((true, true, true, true), Vxlan("vx2", v => (v.Learning, v.Proxy, v.L2Miss, v.L3Miss)));
        Assert.Equal(("192.0.2.77", "inherit", true), Vxlan("vx3", v => (v.Remote, v.Tos, v.Gbp)));
        Assert.Equal(("2001:db8::9", "2001:db8::1", "0x77"), Vxlan("vx4", v => (v.Remote, v.Local, v.FlowLabel)));

        T Vxlan<T>(string name, Func<VxlanDevice, T> tell) => tell(links[name].Vxlan!);
    }

    // this kernel has none of these: the tools printed messages that were made for them
    [Theory]
    [InlineData("4.11")]
    [InlineData("5.10")]
    [InlineData("7.1")]
    public void Kinds_of_other_kernels_are_read(string version)
    {
        var links = Read($"ip-link.{version}-kinds.printed-sample.txt").ToDictionary(l => l.Interface);

        Assert.All(links.Values, l => Assert.Equal(1, l.Queues!.TransmitQueues));
        var active = Assert.IsType<BondSlave>(links["ens1f0"].Slave);
        Assert.Equal(("ACTIVE", "UP", 1, "3c:fd:fe:00:00:01", 0), (active.State, active.MiiStatus, active.LinkFailures, active.PermanentMac, active.QueueId));
        Assert.Equal("", links["ens1f0"].Kind);
        Assert.Equal(("BACKUP", "DOWN"), (((BondSlave)links["ens1f1"].Slave!).State, ((BondSlave)links["ens1f1"].Slave!).MiiStatus));
        Assert.Equal(2, links["ens1f0"].Others.Count(o => o.ToString().StartsWith("vf ", StringComparison.Ordinal)));
        var bond = Assert.IsType<BondDevice>(links["bond0"].Device);
        Assert.Equal(("802.3ad", 100, 200, "layer3+4", 1, "fast"), (bond.Mode, bond.Miimon, bond.UpDelay, bond.TransmitHashPolicy, bond.MinLinks, bond.LacpRate));
        Assert.Equal("active-backup", Assert.IsType<BondDevice>(links["bond1"].Device).Mode);
        var vlan = Assert.IsType<VlanDevice>(links["bond0.100"].Device);
        Assert.Equal(("802.1Q", 100, "<REORDER_HDR>", "bond0"), (vlan.Protocol, vlan.VlanId, Assert.Single(vlan.Words), links["bond0.100"].Peer));
        Assert.Equal(["ingress-qos-map { 1:2 0:3 }", "egress-qos-map { 0:6 }"], links["bond0.100"].Others.Select(o => o.ToString()));
        Assert.Equal(("vlan", "bridge_slave"), (links["bond0.200"].Kind, links["bond0.200"].Slave!.Kind));
        Assert.Equal(("none", "", "wireguard"), (links["wg0"].LinkLayer, links["wg0"].Mac, links["wg0"].Kind));
        Assert.Equal(("ipip", "", "192.0.2.2"), (links["ipip1"].LinkLayer, links["ipip1"].Mac, links["ipip1"].LinkLayerPeer));
        Assert.Equal("remote 192.0.2.2 local 192.0.2.1 ttl 255", string.Join(' ', links["gre1"].Device!.Words.Take(6)));
        Assert.Equal(("ip6tnl", "2001:db8::2"), (links["ip6tnl1"].Kind, links["ip6tnl1"].LinkLayerPeer));
        Assert.Equal(("tun", "ipvlan", "geneve", "dummy", "sit"), (links["tap0"].Kind, links["ipvl0"].Kind, links["gnv0"].Kind, links["flannel.null"].Kind, links["sit1"].Kind));
        Assert.Equal(("vrf", "vrf_slave", "vrf-blue"), (links["vrf-blue"].Kind, links["dummy1"].Slave!.Kind, links["dummy1"].Master));
        Assert.True(Assert.IsType<MacvlanDevice>(links["macvt0"].Device).IsTap);
        var bridge = Assert.IsType<BridgeDevice>(links["br-vlan"].Device);
        Assert.Equal((true, "802.1Q", 1), (bridge.VlanFiltering, bridge.VlanProtocol, bridge.DefaultPvid));
        if (version is "4.11") return;
        Assert.Equal("xdpgeneric/id:44", Assert.Single(links["xdp0"].Words));
        if (version is "5.10") return;
        Assert.Equal(("3c:fd:fe:00:00:02", "pci", "0000:3b:00.0", "p0"), (links["ens1f0"].PermanentMac, links["ens1f0"].Queues!.ParentBus, links["ens1f0"].Queues!.ParentDevice, links["ens1f0"].Queues!.PortName));
    }

    [Theory]
    [InlineData("ip-addr.4.11-d.txt", true)]
    [InlineData("ip-addr.7.1-d.txt", true)]
    [InlineData("ip-addr.4.11-o.txt", false)]
    [InlineData("ip-addr.7.1-o.txt", false)]
    [InlineData("ip-addr.busybox.txt", true)]
    public void Every_tool_tells_the_same_addresses(string sample, bool hasHeader)
    {
        var link = Read(sample).Single(l => l.Interface == "eth0");
        Assert.Equal(hasHeader, link.IsUp);
        var addresses = link.Addresses.ToDictionary(a => a.ToString());

        Assert.Equal(("192.0.2.255", "global", "eth0", 0), (addresses["192.0.2.1/24"].Broadcast, addresses["192.0.2.1/24"].Scope, addresses["192.0.2.1/24"].Label, addresses["192.0.2.1/24"].Flags.Count));
        Assert.Equal(("eth0:1", "secondary noprefixroute"), (addresses["192.0.2.9/24"].Label, string.Join(' ', addresses["192.0.2.9/24"].Flags)));
        Assert.Equal("10.9.9.2", addresses["10.9.9.1/32"].Peer);
        // busybox prints none of IPv6
        Assert.Equal(sample.Contains("busybox", StringComparison.Ordinal) ? "" : "2001:db8:2::2", addresses["2001:db8:2::1/128"].Peer);
        var brief = addresses["192.0.2.10/24"];
        Assert.Contains("dynamic", brief.Flags);
        Assert.InRange(brief.ValidLifetime!.Value, 85000, 86000);
        Assert.InRange(brief.PreferredLifetime!.Value, 3000, 3600);
        var old = addresses["2001:db8:1::1/64"];
        Assert.Contains("deprecated", old.Flags);
        Assert.Equal(0, old.PreferredLifetime);
        Assert.Equal((InterfaceAddress.Forever, "link"), (addresses["198.51.100.7/32"].ValidLifetime!.Value, addresses["198.51.100.7/32"].Scope));
        if (!sample.Contains("7.1", StringComparison.Ordinal)) return;
        Assert.Equal((50, "0x42"), (brief.Metric, addresses["203.0.113.5/24"].Protocol));
    }

    [Theory]
    [InlineData("4.11")]
    [InlineData("5.10")]
    [InlineData("6.1")]
    [InlineData("7.1")]
    public void Counters_are_the_same_in_every_layout(string version)
    {
        var s = IpStatistics.Parse("n", "ip-stats", TextOf($"ip-stats.{version}-s-s.txt")).Records.Single(s => s.Interface == "eth0");
        Assert.Equal((173598L, 127L, 0L, 0L), (s.RxBytes, s.RxPackets, s.RxErrors, s.RxDropped));
        Assert.Equal((173768L, 128L, 0L, 0L), (s.TxBytes, s.TxPackets, s.TxErrors, s.TxCollisions));
        Assert.Equal((0L, 0L, 0L, 0L, 2L), (s.RxMissed, s.RxOverruns, s.RxCrcErrors, s.TxHeartbeatErrors, s.CarrierChanges));
        var file = IpStatistics.Parse("n", "ip-stats", TextOf("ip-stats.proc-net-dev.txt")).Records.Single(s => s.Interface == "eth0");
        Assert.Equal((s.RxBytes, s.RxPackets, s.TxBytes, s.TxPackets), (file.RxBytes, file.RxPackets, file.TxBytes, file.TxPackets));
    }

    [Fact]
    public void A_nodes_state_has_the_counters_of_its_links_or_says_why_not()
    {
        foreach (var sample in (string[])["ip-stats.4.11-s-s.txt", "ip-stats.proc-net-dev.txt"])
        {
            var state = new NodeState(new("n", "", new Dictionary<string, FactResult> { ["ip-stats"] = new("ip-stats", TextOf(sample)) { ExitCode = 0 } }, []));
            Assert.True(state.Statistics.IsKnown);
            Assert.Equal(15, state.Statistics.Records.Count);
            Assert.Empty(state.Unread);
        }

        Assert.Equal("n: 'ip-stats' was not collected", new NodeState(new("n", "", new Dictionary<string, FactResult>(), [])).Statistics.Reason);
    }

    [Fact]
    public void A_wider_number_widens_the_columns_as_the_tool_does()
    {
        var s = IpStatistics.Parse("n", "ip-stats", TextOf("ip-stats.7.1-s.txt")).Records.Single() with { RxBytes = 123456789012, TxDropped = 12345678 };
        Assert.Equal(
            """
                RX:    bytes packets errors  dropped  missed   mcast           
                123456789012     127      0        0       0       0 
                TX:    bytes packets errors  dropped carrier collsns           
                      173768     128      0 12345678       0       0 
            """,
            s.Print());
    }

    [Fact]
    public void What_is_set_is_printed_where_ip_prints_it_and_what_is_gone_is_left_out()
    {
        var link = Read("ip-link.6.1-d.txt").Single(l => l.Interface == "eth0");
        var lines = link.Print().Split('\n');
        var changed = link with { Alias = "", AltNames = ["one"], Slave = new BridgeSlave { State = "forwarding" }, Master = "br9", Mtu = 1400, Words = [.. link.Words, "more"] };

        var printed = changed.Print().Split('\n');
        Assert.Equal(
            [
                lines[0].Replace("mtu 1500", "mtu 1400", StringComparison.Ordinal).Replace(" state", " master br9 state", StringComparison.Ordinal) + " more",
                lines[1], "    veth ", "    bridge_slave state forwarding " + lines[2]["    veth ".Length..], "    altname one",
            ],
            printed);
        Assert.Equal("2: new: <UP> mtu 1280\n    link/none", new Link { Node = "n", Index = 2, Interface = "new", Flags = ["UP"], Mtu = 1280, LinkLayer = "none", Source = link.Source }.Print());
    }

    private static IReadOnlyList<Link> Read(string sample) => IpLinks.Parse("n", "ip-addr", TextOf(sample)).Records;

    private static string TextOf(string place) =>
        Languages.TextsOf("ip-link").Concat(Languages.TextsOf("ip-addr")).Concat(Languages.TextsOf("ip-stats")).Single(t => t.Place == place).Text;
}
