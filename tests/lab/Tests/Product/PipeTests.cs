using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>One command's objects as the next one's question.</summary>
public sealed class PipeTests(LabFixture fixture, ConnectedShell connected) : IClassFixture<ConnectedShell>
{
    private ModuleShell Shell => connected.Shell;

    [Fact]
    public void Leases_lead_to_their_nodes_overlay_entries_and_bridges()
    {
        _ = fixture.Lab;
        Assert.Equal(9, Shell.Run("Get-OverlayLease | Get-VxlanFdb").Count);
        Assert.Equal(["node-2", "node-2", "node-2"], Shell.Lines("Get-OverlayLease node-2 | Get-VxlanFdb | ForEach-Object Node"));
        Assert.Equal(["node-1", "node-2", "node-3"], Shell.Lines("Get-OverlayLease | Get-NodeBridge | ForEach-Object Node | Sort-Object"));
    }

    [Fact]
    public async Task A_wrong_overlay_entry_leads_to_the_pairs_that_it_breaks()
    {
        await using (await fixture.BreakAsync("fdb-missing"))
        {
            var failing = Shell.Lines("Get-VxlanFdb | Where-Object Status -ne ok | Test-PodReachability | Where-Object Verdict -ne ok | ForEach-Object { \"$($_.Node) $($_.ToNode) $($_.LostAt)\" }");
            Assert.NotEmpty(failing);
            Assert.All(failing, f => Assert.Contains(f, new[] { "node-1 node-2 node-1", "node-2 node-1 node-1" }));
            Assert.Contains("node-1 node-2 node-1", failing);
        }

        Assert.Empty(Shell.Run("Get-VxlanFdb | Where-Object Status -ne ok | Test-PodReachability"));
    }

    [Fact]
    public async Task A_bridge_leads_to_the_packets_that_cross_it()
    {
        _ = fixture.Lab;
        _ = Shell;
        var processes = NodeProcesses.Remember(fixture);
        using var capture = Shell.Pipeline("Get-NodeBridge -Node node-1 | Invoke-NodeCapture -Filter icmp -Count 2 -Seconds 20 | ForEach-Object { \"$($_.Node) $($_.Interface) $($_.Protocol)\" }");
        var running = capture.BeginInvoke();
        await processes.WaitForAsync("node-1", "tcpdump");
        while (!running.IsCompleted) await fixture.PingsAsync("shell-node-1", "shell-node-3");
        Assert.Equal(["node-1 cni0 icmp", "node-1 cni0 icmp"], capture.EndInvoke(running).Select(p => p.ToString()));
    }

    [Fact]
    public async Task A_lost_ping_leads_to_the_reply_that_comes_to_the_bridge_and_not_to_the_overlay()
    {
        await using (await fixture.BreakAsync("forwarding-off"))
        {
            var sightings = Shell.Lines("""
                Test-PodReachability -From node:node-2 -To pod:default/shell-node-1 | Where-Object Verdict -ne ok | Invoke-NodeCapture |
                    Where-Object Info -like 'ICMP echo*' | ForEach-Object { "$($_.Node) $($_.Interface) $($_.Info.Split(',')[0])" }
                """);
            Assert.Contains("node-1 flannel.1 ICMP echo request", sightings);
            Assert.Contains("node-1 cni0 ICMP echo request", sightings);
            Assert.Contains("node-1 cni0 ICMP echo reply", sightings);
            Assert.DoesNotContain("node-1 flannel.1 ICMP echo reply", sightings);
            Assert.DoesNotContain("node-2 flannel.1 ICMP echo reply", sightings);
            Assert.Contains("node-2 flannel.1 ICMP echo request", sightings);
        }
    }

    [Fact]
    public void A_services_chain_leads_to_tests_of_its_address_and_endpoints()
    {
        var addresses = fixture.Status.Pods.Where(p => p.App == "kube-dns").Select(p => p.Ip).Append(fixture.Status.Service("kube-dns").ClusterIp).Order(StringComparer.Ordinal).ToList();
        var results = Shell.Lines("Get-ServiceNatChain kube-dns | Test-PodReachability | ForEach-Object { \"$($_.Node) $($_.Address) $($_.Verdict)\" }");
        foreach (var node in fixture.Status.Nodes)
            Assert.Equal(addresses.Select(a => $"{node.Name} {a} ok"), results.Where(r => r.StartsWith(node.Name, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));
    }
}
