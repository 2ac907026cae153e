using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class ParserTests
{
    public static TheoryData<string> AllRecordings => [.. Recordings.Names];

    [Fact]
    public void The_trainings_ip_link_gives_every_interface_with_its_peer_bridge_and_mac()
    {
        var links = All(IpLinks.Parse("kevin-test1", "ip-link", Training.Text("ip-link")));

        Assert.Equal(24, links.Count);
        Assert.Equal((28, "flannel.1", 1410, "UNKNOWN", "3e:35:13:4b:5d:4d"), links.Where(l => l.Interface == "flannel.1").Select(l => (l.Index, l.Interface, l.Mtu, l.State, l.Mac)).Single());
        var veth = Assert.Single(links, l => l.Index == 33);
        Assert.Equal(("veth4722669f", "if3", 3, "cni0", "1"), (veth.Interface, veth.Peer, veth.PeerIndex, veth.Master, veth.PeerNamespace));
        Assert.Equal(17, links.Count(l => l.Master == "cni0"));
        Assert.Equal(["NO-CARRIER", "BROADCAST", "MULTICAST", "PROMISC", "UP"], Assert.Single(links, l => l.Interface == "docker0").Flags);
        Assert.False(Assert.Single(links, l => l.Interface == "dummy0").IsUp);
        Assert.All(links, l => Assert.Equal("", l.Kind));
    }

    [Fact]
    public void The_trainings_ip_addr_gives_the_vxlan_device_and_its_addresses()
    {
        var link = Assert.Single(All(IpLinks.Parse("kevin-test1", "ip-addr", Training.Text("ip-addr-flannel"))));

        Assert.Equal((1, "10.162.0.7", "ens4", 8472, false, 300), (link.Vxlan!.Vni, link.Vxlan.Local, link.Vxlan.Interface, link.Vxlan.Port, link.Vxlan.Learning, link.Vxlan.Ageing));
        Assert.Equal(["10.244.73.0/32", "fe80::3c35:13ff:fe4b:5d4d/64"], link.Addresses.Select(a => a.ToString()));
        Assert.Equal(["global", "link"], link.Addresses.Select(a => a.Scope));
        Assert.Equal("kevin-test1 ip-addr:3: vxlan id 1 local 10.162.0.7 dev ens4 srcport 0 0 dstport 8472 nolearning ageing 300 udpcsum", link.KindSource!.ToString());

        var bridge = Assert.Single(All(IpLinks.Parse("kevin-test1", "ip-addr", Training.Text("ip-addr-cni0"))));
        Assert.Equal("10.244.73.1/24", Assert.Single(bridge.Inet).ToString());

        var coredns = All(IpLinks.Parse("kevin-test1", "ip-addr", Training.Text("ip-addr-coredns")));
        Assert.Equal((3, "eth0", 33, "10.244.73.3/24"), (coredns[1].Index, coredns[1].Interface, coredns[1].PeerIndex, coredns[1].Inet.Single().ToString()));
    }

    [Fact]
    public void The_trainings_routes_are_read_without_a_type_and_with_double_blanks()
    {
        var routes = All(IpRoutes.Parse("kevin-test1", "ip-route", Training.Text("ip-route")));

        Assert.Equal(7, routes.Count);
        Assert.All(routes, r => Assert.Equal(("unicast", "main"), (r.Type, r.Table)));
        Assert.Equal(("default", "10.162.0.1", "ens4"), (routes[0].Destination, routes[0].Gateway, routes[0].Interface));
        Assert.Equal(("10.244.24.0/24", "10.244.24.0", "flannel.1", true), (routes[3].Destination, routes[3].Gateway, routes[3].Interface, routes[3].OnLink));
        Assert.Equal(("kernel", "link", "10.244.73.1"), (routes[5].Protocol, routes[5].Scope, routes[5].PreferredSource));
        Assert.True(routes[6] is { LinkDown: true, Words: [] });
        Assert.Equal("10.244.24.0/24 via 10.244.24.0 dev flannel.1 onlink", routes[3].ToString());
    }

    [Fact]
    public void The_trainings_neighbors_are_read_with_and_without_their_interface()
    {
        var onBridge = All(IpNeighbors.Parse("kevin-test1", "ip-neighbor", Training.Text("ip-neighbor-cni0")));
        Assert.Equal(22, onBridge.Count);
        Assert.All(onBridge, n => Assert.True(n is { Interface: "", Mac.Length: 17, IsUsable: true }));
        Assert.Contains(onBridge, n => n is { Address: "10.244.73.3", Mac: "7e:c2:98:18:3d:c4", State: "REACHABLE" });

        Assert.Equal(
            ["10.244.24.0 dev flannel.1 lladdr da:77:5d:47:e8:42 PERMANENT", "10.244.71.0 dev flannel.1 lladdr 1a:5c:0b:92:f9:fb PERMANENT"],
            All(IpNeighbors.Parse("kevin-test1", "ip-neighbor", Training.Text("ip-neighbor-flannel"))).Select(n => n.ToString()));
    }

    [Fact]
    public void The_trainings_forwarding_database_prints_back_as_it_was()
    {
        var text = Training.Text("bridge-fdb");
        Assert.Equal(text.TrimEnd().Split('\n'), All(BridgeFdb.Parse("kevin-test1", "bridge-fdb", text)).Select(f => f.ToString()));
    }

    [Fact]
    public void The_trainings_netconf_gives_forwarding_of_both_families()
    {
        var entries = All(IpNetconf.Parse("kevin-test1", "ip-netconf", Training.Text("ip-netconf")));

        Assert.Equal(52, entries.Count);
        Assert.All(entries, e => Assert.Equal(e.Family == "inet", e.Forwarding));
        Assert.Equal("off", Assert.Single(entries, e => e is { Family: "inet", Interface: "lo" }).RpFilter);
        Assert.Equal("strict", Assert.Single(entries, e => e is { Family: "inet", Interface: "all" }).RpFilter);
        Assert.Equal(2, entries.Count(e => e.Interface == "cni0"));
    }

    [Fact]
    public void The_trainings_bridges_keep_every_port_and_every_mac()
    {
        var bridges = All(Brctl.ParseShow("kevin-test1", "brctl-show", Training.Text("brctl-show")));
        Assert.Equal(["cni0", "docker0"], bridges.Select(b => b.Interface));
        Assert.Equal((17, 0), (bridges[0].Ports.Count, bridges[1].Ports.Count));
        Assert.Equal(("veth131bfd8c", "vethd9250664"), (bridges[0].Ports[0], bridges[0].Ports[^1]));

        var macs = All(Brctl.ParseShowMacs("kevin-test1", "brctl-showmacs", Training.Text("brctl-showmacs")));
        // a bridge that filters VLANs lists a port's own MAC once for each VLAN
        Assert.Equal((33, 17), (macs.Count(m => m.IsLocal), macs.Where(m => m.IsLocal).DistinctBy(m => m.Mac).Count()));
        Assert.Equal(16, macs.Count(m => !m.IsLocal));
        Assert.Contains(macs, m => m is { PortNumber: 11, Mac: "32:4c:4a:d1:a5:e0", IsLocal: false, AgeSeconds: 7.64 });
    }

    [Theory]
    [MemberData(nameof(AllRecordings))]
    public void Every_line_of_every_recording_is_read(string recording)
    {
        foreach (var (path, text) in Recordings.Open(recording).Where(f => f.Key.StartsWith("nodes/", StringComparison.Ordinal)))
        {
            var lines = text.Split('\n').Where(l => l.Trim().Length > 0).ToList();
            switch (Path.GetFileNameWithoutExtension(path))
            {
                case "ip-addr" or "ip-link": Assert.Equal(lines.Count(l => char.IsAsciiDigit(l[0])), All(IpLinks.Parse("n", path, text)).Count); break;
                case "ip-route": Assert.Equal(lines.Count(l => !char.IsWhiteSpace(l[0])), All(IpRoutes.Parse("n", path, text)).Count); break;
                case "ip-neighbor": Assert.Equal(lines.Count, All(IpNeighbors.Parse("n", path, text)).Count); break;
                case "bridge-fdb":
                    // a blank at a line's end is all that may differ
                    Assert.Equal(lines.Select(l => l.TrimEnd()), All(BridgeFdb.Parse("n", path, text)).Select(f => f.ToString()));
                    break;
                case "ip-netconf":
                    var entries = All(IpNetconf.Parse("n", path, text));
                    Assert.Equal(lines.Count, entries.Count);
                    Assert.All(entries, e => Assert.NotNull(e.Forwarding));
                    break;
                case "brctl-show": Assert.Equal(lines.Count - 1, All(Brctl.ParseShow("n", path, text)).Sum(b => Math.Max(1, b.Ports.Count))); break;
                case "brctl-showmacs": Assert.Equal(lines.Count - 1, All(Brctl.ParseShowMacs("n", path, text)).Count); break;
                default: break;
            }
        }
    }

    [Fact]
    public void A_line_end_of_windows_changes_nothing()
    {
        foreach (var (path, text) in Recordings.Open("healthy").Where(f => Parse(f.Key, "") is not null))
        {
            var (plain, carried) = (Parse(path, text)!.Value, Parse(path, text.Replace("\n", "\r\n", StringComparison.Ordinal))!.Value);
            Assert.Equal(plain.Records, carried.Records);
            Assert.Empty(carried.Unread);
        }
    }

    [Theory]
    [InlineData("ip-addr")]
    [InlineData("ip-route")]
    [InlineData("ip-neighbor")]
    [InlineData("bridge-fdb")]
    [InlineData("ip-netconf")]
    [InlineData("brctl-show")]
    [InlineData("brctl-showmacs")]
    public void Lines_that_are_no_records_are_kept_and_an_empty_text_has_none(string fact)
    {
        string[] garbage = ["bash: ip: command not found", "Error: an inet prefix is expected rather than \"x\".", "Dump was interrupted and may be inconsistent.", "\u0000\u0001", "::", "12"];
        var (records, unread) = Parse(fact, string.Join('\n', garbage))!.Value;

        // '::' is an address, and '12' a network, of a route that says nothing else
        string[] kept = fact switch { "ip-route" => garbage[..4], "ip-neighbor" => [.. garbage[..4], "12"], _ => garbage };
        Assert.Equal(kept, unread.Select(l => l.Text));
        Assert.Equal(garbage.Length - kept.Length, records.Count);

        Assert.Equal((0, 0), (Parse(fact, "")!.Value.Records.Count, Parse(fact, "\n \r\n\t\n")!.Value.Unread.Count));
    }

    [Fact]
    public void A_header_cut_before_its_flags_is_no_link_that_is_down()
    {
        var parsed = IpLinks.Parse("n", "ip-addr", "1: lo: <LOOPBACK,UP> mtu 65536\n    inet 127.0.0.1/x\n    inet 127.0.0.1/8 scope host lo\n2: eth0: <BROADC");

        Assert.Equal("127.0.0.1/8", Assert.Single(Assert.Single(parsed.Records).Addresses).ToString());
        Assert.Equal([(2, "    inet 127.0.0.1/x"), (4, "2: eth0: <BROADC")], parsed.Unread.Select(l => (l.Line, l.Text)));
    }

    [Fact]
    public void Detail_lines_that_are_no_kind_do_not_become_one()
    {
        const string text = """
            2: ens1f0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9000 qdisc mq master bond0 state UP group default qlen 1000
                link/ether 3c:fd:fe:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0
                vf 0     link/ether 00:00:00:00:00:00 brd ff:ff:ff:ff:ff:ff, spoof checking on
                bond_slave state ACTIVE mii_status UP
                prog/xdp id 12 tag 0123456789abcdef jited
                alias uplink
                altname enp59s0f0
                RX: bytes  packets
            """;
        var parsed = IpLinks.Parse("n", "ip-link", text);

        Assert.Equal(("", "bond0", "3c:fd:fe:00:00:01"), parsed.Records.Select(l => (l.Kind, l.Master, l.Mac)).Single());
        Assert.Equal("RX: bytes  packets", Assert.Single(parsed.Unread).Text.Trim());
    }

    [Theory]
    [InlineData("10/8 dev eth0", "10/8", "")]
    [InlineData("default via inet6 fe80::1 dev eth0 metric 100", "default", "fe80::1")]
    [InlineData("blackhole 10.0.0.0/8", "10.0.0.0/8", "")]
    [InlineData("unreachable default dev lo table unspec proto kernel metric 4294967295 error -101", "default", "")]
    [InlineData("fd00::/64 via fe80::2 dev eth0", "fd00::/64", "fe80::2")]
    public void Routes_of_every_form_are_read(string line, string destination, string gateway)
    {
        var route = Assert.Single(All(IpRoutes.Parse("n", "ip-route", line)));
        Assert.Equal((destination, gateway, line), (route.Destination, route.Gateway, route.Source.Text));
    }

    [Fact]
    public void The_next_hops_of_a_multipath_route_stay_with_it()
    {
        var route = Assert.Single(All(IpRoutes.Parse("n", "ip-route", "default proto static\n\tnexthop via 10.0.0.1 dev eth0 weight 1\n\tnexthop via 10.0.0.2 dev eth1 weight 1\n")));
        Assert.Equal(["nexthop via 10.0.0.1 dev eth0 weight 1", "nexthop via 10.0.0.2 dev eth1 weight 1"], route.Nexthops.Select(h => h.ToString()));
    }

    [Theory]
    [InlineData("inet cni0 forwarding off", "inet", "cni0", false)]
    [InlineData("ipv4 dev cni0 forwarding on rp_filter strict", "inet", "cni0", true)]
    [InlineData("ipv6 all forwarding off", "inet6", "all", false)]
    [InlineData("inet dev forwarding", "inet", "forwarding", null)]
    public void Netconf_of_old_and_new_iproute2_reads_the_same(string line, string family, string name, bool? forwarding)
    {
        var entry = Assert.Single(All(IpNetconf.Parse("n", "ip-netconf", line)));
        Assert.Equal((family, name, forwarding), (entry.Family, entry.Interface, entry.Forwarding));
        Assert.Equal("ipv4 dev", Assert.Single(IpNetconf.Parse("n", "ip-netconf", "ipv4 dev").Unread).Text);
    }

    [Fact]
    public void Neighbors_without_a_mac_are_not_usable()
    {
        var entries = All(IpNeighbors.Parse("n", "ip-neighbor", "10.0.0.1 dev eth0  FAILED\nfe80::1 dev eth0 lladdr 02:00:00:00:00:01 router STALE\n10.0.0.2 dev eth0 INCOMPLETE\n"));
        Assert.Equal([false, true, false], entries.Select(e => e.IsUsable));
        Assert.True(entries[1] is { Router: true, Words: [] });
    }

    // Whatever a node prints: nothing throws, and no line is lost.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Damaged_texts_lose_no_line(int seed)
    {
        var random = new Random(seed);
        foreach (var (path, text) in Recordings.Open("healthy").Where(f => f.Key.StartsWith("nodes/node-1/", StringComparison.Ordinal) && Parse(f.Key, "") is not null))
        {
            for (var round = 0; round < 40; round++)
            {
                var damaged = Damage(text, random);
                var (records, unread) = Parse(path, damaged)!.Value;
                if (Path.GetFileNameWithoutExtension(path) is "ip-neighbor" or "bridge-fdb" or "ip-netconf")
                {
                    Assert.Equal(damaged.Split('\n').Count(l => l.Trim().Length > 0), records.Count + unread.Count);
                }
            }
        }
    }

    [Fact]
    public void Damaged_stores_give_a_reason_and_never_throw()
    {
        var random = new Random(7);
        foreach (var fact in new[] { "etcd-v2", "etcd-v3" })
        {
            var text = Recordings.Text("healthy", $"cluster/{fact}.json");
            for (var cut = 0; cut < text.Length - 2; cut += 7)
            {
                _ = fact == "etcd-v2" ? EtcdJson.ParseV2(text[..cut], out var reason) : EtcdJson.ParseV3(text[..cut], out reason);
                Assert.NotEqual("", reason);
            }

            for (var round = 0; round < 200; round++)
            {
                var damaged = Damage(text, random);
                _ = fact == "etcd-v2" ? EtcdJson.ParseV2(damaged, out _) : EtcdJson.ParseV3(damaged, out _);
            }
        }
    }

    private static string Damage(string text, Random random)
    {
        if (text.Length == 0) return "";
        var letters = text.ToCharArray();
        const string Blows = "\0 \t\n\r:/@<>,.0f\uFFFD\u00a0";
        for (var n = random.Next(1, 40); n > 0; n--) letters[random.Next(letters.Length)] = Blows[random.Next(Blows.Length)];
        return new string(letters)[..random.Next(letters.Length + 1)];
    }

    private static IReadOnlyList<T> All<T>(Parsed<T> parsed)
    {
        Assert.Empty(parsed.Unread);
        return parsed.Records;
    }

    // the printed records and the unread lines of a fact; null for one that these parsers do not read
    private static (IReadOnlyList<string> Records, IReadOnlyList<SourceLine> Unread)? Parse(string path, string text)
    {
        return Path.GetFileNameWithoutExtension(path) switch
        {
            "ip-addr" or "ip-link" => Printed(IpLinks.Parse("n", path, text)),
            "ip-route" => Printed(IpRoutes.Parse("n", path, text)),
            "ip-neighbor" => Printed(IpNeighbors.Parse("n", path, text)),
            "bridge-fdb" => Printed(BridgeFdb.Parse("n", path, text)),
            "ip-netconf" => Printed(IpNetconf.Parse("n", path, text)),
            "brctl-show" => Printed(Brctl.ParseShow("n", path, text)),
            "brctl-showmacs" => Printed(Brctl.ParseShowMacs("n", path, text)),
            _ => null,
        };

        static (IReadOnlyList<string>, IReadOnlyList<SourceLine>) Printed<T>(Parsed<T> parsed) => ([.. parsed.Records.Select(r => r!.ToString()!)], parsed.Unread);
    }
}
