using GravityNet.Facts;
using GravityNet.Overlay;
using GravityNet.Routing;
using Xunit;

namespace GravityNet.UnitTests.Routing;

/// <summary>What interfaces do with packets for others, from recordings and from the training's text.</summary>
public sealed class NodeForwardingTests
{
    [Fact]
    public void A_healthy_node_routes_on_every_interface_and_says_in_netconfs_words()
    {
        var rows = Find(new RecordedCluster());
        Assert.Equal(20, rows.Count);
        var bridge = Row(rows, "inet", "cni0");
        Assert.Equal("inet cni0 forwarding on rp_filter off mc_forwarding off proxy_neigh off ignore_routes_with_linkdown off", bridge.ToString());
        Assert.Equal((true, "off", false, true, true, "ok"), (bridge.EffectiveForwarding!.Value, bridge.EffectiveRpFilter, bridge.EffectiveProxyNeigh!.Value, bridge.BridgeNf!.Value, bridge.IpForward!.Value, bridge.Status));
        Assert.Contains("node-1 sysctl:", string.Join('\n', bridge.Evidence), StringComparison.Ordinal);
        Assert.Contains("node-1 ip-netconf:4: inet cni0 forwarding on", bridge.Evidence[0], StringComparison.Ordinal);
        Assert.Null(Row(rows, "inet", "eth0").BridgeNf);
        Assert.All(rows, r => Assert.Empty(r.Problems));
        // all's switch counts for IPv6, and is off
        Assert.False(Row(rows, "inet6", "cni0").EffectiveForwarding);
    }

