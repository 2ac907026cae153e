using System.Diagnostics;
using GravityNet.Probing;
using GravityNet.Sources;
using GravityNet.Transports;

namespace GravityNet.LabTests;

/// <summary>The reachability matrix over real SSH, healthy and with each fault: what fails, where it says that it is broken, and why.</summary>
public sealed class ReachabilityTests(LabFixture fixture)
{
    [Fact]
    public async Task A_healthy_cluster_is_all_ok_within_four_seconds()
    {
        await using var cluster = await ConnectAsync();
        var since = Stopwatch.StartNew();

        var results = await RunAsync(cluster);

        Assert.InRange(since.Elapsed.TotalSeconds, 0, 4);
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
    public async Task A_fault_is_named_with_its_place_cause_and_proof(string fault, string involved, string lostAt, string cause, string proof)
    {
        await using var cluster = await ConnectAsync();
        await using (await fixture.BreakAsync(fault))
        {
            var failing = (await RunAsync(cluster)).Where(r => r.Verdict != "ok").ToList();

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

        AssertHealthy(await RunAsync(cluster));
    }

    [Fact]
    public async Task A_stale_lease_breaks_no_traffic()
    {
        await using var cluster = await ConnectAsync();
        await using (await fixture.BreakAsync("lease-mac-stale")) AssertHealthy(await RunAsync(cluster));
    }

    [Fact]
    public async Task Service_ports_answer_tcp_and_one_without_endpoints_says_so()
    {
        await using var cluster = await ConnectAsync();
        var empty = fixture.Status.Services.First(s => s.Endpoints.Count == 0);
        var web = fixture.Status.Services.First(s => s.Name == "web");

        var results = await RunAsync(cluster, new ProbeSelection([], [NamePattern.Literal($"service:default/{web.Name}"), NamePattern.Literal($"service:{empty.Namespace}/{empty.Name}")]));

        Assert.All(results.Where(r => r.To == "service:default/web"), r => Assert.Equal(("ok", "tcp"), (r.Verdict, r.Protocol)));
        Assert.All(results.Where(r => r.To != "service:default/web"), r =>
        {
            Assert.Contains(r.Verdict, new[] { "refused", "unreachable" });
            Assert.Equal($"the service {empty.Namespace}/{empty.Name} has no ready endpoints: nothing can answer", r.Cause);
        });
        Assert.Equal(2, results.Select(r => r.To).Distinct().Count());
    }

    private static void AssertHealthy(List<ReachabilityResult> results)
    {
        Assert.True(results.Count > 50, $"{results.Count} results");
        Assert.All(results, r => Assert.Equal(("ok", "", ""), (r.Verdict, r.FirstBrokenHop, r.Cause)));
    }

    private static async Task<List<ReachabilityResult>> RunAsync(GravityCluster cluster, params ProbeSelection[] selections)
    {
        var options = selections.Length > 0 ? new ReachabilityOptions { Selections = selections } : new();
        var listener = new ReachabilityListener { Problem = e => throw e, NotFound = (kind, name, _) => throw new InvalidOperationException($"no {kind} {name}") };
        var results = new List<ReachabilityResult>();
        await foreach (var result in Reachability.RunAsync(cluster, options, listener, TestContext.Current.CancellationToken)) results.Add(result);
        return results;
    }

    private async Task<GravityCluster> ConnectAsync()
    {
        var status = fixture.Status;
        var transports = new TransportFactory();
        var options = new SshOptions { KeyFile = status.KeyFile, KnownHostsFile = status.KnownHosts };
        var nodes = new List<INodeSource>();
        foreach (var node in status.Nodes)
        {
            var shell = await transports.ConnectAsync(new(node.Name, node.Address, 22, status.User), options, TestContext.Current.CancellationToken);
            nodes.Add(new LiveNode(node.Name, node.Address, shell, TimeSpan.FromSeconds(20)));
        }

        return new("lab", nodes, [transports.OpenEtcd([new(status.Etcd)])], transports.OpenKubernetes(status.KubeConfig, null), 8);
    }
}
