using GravityNet.Facts;
using GravityNet.Routing;
using Xunit;

namespace GravityNet.UnitTests.Routing;

/// <summary>The lookup on recordings, and what it does not know.</summary>
public sealed class RouteLookupTests
{
    private const string Rules = "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n";
    private const string Local = "local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1\nlocal 192.168.33.11 dev eth0 table local proto kernel scope host src 192.168.33.11\n";

    [Theory]
    [InlineData("10.244.65.4", "10.244.65.4 via 10.244.65.0 dev flannel.1 src 10.244.19.0", "10.244.65.0/24", 32766)]
    [InlineData("10.244.19.6", "10.244.19.6 dev cni0 src 10.244.19.1", "10.244.19.0/24", 32766)]
    [InlineData("10.244.19.1", "local 10.244.19.1 dev lo table local src 10.244.19.1", "10.244.19.1", 0)]
    [InlineData("10.244.19.255", "broadcast 10.244.19.255 dev cni0 table local src 10.244.19.1", "10.244.19.255", 0)]
    [InlineData("192.168.33.12", "192.168.33.12 dev eth0 src 192.168.33.11", "192.168.33.0/24", 32766)]
    [InlineData("10.100.214.177", "10.100.214.177 via 192.168.33.1 dev eth0 src 192.168.33.11", "default", 32766)]
    public void A_recorded_node_sends_where_its_kernel_did(string to, string answer, string destination, int priority)
    {
        var found = Find(new RecordedCluster(), new(to));
        Assert.Equal((answer, destination, priority), (found.ToString(), found.Destination, found.Rule!.Priority));
        Assert.Equal([found.Rule.Source.ToString(), found.Route!.Source.ToString()], found.Evidence);
        Assert.StartsWith($"node-1 ip-rule:{(priority == 0 ? 1 : 2)}: {priority}:", found.Evidence[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_route_goes_where_the_default_route_leads()
    {
        var cluster = new RecordedCluster("d-route-missing");
        var found = RouteLookup.Of(cluster.Node("node-2")).Find(new("10.244.92.5"));
        Assert.Equal(("eth0", "192.168.33.1", "default"), (found.Interface, found.Gateway, found.Destination));
    }

    [Fact]
    public void Without_the_facts_nothing_is_guessed()
    {
        Assert.Equal("node-1: 'ip-rule' was not collected", Find(new RecordedCluster().Without("nodes/node-1/ip-rule"), new("10.244.65.4")).Reason);
        Assert.Equal("node-1: 'ip-route' was not collected", Find(new RecordedCluster().Without("nodes/node-1/ip-route"), new("10.244.65.4")).Reason);
        // 'ip rule' prints none of IPv6
        var found = Find(new RecordedCluster(), new("fd00::1"));
        Assert.Equal(("unknown", "node-1: 'ip6-rule' was not collected"), (found.Verdict, found.Reason));
    }

    [Fact]
    public void One_table_alone_tells_nothing()
    {
        var found = Lookup(Rules, Training.Text("ip-route")).Find(new("10.244.24.1"));
        Assert.Equal(("unknown", "node: the routes are those of one table alone ('ip route show table all' prints all)"), (found.Verdict, found.Reason));
        // the same with the local table beside it is the training's own example
        var whole = Lookup(Rules, Local + Training.Text("ip-route")).Find(new("10.244.24.1"));
        Assert.Equal(("unicast", "10.244.24.0", "flannel.1"), (whole.Verdict, whole.Gateway, whole.Interface));
    }

    [Theory]
    [InlineData("ipproto tcp", "its protocol")]
    [InlineData("dport 53", "its destination port")]
    [InlineData("uidrange 0-100", "whose socket sends it")]
    [InlineData("tun_id 7", "the tunnel that it came through")]
    [InlineData("dscp CS1", "its DSCP")]
    [InlineData("newword 5", "what 'newword' means")]
    public void A_rule_that_asks_for_what_is_not_given_makes_it_unknown(string selector, string missing)
    {
        var rules = Rules.Replace("32766:", $"100:\tfrom all {selector} lookup 100\n32766:", StringComparison.Ordinal);
        const string Routes = Local + "default via 192.168.33.1 dev eth0\n10.0.0.0/8 dev eth0 table 100 scope link\n";
        var found = Lookup(rules, Routes).Find(new("10.1.1.1"));
        Assert.Equal(("unknown", 100L), (found.Verdict, found.Rule!.Priority));
        Assert.EndsWith($"asks for {missing}, which is not given", found.Reason, StringComparison.Ordinal);
        // where its table has no route it does not matter
        Assert.Equal(("unicast", "192.168.33.1"), (Lookup(rules, Routes).Find(new("8.8.8.8")).Verdict, Lookup(rules, Routes).Find(new("8.8.8.8")).Gateway));
        // and neither where another selector keeps the packet out
        Assert.Equal("main", Lookup(rules.Replace("from all " + selector, "from all fwmark 0x1 " + selector, StringComparison.Ordinal), Routes).Find(new("10.1.1.1")).Table);
    }

    [Fact]
    public void What_is_given_decides_such_a_rule()
    {
        var rules = Rules.Replace("32766:", "100:\tfrom all ipproto udp dport 53 lookup 100\n32766:", StringComparison.Ordinal);
        var lookup = Lookup(rules, Local + "default via 192.168.33.1 dev eth0\n10.0.0.0/8 dev eth0 table 100 scope link\n");
        Assert.Equal("100", lookup.Find(new("10.1.1.1") { Protocol = 17, DestinationPort = 53 }).Table);
        Assert.Equal("main", lookup.Find(new("10.1.1.1") { Protocol = 17, DestinationPort = 54 }).Table);
        Assert.Equal("main", lookup.Find(new("10.1.1.1") { Protocol = 1 }).Table);
    }

    [Fact]
    public void A_source_rule_is_unknown_only_for_what_arrives_without_one()
    {
        var rules = Rules.Replace("32766:", "100:\tfrom 10.9.0.0/16 lookup 100\n32766:", StringComparison.Ordinal);
        var lookup = Lookup(rules, Local + "default via 192.168.33.1 dev eth0\ndefault dev eth0 table 100 scope link\n");
        Assert.Equal("main", lookup.Find(new("10.1.1.1")).Table);
        Assert.Equal("100", lookup.Find(new("10.1.1.1") { From = "10.9.1.1", InputInterface = "eth0" }).Table);
        Assert.Equal("unknown", lookup.Find(new("10.1.1.1") { InputInterface = "eth0" }).Verdict);
        Assert.Equal("invalid", lookup.Find(new("10.1.1.1") { From = "10.9.1.1" }).Verdict);
    }

    [Fact]
    public void Of_several_ways_all_are_told_with_what_decides()
    {
        var lookup = Lookup(Rules, Local + "10.1.0.0/16\n\tnexthop via 192.168.33.1 dev eth0 weight 1\n\tnexthop via 192.168.33.2 dev eth0 weight 3\n\tnexthop via 192.168.33.3 dev eth1 weight 1 dead linkdown\n");
        var found = lookup.Find(new("10.1.1.1"));
        Assert.Equal(["192.168.33.1", "192.168.33.2"], found.TypedNexthops.Select(n => n.Gateway));
        Assert.Equal(("", "", "one of them, by a hash of the packet's addresses in proportion to the weights"), (found.Gateway, found.Interface, found.Reason));
    }

    [Fact]
    public void A_host_route_under_an_address_of_the_nodes_own_network_is_undecided()
    {
        // before the first rule the kernel keeps local and main together, and the longest prefix of both wins
        var found = Lookup(Rules, Local + "127.0.0.5 via 192.168.33.1 dev eth0\n").Find(new("127.0.0.5"));
        Assert.Equal("unknown", found.Verdict);
        Assert.Contains("unless a rule was ever added", found.Reason, StringComparison.Ordinal);
        var asked = Lookup(Rules + "40000:\tfrom all lookup 7\n", Local + "127.0.0.5 via 192.168.33.1 dev eth0\n").Find(new("127.0.0.5"));
        Assert.Equal("local", asked.Verdict);
    }

    [Fact]
    public void Every_recorded_pod_is_reached_from_every_node_over_the_bridge_or_the_overlay()
    {
        foreach (var recording in Recordings.Names.Except(["d-route-missing"]))
        {
            var cluster = new RecordedCluster(recording);
            foreach (var node in Recordings.Nodes(recording))
            {
                var lookup = RouteLookup.Of(cluster.Node(node));
                foreach (var pod in cluster.Objects.Pods!.Where(p => p is { HostNetwork: false, IsAlive: true, Address.Length: > 0 }))
                    Assert.Equal((pod.Name, "unicast", pod.Node == node ? "cni0" : "flannel.1"), (pod.Name, lookup.Find(new(pod.Address)).Verdict, lookup.Find(new(pod.Address)).Interface));
            }
        }
    }

    [Fact]
    public void What_arrives_where_forwarding_is_off_has_a_route_and_is_not_routed()
    {
        var found = Find(new RecordedCluster("a-forwarding-off"), new("10.244.65.4") { From = "10.244.19.2", InputInterface = "cni0" });
        Assert.Equal(("flannel.1", "forwarding is off on cni0: what arrives there is not routed onwards"), (found.Interface, found.Reason));
        Assert.Equal("", Find(new RecordedCluster("a-forwarding-off"), new("10.244.19.2") { From = "10.244.65.4", InputInterface = "flannel.1" }).Reason);
    }

    [Theory]
    [InlineData("nonsense", "")]
    [InlineData("10.244", "")]
    [InlineData("10.244.65.0/24", "")]
    [InlineData("10.244.65.4", "fd00::1")]
    public void What_is_no_address_is_refused(string to, string from) =>
        Assert.Throws<ArgumentException>(() => Find(new RecordedCluster(), new(to) { From = from }));

    private static RouteDecision Find(RecordedCluster cluster, RouteQuery query) => RouteLookup.Of(cluster.Node("node-1")).Find(query);

    private static RouteLookup Lookup(string rules, string routes) => RouteLookup.Of(new NodeState(new NodeFacts("node", "", new[]
    {
        new FactResult("ip-rule", rules),
        new FactResult("ip-route", routes),
        new FactResult("ip-addr", "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state UP group default\n    inet 192.168.33.11/24 scope global eth0\n"),
    }.ToDictionary(f => f.Fact), [])));
}
