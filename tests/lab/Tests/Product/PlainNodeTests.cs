using System.Diagnostics;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>One node has busybox, sshd, tcpdump and iptables, and no other tool that a question asks.</summary>
public sealed class PlainNodeTests(LabFixture fixture)
{
    private const string Ports = "Get-NodeBridge node-2 | ForEach-Object { $_.Ports } | ForEach-Object { \"$($_.Interface) $($_.Namespace)/$($_.Pod) $($_.Address) $($_.PairedBy)\" } | Sort-Object";
    private const string Pairs = "Test-PodReachability -Node node-2 | ForEach-Object { \"$($_.From) $($_.To) $($_.Protocol) $($_.Verdict)\" } | Sort-Object";

    [Fact]
    public async Task Busybox_answers_each_question_but_what_only_bridge_knows()
    {
        IReadOnlyList<string> ports, pairs;
        using (var full = fixture.Connect()) (ports, pairs) = (full.Lines(Ports), full.Lines(Pairs));

        await using (await fixture.LeaveBusyboxAsync("node-2"))
        {
            var before = NodeProcesses.Remember(fixture);
            using (var shell = fixture.Connect())
            {
                Assert.Equal(ports, shell.Lines(Ports));
                Assert.Equal(pairs, shell.Lines(Pairs));
                Assert.Equal(["ok"], shell.Lines("Test-PodReachability node:node-2 service:default/web -Protocol Tcp | ForEach-Object Verdict"));
                Assert.Equal(["ok nf_tables"], shell.Lines("Get-ServiceNatChain web node-2 | ForEach-Object { \"$($_.Status) $($_.Flavor)\" }"));

                Assert.Equal(["node-2 ok", "node-2 unknown", "node-2 unknown"], shell.Try("Get-VxlanFdb node-2 | ForEach-Object { \"$($_.Node) $($_.Status)\" } | Sort-Object").Select(e => e.ToString()));
                var error = Assert.Single(shell.Errors);
                Assert.Equal("CommandMissing,GravityNet.Cmdlets.GetVxlanFdbCommand", error.FullyQualifiedErrorId);
                Assert.Contains("iproute2", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);

                var packets = shell.Run("Test-PodReachability node:node-2 node:node-1 | Select-Object -First 1 | Invoke-NodeCapture");
                Assert.Contains(packets, p => (string)p.Properties["Node"].Value == "node-2");
                shell.Run("Disconnect-GravityCluster");
            }

            await before.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
        }

        using var healed = fixture.Connect();
        Assert.Equal(3, healed.Lines("Get-VxlanFdb node-2 | Where-Object Status -eq ok").Count);
    }

    [Fact]
    public async Task A_stop_ends_a_tool_that_hangs_there()
    {
        await using (await fixture.LeaveBusyboxAsync("node-2"))
        {
            using var shell = fixture.Connect();
            await using (await fixture.HangToolAsync("node-2", "iptables-save"))
            {
                var before = NodeProcesses.Remember(fixture);
                using var question = shell.Pipeline("Get-ServiceNatChain web node-2");
                question.BeginInvoke();
                await before.WaitForAsync("node-2", NodeTrouble.Hanging);
                var clock = Stopwatch.StartNew();
                question.Stop();
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"it took {clock.Elapsed}");
                await before.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
            }

            shell.Run("Disconnect-GravityCluster");
        }
    }
}
