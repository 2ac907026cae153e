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
