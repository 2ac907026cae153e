using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary><c>Test-PodReachability</c> on recordings, where recorded flows answer for probes.</summary>
public sealed class ReachabilityTests
{
    [Fact]
    public void A_healthy_matrix_is_all_ok()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(["ok"], shell.Lines("Test-PodReachability | ForEach-Object Verdict | Sort-Object -Unique"));
        Assert.Equal(["dns", "icmp"], shell.Lines("Test-PodReachability | ForEach-Object Protocol | Sort-Object -Unique"));
    }

    [Fact]
    public void A_failing_pair_reads_as_ping_does_with_hop_cause_and_proof_below()
    {
        using var shell = ModuleShell.OnRecording("a-forwarding-off", 200);
        Assert.Equal(
            """
            node:node-2 -> pod:default/shell-node-1 (10.244.19.2) icmp: lost, 1 transmitted, 0 received, recorded: 0 of 1 answered
                first broken hop: node-1: between flannel.1 and cni0
                cause: forwarding is off on cni0 of node-1: what arrives from the pods is not routed onwards
                    node-1 ip-netconf:4: inet cni0 forwarding off rp_filter off mc_forwarding off proxy_neigh off ignore_routes_with_linkdown off
            """,
            shell.Render("Test-PodReachability node:node-2 default/shell-node-1"));
        Assert.StartsWith("Verdict", shell.Render("Test-PodReachability node-2 default/shell-node-1 | Format-Table").TrimStart(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_row_of_the_fdb_is_tested_in_both_directions()
    {
        using var shell = ModuleShell.OnRecording("b-fdb-missing");
        var pairs = shell.Lines("Get-VxlanFdb | Where-Object Status -ne ok | Test-PodReachability | ForEach-Object { \"$($_.From) $($_.ToNode) $($_.Target)\" }");
        Assert.Equal(
            ["node:node-1 node-2 cni0", "node:node-1 node-2 flannel.1", "node:node-1 node-2 pod", "node:node-2 node-1 cni0", "node:node-2 node-1 flannel.1", "node:node-2 node-1 pod"],
            pairs.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Results_can_be_tested_again()
    {
        using var shell = ModuleShell.OnRecording("a-forwarding-off");
        Assert.Equal(
            shell.Lines("Test-PodReachability | Where-Object Verdict -ne ok | ForEach-Object ToString | Sort-Object"),
            shell.Lines("Test-PodReachability | Where-Object Verdict -ne ok | Test-PodReachability | ForEach-Object ToString | Sort-Object"));
    }

    [Fact]
    public void A_service_chain_is_tested_from_its_node_with_each_endpoint()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        var tested = shell.Lines("Get-ServiceNatChain -Service web -Namespace default -Node node-1 | Test-PodReachability | ForEach-Object { \"$($_.From) $($_.To) $($_.Port)\" }");
        Assert.Contains("node:node-1 service:default/web 3009", tested);
        Assert.Contains(tested, t => t.StartsWith("node:node-1 pod:default/web-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Test-PodReachability -To default/nothing", "PodNotFound", "default/shell-node-1")]
    [InlineData("Test-PodReachability -From node:node-9", "NodeNotFound", "node-1, node-2, node-3")]
    [InlineData("Test-PodReachability -To service:default/nothing", "ServiceNotFound", "kube-system/kube-dns")]
    [InlineData("Test-PodReachability -Node node-9", "NodeNotFound", "node-1, node-2, node-3")]
    [InlineData("'text' | Test-PodReachability", "InputNotSupported", "-From and -To")]
    public void What_is_not_there_is_one_error_that_says_what_is(string command, string id, string known)
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Empty(shell.Try(command));
        var error = Assert.Single(shell.Errors);
        Assert.Equal($"{id},GravityNet.Cmdlets.TestPodReachabilityCommand", error.FullyQualifiedErrorId);
        Assert.Contains(known, error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Patterns_that_match_nothing_are_no_error_and_a_matrix_of_nothing_is_a_warning()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Empty(shell.Run("Test-PodReachability -To 'default/nothing*'"));
        Assert.StartsWith("There is nothing to probe", Assert.Single(shell.Streams.Warning).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_levels_of_json_hold_all_of_a_result()
    {
        using var shell = ModuleShell.OnRecording("a-forwarding-off");
        var json = Assert.Single(shell.Lines("Test-PodReachability node:node-2 default/shell-node-1 | ConvertTo-Json -Depth 2"));
        Assert.Empty(shell.Streams.Warning);
        Assert.Contains("\"Verdict\": \"lost\"", json, StringComparison.Ordinal);
        Assert.Contains("ip-netconf:4", json, StringComparison.Ordinal);
    }
}