    [Fact]
    public void Every_line_of_every_recording_is_a_row_in_its_own_words()
    {
        foreach (var recording in Recordings.Names)
        {
            foreach (var node in Recordings.Nodes(recording))
            {
                var printed = Recordings.Text(recording, $"nodes/{node}/ip-netconf.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd());
                Assert.Equal(printed, Find(new RecordedCluster(recording), node).Select(r => r.ToString()));
            }
        }
    }

    [Fact]
    public void Forwarding_that_is_off_on_the_bridge_is_a_fault_of_that_row_alone()
    {
        var rows = Find(new RecordedCluster("a-forwarding-off"));
        var fault = Assert.Single(rows, r => r.Status == "fault");
        Assert.Equal(("inet", "cni0", false), (fault.Family, fault.Interface, fault.EffectiveForwarding!.Value));
        Assert.Equal("forwarding is off on cni0 of node-1: what arrives from the pods is not routed onwards", Assert.Single(fault.Problems));
    }

    [Fact]
    public void Ip_forward_that_is_off_is_a_fault_of_bridge_and_overlay()
    {
        var cluster = new RecordedCluster().Edit("node-1", "sysctl", "net.ipv4.ip_forward = 1", "net.ipv4.ip_forward = 0");
        foreach (var name in new[] { "flannel.1", "cni0" }) cluster.Edit("node-1", "ip-netconf", $"inet {name} forwarding on", $"inet {name} forwarding off");
        var rows = Find(cluster);
        Assert.Equal(["flannel.1", "cni0"], rows.Where(r => r.Status == "fault").Select(r => r.Interface));
        Assert.All(rows.Where(r => r.Family == "inet"), r => Assert.False(r.IpForward));
    }

    [Theory]
    [InlineData("off", "off", "off")]
    [InlineData("off", "strict", "strict")]
    [InlineData("strict", "off", "strict")]
    [InlineData("strict", "loose", "loose")]
    [InlineData("loose", "strict", "loose")]
    [InlineData("loose", "off", "loose")]
    public void The_larger_filter_of_all_and_the_interface_is_in_effect(string all, string own, string effective)
    {
        var cluster = new RecordedCluster().Edit("node-1", "ip-netconf", "inet all forwarding on rp_filter off", $"inet all forwarding on rp_filter {all}")
            .Edit("node-1", "ip-netconf", "inet cni0 forwarding on rp_filter off", $"inet cni0 forwarding on rp_filter {own}");
        var row = Row(Find(cluster), "inet", "cni0");
        Assert.Equal((own, effective), (row.RpFilter, row.EffectiveRpFilter));
        Assert.Empty(row.Problems);
    }

    [Fact]
    public void A_strict_filter_hurts_where_the_way_back_is_another()
    {
        var cluster = new RecordedCluster().Edit("node-1", "ip-netconf", "inet all forwarding on rp_filter off", "inet all forwarding on rp_filter strict")
            .Edit("node-1", "ip-route", "10.244.65.0/24 via 10.244.65.0 dev flannel.1 table main proto boot scope global onlink", "10.244.65.0/24 via 192.168.33.12 dev eth0 table main proto boot scope global");
        var fault = Assert.Single(Find(cluster), r => r.Status == "fault");
        Assert.Equal(("flannel.1", "off", "strict"), (fault.Interface, fault.RpFilter, fault.EffectiveRpFilter));
        Assert.StartsWith("rp_filter is strict on flannel.1 of node-1, and its route to 10.244.65.0/24 leads out of eth0", Assert.Single(fault.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Proxies_of_all_count_for_each_interface()
    {
        var row = Row(Find(new RecordedCluster().Edit("node-1", "ip-netconf", "inet all forwarding on rp_filter off mc_forwarding off proxy_neigh off", "inet all forwarding on rp_filter off mc_forwarding off proxy_neigh on")), "inet", "eth0");
        Assert.Equal((false, true), (row.ProxyNeigh!.Value, row.EffectiveProxyNeigh!.Value));
    }

    [Fact]
    public void IPv6_routes_where_all_says_so_or_the_interface_is_forced()
    {
        var all = new RecordedCluster().Edit("node-1", "ip-netconf", "inet6 all forwarding off", "inet6 all forwarding on");
        Assert.All(Find(all).Where(r => r.Family == "inet6" && r.Interface is not "default"), r => Assert.True(r.EffectiveForwarding));
        var forced = Find(new RecordedCluster().Edit("node-1", "sysctl", "net.ipv6.conf.flannel/1.force_forwarding = 0", "net.ipv6.conf.flannel/1.force_forwarding = 1"));
        Assert.Equal(["flannel.1"], forced.Where(r => r is { Family: "inet6", EffectiveForwarding: true }).Select(r => r.Interface));
    }

    [Fact]
    public void Sysctl_tells_what_netconf_does_not()
    {
        var rows = Find(new RecordedCluster().Without("nodes/node-1/ip-netconf"));
        Assert.Equal(
            "inet flannel.1 forwarding on rp_filter off mc_forwarding off proxy_neigh off ignore_routes_with_linkdown off",
            Row(rows, "inet", "flannel.1").ToString());
        Assert.Equal(20, rows.Count);
        Assert.All(rows, r => Assert.Equal("ok", r.Status));
        // that fault is found by either
        var off = Find(new RecordedCluster("a-forwarding-off").Without("nodes/node-1/ip-netconf"));
        Assert.Equal(["cni0"], off.Where(r => r.Status == "fault").Select(r => r.Interface));
    }

    [Fact]
    public void What_nobody_tells_is_unknown_with_the_reason()
    {
        var row = Row(Find(new RecordedCluster().Without("nodes/node-1/sysctl")), "inet", "cni0");
        Assert.Equal(("unknown", (bool?)null, (bool?)null), (row.Status, row.BridgeNf, row.IpForward));
        Assert.Equal("net.bridge.bridge-nf-call-iptables: node-1: 'sysctl' was not collected", Assert.Single(row.Unknown));

        // the switch is there only while its module is
        var unloaded = Row(Find(new RecordedCluster().Edit("node-1", "sysctl", "net.bridge.bridge-nf-call-iptables = 1\n", "")), "inet", "cni0");
        Assert.Contains("br_netfilter", Assert.Single(unloaded.Unknown), StringComparison.Ordinal);

        Assert.Empty(Find(new RecordedCluster().Without("nodes/node-1/ip-netconf").Without("nodes/node-1/sysctl")));
    }

    [Fact]
    public void A_bridge_may_have_the_switch_of_its_own()
    {
        const string Off = "net.bridge.bridge-nf-call-iptables = 0";
        var node = new RecordedCluster().Edit("node-1", "sysctl", "net.bridge.bridge-nf-call-iptables = 1", Off);
        Assert.False(Row(Find(node), "inet", "cni0").BridgeNf);
        Assert.True(Row(Find(node.Edit("node-1", "ip-addr", "nf_call_iptables 0", "nf_call_iptables 1")), "inet", "cni0").BridgeNf);
        // without -d the bridge's own is not printed
        var plain = Row(Find(node.Edit("node-1", "ip-addr", "nf_call_iptables 1", "")), "inet", "cni0");
        Assert.Equal(((bool?)null, "unknown"), (plain.BridgeNf, plain.Status));
    }

    [Fact]
    public void The_trainings_node_is_strict_and_routes()
    {
        var node = new NodeState(new NodeFacts("kevin-test1", "10.162.0.7", new Dictionary<string, FactResult> { ["ip-netconf"] = new("ip-netconf", Training.Text("ip-netconf")) }, []));
        var rows = NodeForwardings.Find(node, new([node], LeaseReader.Read([], null, new Dictionary<string, string>()), KubeObjects.From([]))).ToList();
        Assert.Equal(52, rows.Count);
        var bridge = Row(rows, "inet", "cni0");
        Assert.Equal("inet cni0 forwarding on rp_filter strict mc_forwarding off proxy_neigh off", bridge.ToString());
        Assert.Equal((true, "strict", (bool?)null), (bridge.EffectiveForwarding!.Value, bridge.EffectiveRpFilter, bridge.IgnoreRoutesWithLinkdown));
        Assert.False(Row(rows, "inet6", "cni0").EffectiveForwarding);
    }

    [Fact]
    public void The_files_of_a_node_without_netconf_tell_forwarding_and_the_filter()
    {
        // what grep prints on a node of busybox alone
        const string Files = "/proc/sys/net/ipv4/conf/all/forwarding:1\n/proc/sys/net/ipv4/conf/cni0/forwarding:0\n/proc/sys/net/ipv4/conf/all/rp_filter:2\n/proc/sys/net/ipv4/conf/cni0/rp_filter:1\n";
        var node = new NodeState(new NodeFacts("n", "", new Dictionary<string, FactResult> { ["ip-netconf"] = new("ip-netconf", Files) }, []));
        var row = Row([.. NodeForwardings.Find(node, new([node], LeaseReader.Read([], null, new Dictionary<string, string>()), KubeObjects.From([])))], "inet", "cni0");
        Assert.Equal((false, "strict", "loose", "fault"), (row.Forwarding!.Value, row.RpFilter, row.EffectiveRpFilter, row.Status));
        Assert.Equal(
            [.. new[] { "2: /proc/sys/net/ipv4/conf/cni0/forwarding:0", "4: /proc/sys/net/ipv4/conf/cni0/rp_filter:1", "1: /proc/sys/net/ipv4/conf/all/forwarding:1", "3: /proc/sys/net/ipv4/conf/all/rp_filter:2" }.Select(l => $"n ip-netconf:{l}")],
            row.Evidence);
    }

    private static List<NodeForwarding> Find(RecordedCluster cluster, string node = "node-1")
    {
        var state = cluster.Node(node);
        return [.. NodeForwardings.Find(state, new([state], cluster.Leases, cluster.Objects))];
    }

    private static NodeForwarding Row(IReadOnlyList<NodeForwarding> rows, string family, string name) => Assert.Single(rows, r => r.Family == family && r.Interface == name);
}
