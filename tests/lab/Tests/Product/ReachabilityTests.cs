using System.Diagnostics;
using System.Management.Automation;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>The reachability matrix, healthy and with each fault: what fails, where it says that it is broken, and why.</summary>
public sealed class ReachabilityTests(LabFixture fixture, ConnectedShell connected) : IClassFixture<ConnectedShell>
{
    private ModuleShell Shell => connected.Shell;

    [Fact]
    public void A_healthy_cluster_is_all_ok_within_seconds()
    {
        _ = fixture.Lab;
        _ = Shell;
        var since = Stopwatch.StartNew();

        var results = Run("Test-PodReachability");

        Assert.InRange(since.Elapsed.TotalSeconds, 0, 15);
        Assert.Equal(6, results.Select(r => r.From).Distinct().Count());
        Assert.Equal(["cni0", "flannel.1", "pod", "service"], results.Select(r => r.Target).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(results, r => r is { Protocol: "dns", Detail: "kubernetes.default.svc.cluster.local has address 10.100.0.1" });
        AssertHealthy(results);
    }

    [Theory]
    [InlineData("forwarding-off", "node-1", "node-1", "forwarding is off on cni0 of node-1: what arrives from the pods is not routed onwards", "node-1 ip-netconf:")]
    [InlineData("fdb-missing", "node-1 node-2", "node-1", "node-1 to node-2: no FDB row on flannel.1 sends to 192.168.33.12", "")]
    [InlineData("arp-wrong", "node-1 node-2", "node-1", "node-1 to node-2: the neighbor entry says 02:00:00:00:be:ef", "node-1 ip-neighbor:")]
    [InlineData("route-missing", "node-2 node-3", "node-2", "node-2 to node-3: no route to 10.244.92.0/24", "")]
    [InlineData("udp-dropped", "node-3", "node-3", "node-3 drops incoming UDP 8472, the overlay's own packets", "node-3 iptables:")]
    [InlineData("fdb-wrong", "node-1 node-2", "node-1", "node-1 to node-2: the FDB row sends to 192.168.33.99, the lease says 192.168.33.12", "node-1 bridge-fdb:")]
    [InlineData("lease-missing", "node-3", "node-3", "node-3's own VXLAN device: no lease has this node's address", "node-3 ip-addr:")]
    [InlineData("vni-differs", "node-3", "node-3", "node-3's own VXLAN device: VNI is 2, the network's is 1", "node-3 ip-addr:")]
    [InlineData("port-differs", "node-2", "node-2", "node-2's own VXLAN device: UDP port is 4789, the network's is 8472", "node-2 ip-addr:")]
    [InlineData("ip-forward-off", "node-2", "node-2", "forwarding is off on node-2 (net.ipv4.ip_forward = 0)", "node-2 sysctl:")]
    [InlineData("forward-dropped", "node-2", "node-2", "node-2 drops new connections between its pods and those of other nodes in FORWARD, by its policy", "node-2 iptables:")]
    [InlineData("forward-rejected", "node-3", "node-3", "node-3 rejects new connections between its pods and those of other nodes in chain FORWARD", "node-3 iptables:")]
    public async Task A_fault_is_named_with_its_place_cause_and_proof(string fault, string involved, string lostAt, string cause, string proof)
    {
        await using (await fixture.BreakAsync(fault))
        {
            var failing = Run("Test-PodReachability").Where(r => r.Verdict != "ok").ToList();

            Assert.NotEmpty(failing);
            Assert.All(failing.Where(r => r.Target != "service"), r => Assert.All(involved.Split(' '), node => Assert.Contains(node, new[] { r.Node, r.ToNode })));
            Assert.All(failing, r =>
            {
                Assert.Equal(lostAt, r.LostAt);
                Assert.StartsWith(cause, r.Cause, StringComparison.Ordinal);
                Assert.Contains(r.Evidence, e => e.StartsWith(proof, StringComparison.Ordinal));
                Assert.NotEqual("", r.FirstBrokenHop);
                Assert.NotEmpty(r.Stages);
            });
            if (fault == "forwarding-off")
            {
                Assert.Contains(failing, r => r is { From: "node:node-2", ToNode: "node-1", Target: "pod", FirstBrokenHop: "node-1: between flannel.1 and cni0" });
                Assert.DoesNotContain(failing, r => r is { From: "node:node-2", Target: "flannel.1" or "cni0" });
            }
        }

        AssertHealthy(Run("Test-PodReachability"));
    }

    [Theory]
    [InlineData("rp-filter-strict", "node-2", "rp_filter is strict on flannel.1 of node-2, and its route to 10.244.19.0/24 leads out of eth0")]
    [InlineData("lease-mac-shared", "node-2 node-3", "has the same MAC")]
    [InlineData("service-jump-missing", "node-3", "no jump to KUBE-SERVICES is in nat PREROUTING of node-3")]
    public async Task A_fault_is_among_the_causes(string fault, string involved, string cause)
    {
        await using (await fixture.BreakAsync(fault))
        {
            var failing = Run("Test-PodReachability").Where(r => r.Verdict != "ok").ToList();

            Assert.NotEmpty(failing);
            Assert.All(failing, r =>
            {
                Assert.Contains(cause, r.Cause, StringComparison.Ordinal);
                Assert.NotEqual("", r.LostAt);
                if (r.Target != "service") Assert.Contains(involved.Split(' '), node => node == r.Node || node == r.ToNode);
            });
        }

        AssertHealthy(Run("Test-PodReachability"));
    }

    [Theory]
    [InlineData("veth-off-bridge", "node-2: between cni0 and pod default/shell-node-2")]
    [InlineData("dns-stopped", "node-2: pod kube-system/coredns-6f4c59b8f7-7hq4m, udp port 53")]
    public async Task A_fault_inside_a_pod_is_told_by_its_place(string fault, string hop)
    {
        await using (await fixture.BreakAsync(fault))
        {
            var failing = Run("Test-PodReachability").Where(r => r.Verdict != "ok").ToList();

            Assert.NotEmpty(failing);
            Assert.All(failing, r => Assert.Equal(("node-2", hop), (r.LostAt, r.FirstBrokenHop)));
        }
    }

    [Theory]
    [InlineData("lease-mac-stale")]
    [InlineData("mtu-large")]
    [InlineData("sep-dead")]
    public async Task A_fault_that_breaks_no_probe_gives_no_cause(string fault)
    {
        await using (await fixture.BreakAsync(fault))
            AssertHealthy(Run("Test-PodReachability"));
    }

    [Fact]
    public void Service_ports_answer_tcp_and_one_without_endpoints_says_so()
    {
        _ = fixture.Lab;
        var results = Run("Test-PodReachability -To service:default/web, service:kube-system/gravity-site");

        Assert.All(results.Where(r => r.To == "service:default/web"), r => Assert.Equal(("ok", "tcp"), (r.Verdict, r.Protocol)));
        Assert.All(results.Where(r => r.To != "service:default/web"), r =>
        {
            Assert.Contains(r.Verdict, new[] { "refused", "unreachable" });
            Assert.Equal("the service kube-system/gravity-site has no ready endpoints: nothing can answer", r.Cause);
        });
        Assert.Equal(2, results.Select(r => r.To).Distinct().Count());
    }

    private static void AssertHealthy(List<Result> results)
    {
        Assert.True(results.Count > 50, $"{results.Count} results");
        Assert.All(results, r => Assert.Equal(("ok", "", ""), (r.Verdict, r.FirstBrokenHop, r.Cause)));
    }

    private List<Result> Run(string command) => [.. Shell.Run(command).Select(r => new Result(r))];

    // the module's own type is not the tests': its assembly is loaded by the import
    private sealed class Result(PSObject result)
    {
        public string From { get; } = Text(result, "From");

        public string To { get; } = Text(result, "To");

        public string Target { get; } = Text(result, "Target");

        public string Node { get; } = Text(result, "Node");

        public string ToNode { get; } = Text(result, "ToNode");

        public string Protocol { get; } = Text(result, "Protocol");

        public string Verdict { get; } = Text(result, "Verdict");

        public string Detail { get; } = Text(result, "Detail");

        public string FirstBrokenHop { get; } = Text(result, "FirstBrokenHop");

        public string LostAt { get; } = Text(result, "LostAt");

        public string Cause { get; } = Text(result, "Cause");

        public IReadOnlyList<string> Evidence { get; } = (IReadOnlyList<string>)result.Properties["Evidence"].Value;

        public IReadOnlyList<string> Stages { get; } = (IReadOnlyList<string>)result.Properties["Stages"].Value;

        private static string Text(PSObject result, string property) => $"{result.Properties[property].Value}";
    }
}
