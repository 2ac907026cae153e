using GravityNet.Probing;
using Xunit;

namespace GravityNet.UnitTests.Probing;

public sealed class RecordedReachabilityTests
{
    public static TheoryData<string> Healthy => ["healthy", "healthy-kubesubnet", "healthy-kp118-legacy"];

    [Theory]
    [MemberData(nameof(Healthy))]
    public async Task A_healthy_cluster_has_no_failing_pair(string recording)
    {
        var results = await Clusters.RunAsync(Clusters.Open(recording));

        Assert.True(results.Count > 20);
        Assert.All(results, r => Assert.Equal(("ok", ""), (r.Verdict, r.Cause)));
    }

    [Fact]
    public async Task Forwarding_off_is_named_for_every_failing_pair()
    {
        var results = await Clusters.RunAsync(Clusters.Open("a-forwarding-off"));

        var failing = results.Where(r => r.Verdict != "ok").ToList();
        Assert.Contains(failing, r => r is { From: "node:node-2", To: "pod:default/shell-node-1", Protocol: "icmp" });
        Assert.Contains(failing, r => r is { From: "pod:default/shell-node-1", Target: "service", Protocol: "dns" });
        Assert.All(failing, r =>
        {
            Assert.Equal(("lost", "node-1"), (r.Verdict, r.LostAt));
            Assert.Equal("forwarding is off on cni0 of node-1: what arrives from the pods is not routed onwards", r.Cause);
            Assert.StartsWith("node-1 ip-netconf:4: inet cni0 forwarding off", Assert.Single(r.Evidence), StringComparison.Ordinal);
        });
        Assert.Equal("node-1: between flannel.1 and cni0", failing.First(r => r is { From: "node:node-2", Protocol: "icmp" }).FirstBrokenHop);
        Assert.Equal("node-1: between cni0 and flannel.1", failing.First(r => r is { From: "pod:default/shell-node-1", Protocol: "icmp" }).FirstBrokenHop);
        Assert.All(results.Where(r => r.Verdict == "ok"), r => Assert.Equal(("", ""), (r.FirstBrokenHop, r.Cause)));
    }

    [Theory]
    [InlineData("b-fdb-missing", "node-1", "node-2", "no FDB row on flannel.1 sends to 192.168.33.12")]
    [InlineData("d-route-missing", "node-2", "node-3", "no route to 10.244.92.0/24")]
    public async Task A_missing_overlay_part_is_named_in_both_directions(string recording, string node, string remote, string reason)
    {
        var failing = (await Clusters.RunAsync(Clusters.Open(recording))).Where(r => r.Verdict != "ok").ToList();

        Assert.Contains(failing, r => r.Node == node && r.ToNode == remote);
        Assert.Contains(failing, r => r.Node == remote && r.ToNode == node);
        Assert.All(failing, r =>
        {
            Assert.Equal(node, r.LostAt);
            Assert.StartsWith($"{node} to {remote}: {reason}", r.Cause, StringComparison.Ordinal);
            Assert.NotEmpty(r.Evidence);
        });
        Assert.Contains(failing, r => r.FirstBrokenHop == $"between flannel.1 of {node} and flannel.1 of {remote}");
    }

    [Fact]
    public async Task A_pair_without_a_recorded_flow_is_unknown_and_says_why()
    {
        var options = new ReachabilityOptions { Selections = [new([NamePattern.Literal("node:node-2")], [NamePattern.Literal("10.244.19.0")])] };

        var result = Assert.Single(await Clusters.RunAsync(Clusters.Open("a-forwarding-off"), options));

        Assert.Equal(("unknown", "flannel.1", "node:node-1"), (result.Verdict, result.Target, result.To));
        Assert.Contains("no recorded flow", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_isolation_only_the_verdicts_come()
    {
        var results = await Clusters.RunAsync(Clusters.Open("a-forwarding-off"), new() { Isolate = false });

        Assert.Contains(results, r => r.Verdict == "lost");
        Assert.All(results, r => Assert.Equal(("", "", 0), (r.Cause, r.FirstBrokenHop, r.Stages.Count)));
    }
}
