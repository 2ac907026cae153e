using GravityNet.Labs.Plan;

namespace GravityNet.LabTests;

public sealed class PodTrafficTests(LabFixture fixture)
{
    public static TheoryData<string, string> PairsOfNodes => new(
        from a in ClusterPlan.Default.Nodes
        from b in ClusterPlan.Default.Nodes
        where a != b
        select (a.Name, b.Name));

    [Theory]
    [MemberData(nameof(PairsOfNodes))]
    public async Task A_pod_pings_a_pod_of_another_node(string from, string to) =>
        Assert.True(await fixture.PingsAsync($"shell-{from}", $"shell-{to}"));

    [Theory]
    [InlineData("node-1")]
    [InlineData("node-2")]
    [InlineData("node-3")]
    public async Task A_pod_resolves_services_over_udp_and_tcp(string node)
    {
        foreach (var transport in new[] { "", "-T" })
        {
            var answer = await fixture.InPodAsync($"shell-{node}", $"host -W 2 {transport} kubernetes.default.svc.cluster.local.");
            Assert.Contains("has address 10.100.0.1", answer.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_pod_resolves_a_service_by_its_short_name()
    {
        var answer = await fixture.InPodAsync("shell-node-2", "host -W 2 web");
        Assert.Contains("web.default.svc.cluster.local has address 10.100.45.9", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_name_of_the_cluster_domain_does_not_exist()
    {
        var answer = await fixture.InPodAsync("shell-node-1", "host -W 2 nothing.default.svc.cluster.local. || true");
        Assert.Contains("NXDOMAIN", answer.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node-1")]
    [InlineData("node-2")]
    [InlineData("node-3")]
    public async Task The_web_service_spreads_over_pods_of_all_nodes(string node)
    {
        var answer = await fixture.InPodAsync($"shell-{node}", "for i in $(seq 40); do curl -sf --max-time 2 http://10.100.45.9:3009/; done");
        Assert.True(answer.Succeeded, answer.Error);
        var names = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Order();
        Assert.Equal(fixture.Status.Pods.Where(p => p.App == "web").Select(p => p.Name).Order(), names);
    }

    [Fact]
    public async Task A_service_without_endpoints_refuses()
    {
        var answer = await fixture.InPodAsync("shell-node-1", "curl -sS --max-time 2 http://10.100.77.7:3009/");
        Assert.Equal(7, answer.ExitCode);
    }

    [Fact]
    public async Task Node_port_and_host_port_answer_from_outside()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(3) };
        foreach (var node in fixture.Status.Nodes)
        {
            var name = await client.GetStringAsync(new Uri($"http://{node.Address}:32009/"), TestContext.Current.CancellationToken);
            Assert.StartsWith("web-", name, StringComparison.Ordinal);
        }

        var hostPort = await client.GetStringAsync(new Uri($"http://{fixture.Status.Node("node-1").Address}:18080/"), TestContext.Current.CancellationToken);
        Assert.Equal("hostport-5c7bd\n", hostPort);
    }

    [Fact]
    public async Task The_overlay_carries_1450_bytes_and_not_one_more()
    {
        var target = fixture.Status.Pod("shell-node-2").Ip;
        Assert.True((await fixture.InPodAsync("shell-node-1", $"ping -n -c 1 -W 1 -M do -s 1422 {target}")).Succeeded);
        Assert.False((await fixture.InPodAsync("shell-node-1", $"ping -n -c 1 -W 1 -M do -s 1423 {target}")).Succeeded);
    }
}
