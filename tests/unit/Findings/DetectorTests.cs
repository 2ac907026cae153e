using GravityNet.Facts;
using GravityNet.Findings;
using GravityNet.Overlay;
using GravityNet.UnitTests.Probing;
using Xunit;

namespace GravityNet.UnitTests.Findings;

public sealed class DetectorTests
{
    [Theory]
    [InlineData("healthy")]
    [InlineData("healthy-kubesubnet")]
    [InlineData("healthy-kp118-legacy")]
    public async Task A_healthy_cluster_has_no_finding(string recording) => Assert.Empty(await FindAsync(recording));

    [Theory]
    [InlineData("a-forwarding-off", "node-1 error forwarding-off: forwarding is off on cni0 of node-1: what arrives from the pods is not routed onwards")]
    [InlineData("b-fdb-missing", "node-1 error overlay-row: node-1 to node-2: no FDB row on flannel.1 sends to 192.168.33.12")]
    [InlineData("d-route-missing", "node-2 error overlay-row: node-2 to node-3: no route to 10.244.92.0/24: it goes where the default route leads")]
    public async Task A_broken_one_has_exactly_its_own(string recording, string finding) => Assert.StartsWith(finding, Assert.Single(await FindAsync(recording)).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Sysctl_tells_where_netconf_does_not()
    {
        var findings = Detectors.Run(State(Node("node-1", ("sysctl", "net.ipv4.conf.cni0.forwarding = 1\nnet.ipv4.conf.flannel/1.forwarding = 0\nnet.ipv4.ip_forward = 1\n"))));

        var finding = Assert.Single(findings, f => f.Id == "forwarding-off");
        Assert.Equal("forwarding is off on flannel.1 of node-1: what arrives from the overlay is not routed onwards", finding.Message);
        Assert.Equal(["node-1 sysctl:2: net.ipv4.conf.flannel/1.forwarding = 0"], finding.Evidence);
    }

    [Fact]
    public void All_off_is_one_finding()
    {
        var findings = Detectors.Run(State(Node("node-1", ("sysctl", "net.ipv4.conf.cni0.forwarding = 0\nnet.ipv4.conf.flannel/1.forwarding = 0\nnet.ipv4.ip_forward = 0\n"))));

        var finding = Assert.Single(findings, f => f.Id == "forwarding-off");
        Assert.StartsWith("forwarding is off on node-1 (net.ipv4.ip_forward = 0)", finding.Message, StringComparison.Ordinal);
        Assert.Equal(3, finding.Evidence.Count);
    }

    [Theory]
    [InlineData("-A INPUT -p udp -m udp --dport 8472 -j DROP", "", "node-1 drops incoming UDP 8472, the overlay's own packets")]
    [InlineData("-A INPUT -p udp -m udp --dport 8000:9000 -j REJECT --reject-with icmp-port-unreachable", "", "node-1 rejects incoming UDP 8472, the overlay's own packets")]
    [InlineData("-A INPUT -s 192.168.33.12/32 -j DROP", "node-2", "node-1 drops incoming UDP 8472 from node-2, the overlay's own packets")]
    [InlineData("-A INPUT -p udp -m multiport --dports 53,8472 -j DROP", "", "node-1 drops incoming UDP 8472, the overlay's own packets")]
    [InlineData("-A OUTPUT -d 192.168.33.13/32 -p udp -m udp --dport 8472 -j DROP", "node-3", "node-1 drops outgoing UDP 8472 to node-3, the overlay's own packets")]
    [InlineData("-A INPUT -j FW\n-A FW -p udp -j DROP", "", "node-1 drops incoming UDP 8472, the overlay's own packets")]
    public void Rules_that_stop_the_overlay_are_found(string rules, string remote, string message)
    {
        var finding = Assert.Single(Detectors.Run(State(Firewall(rules))), f => f.Id == "overlay-port-blocked");

        Assert.Equal((remote, message), (finding.RemoteNode, finding.Message));
        Assert.StartsWith("node-1 iptables:", Assert.Single(finding.Evidence), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-A INPUT -p udp -m udp --dport 8472 -j ACCEPT\n-A INPUT -j DROP")]
    [InlineData("-A INPUT -p tcp -m tcp --dport 8472 -j DROP")]
    [InlineData("-A INPUT -p udp -m udp --dport 4789 -j DROP")]
    [InlineData("-A INPUT ! -s 192.168.33.0/24 -p udp -m udp --dport 8472 -j DROP")]
    [InlineData("-A INPUT -p udp -m udp --dport 8472 -m conntrack --ctstate INVALID -j DROP")]
    [InlineData("-A FORWARD -p udp -m udp --dport 8472 -j DROP")]
    [InlineData("-A INPUT -j FW\n-A FW -p udp -j RETURN\n-A FW -j DROP")]
    [InlineData("-A INPUT -j FW\n-A FW -j FW")]
    public void Rules_that_do_not_stop_it_are_none(string rules) =>
        Assert.DoesNotContain(Detectors.Run(State(Firewall(rules))), f => f.Id == "overlay-port-blocked");

    [Theory]
    [InlineData("-A INPUT -m set --match-set nodes src -j ACCEPT\n-A INPUT -j DROP")]
    [InlineData("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -m set --match-set nodes src -j FW\n-A INPUT -j DROP\n-A FW -j ACCEPT")]
    public void A_rule_that_may_accept_the_overlay_leaves_nothing_to_say(string rules) =>
        Assert.DoesNotContain(Detectors.Run(State(Firewall(rules))), f => f.Id == "overlay-port-blocked");

    [Fact]
    public void A_policy_that_drops_the_overlay_is_found()
    {
        var node = Node("node-1", ("iptables", "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n"));

        var finding = Assert.Single(Detectors.Run(State(node)), f => f.Id == "overlay-port-blocked");
        Assert.Equal(["node-1 iptables:2: :INPUT DROP [0:0]"], finding.Evidence);
    }

    [Theory]
    [InlineData("DROP", "", "node-1 drops new connections between its pods and those of other nodes in FORWARD, by its policy")]
    [InlineData("ACCEPT", "-A FORWARD -j REJECT --reject-with icmp-host-prohibited\n-A FORWARD -s 10.244.0.0/16 -j ACCEPT", "node-1 rejects new connections between its pods and those of other nodes in chain FORWARD")]
    [InlineData("DROP", "-A FORWARD -s 10.244.19.0/24 -j ACCEPT", "node-1 drops new connections from pods of other nodes to its own in FORWARD, by its policy")]
    [InlineData("ACCEPT", "-A FORWARD -s 10.244.65.0/24 -j DROP", "node-1 drops new connections from pods of node-2 to its own in chain FORWARD")]
    [InlineData("ACCEPT", "-A FORWARD -j FW\n-A FW -o flannel.1 -p tcp -j DROP", "node-1 drops new connections (tcp) from its pods to those of other nodes in chain FW")]
    [InlineData("DROP", "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT", "node-1 drops new connections between its pods and those of other nodes in FORWARD, by its policy")]
    public void Rules_and_policies_that_stop_what_pods_send_are_found(string policy, string rules, string message)
    {
        var finding = Assert.Single(Forward(policy, rules), f => f.Id == "forward-blocked");

        Assert.Equal(("error", message), (finding.Severity, finding.Message));
        Assert.StartsWith("node-1 iptables:", Assert.Single(finding.Evidence), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DROP", "-A FORWARD -s 10.244.0.0/16 -j ACCEPT\n-A FORWARD -d 10.244.0.0/16 -j ACCEPT")]
    [InlineData("DROP", "-A FORWARD -m set --match-set pods src -j ACCEPT")]
    [InlineData("ACCEPT", "-A FORWARD -s 10.244.19.7/32 -j DROP")]
    [InlineData("ACCEPT", "-A FORWARD ! -i flannel.1 -o eth0 -j DROP")]
    [InlineData("ACCEPT", "-A FORWARD -m conntrack --ctstate INVALID -j DROP")]
    [InlineData("ACCEPT", "-A FORWARD -m length --length 1400:65535 -j DROP")]
    [InlineData("DROP", "-A FORWARD -j NFQUEUE --queue-num 0")]
    public void Rules_that_pass_what_pods_send_or_may_are_none(string policy, string rules) =>
        Assert.DoesNotContain(Forward(policy, rules), f => f.Id == "forward-blocked");

    [Fact]
    public void A_text_that_was_cut_short_proves_no_policy() => Assert.DoesNotContain(
        Detectors.Run(Leased(Node("node-1", Links, ("iptables", "*filter\n:FORWARD DROP [0:0]\n")))), f => f.Id == "forward-blocked");

    [Theory]
    [InlineData("strict", "off", 1)]
    [InlineData("off", "strict", 1)]
    [InlineData("strict", "loose", 0)]
    [InlineData("loose", "strict", 0)]
    [InlineData("off", "off", 0)]
    public void A_strict_reverse_path_filter_on_the_overlay_is_found_where_the_route_back_is_another(string all, string device, int expected)
    {
        var node = Node("node-1", Links,
            ("ip-netconf", $"inet all forwarding on rp_filter {all} mc_forwarding off\ninet flannel.1 forwarding on rp_filter {device} mc_forwarding off\n"),
            ("ip-route", "10.244.65.0/24 via 192.168.33.12 dev eth0\n10.244.92.0/24 via 10.244.92.0 dev flannel.1 onlink\n"));

        var findings = Detectors.Run(Leased(node)).Where(f => f.Id == "reverse-path").ToList();

        Assert.Equal(expected, findings.Count);
        Assert.All(findings, f => Assert.Equal(("node-2", 2), (f.RemoteNode, f.Evidence.Count)));
    }

    [Fact]
    public void A_filter_that_is_not_known_is_not_strict()
    {
        var node = Node("node-1", Links, ("ip-netconf", "inet flannel.1 forwarding on rp_filter strict mc_forwarding off\n"), ("ip-route", "10.244.65.0/24 via 192.168.33.12 dev eth0\n"));
        Assert.DoesNotContain(Detectors.Run(Leased(node)), f => f.Id == "reverse-path");
    }

    [Theory]
    [InlineData("vxlan id 1 ", "vxlan id 7 ", "error overlay-row: node-1's own VXLAN device: VNI is 7, the network's is 1")]
    [InlineData("dstport 8472", "dstport 4789", "error overlay-row: node-1's own VXLAN device: UDP port is 4789, the network's is 8472")]
    public void A_device_that_speaks_another_vxlan_is_an_error(string old, string now, string finding)
    {
        var cluster = new RecordedCluster().Edit("node-1", "ip-addr", old, now);
        Assert.Equal($"node-1 {finding}", Assert.Single(Run(cluster)).ToString());
    }

    [Fact]
    public void A_node_without_a_lease_is_an_error_unless_the_leases_are_unknown()
    {
        Assert.Contains(Run(new RecordedCluster().EditStore("etcd-v2", "192.168.33.13", "192.168.33.99")), f => f is { Node: "node-3", Severity: "error" } && f.Message.Contains("no lease has this node's address", StringComparison.Ordinal));
        Assert.DoesNotContain(Run(new RecordedCluster().Without("cluster/etcd-v2")), f => f.IsError);
    }

    [Theory]
    [InlineData("KUBE-SERVICES", "net.bridge.bridge-nf-call-iptables = 1", "no jump to KUBE-SERVICES is in nat PREROUTING of node-1: what its pods send to services is not translated")]
    [InlineData("KUBE-SERVICES|jump", "net.bridge.bridge-nf-call-iptables = 0", "node-1 does not filter bridged packets (net.bridge.bridge-nf-call-iptables = 0): a pod that a service leads to a pod of its own node gets an answer from a stranger")]
    [InlineData("KUBE-SERVICES|jump", "net.bridge.bridge-nf-call-iptables = 1", "")]
    [InlineData("KUBE-SERVICES|jump", "", "")]
    [InlineData("OTHER", "net.bridge.bridge-nf-call-iptables = 0", "")]
    public void Services_that_are_not_translated_are_found(string chain, string sysctl, string message)
    {
        var jump = chain.EndsWith("|jump", StringComparison.Ordinal) ? "-A PREROUTING -j KUBE-SERVICES\n" : "";
        var node = Node("node-1", Links, ("sysctl", sysctl + "\n"), ("iptables", $"*nat\n:PREROUTING ACCEPT [0:0]\n:{chain.Split('|')[0]} - [0:0]\n{jump}-A OUTPUT -j KUBE-SERVICES\nCOMMIT\n"));

        Assert.Equal(message.Length > 0 ? [message] : [], Detectors.Run(Leased(node)).Where(f => f.Id == "service-translation").Select(f => f.Message));
    }

    private static (string Fact, string Text) Links => ("ip-addr", """
        2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP
            inet 192.168.33.11/24 scope global eth0
        3: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN
        4: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP

        """);

    private static IReadOnlyList<Finding> Forward(string policy, string rules) =>
        Detectors.Run(Leased(Node("node-1", Links, ("iptables", $"*filter\n:FORWARD {policy} [0:0]\n:FW - [0:0]\n{rules}\nCOMMIT\n"))));

    private static ClusterState Leased(NodeState node) => new([node, Node("node-2"), Node("node-3")], new RecordedCluster().Leases, KubeObjects.From([]));

    private static IReadOnlyList<Finding> Run(RecordedCluster cluster) =>
        Detectors.Run(new([.. RecordedCluster.Addresses.Keys.Select(cluster.Node)], cluster.Leases, cluster.Objects));

    private static NodeState Firewall(string rules) =>
        Node("node-1", ("iptables", $"*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:FW - [0:0]\n{rules}\nCOMMIT\n"));

    private static NodeState Node(string name, params (string Fact, string Text)[] facts) =>
        new(new NodeFacts(name, $"192.168.33.1{name[^1]}", facts.ToDictionary(f => f.Fact, f => new FactResult(f.Fact, f.Text)), []));

    private static ClusterState State(NodeState node) => new([node, Node("node-2"), Node("node-3")], new LeaseTable([], [], []), KubeObjects.From([]));

    private static async Task<IReadOnlyList<Finding>> FindAsync(string recording)
    {
        var cluster = Clusters.Open(recording);
        var (leases, objects) = await cluster.ReadStoresAsync(e => throw e, CancellationToken.None);
        var states = new List<NodeState>();
        await foreach (var answer in cluster.AskAsync(cluster.Nodes, Detectors.Request, CancellationToken.None)) states.Add(answer.State!);
        return Detectors.Run(new(states, leases, objects));
    }
}
