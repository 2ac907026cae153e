using System.Diagnostics;
using System.Management.Automation;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Trouble after connecting: one clear error that names the node, the command and what to do, and the rest of the answer.</summary>
public sealed class BadDayTests(LabFixture fixture)
{
    [Fact]
    public async Task A_tool_that_hangs_is_ended_on_its_node_when_the_time_is_up()
    {
        using var shell = fixture.Connect("-TimeoutSeconds 2");
        await using (await fixture.HangToolAsync("node-2", "bridge"))
        {
            var processes = NodeProcesses.Remember(fixture);
            var clock = Stopwatch.StartNew();
            Assert.Equal(["node-1", "node-3"], shell.Try("Get-NodeBridge | ForEach-Object Node | Sort-Object").Select(n => n.ToString()));
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(8), $"it took {clock.Elapsed}");
            AssertError(Assert.Single(shell.Errors), "TimedOut,GravityNet.Cmdlets.GetNodeBridgeCommand", "node-2", "did not end within 2 s", "tool on it hangs");
            await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(3, shell.Run("Get-NodeBridge").Count);
    }

    [Fact]
    public async Task A_node_that_answers_nothing_any_more_does_not_hold_up_the_others()
    {
        using var shell = fixture.Connect("-TimeoutSeconds 2");
        await using (await fixture.CutSshAsync("node-2"))
        {
            var clock = Stopwatch.StartNew();
            for (var question = 0; question < 3; question++)
            {
                Assert.Equal(["node-1", "node-3"], shell.Try("Get-NodeBridge | ForEach-Object Node | Sort-Object").Select(n => n.ToString()));
                AssertError(Assert.Single(shell.Errors), "ConnectionLost,GravityNet.Cmdlets.GetNodeBridgeCommand", "node-2", "cannot be made again", "Then ask again");
            }

            // the first finds out that the connection is dead and that no other is made; the second and third know
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"it took {clock.Elapsed}");
        }

        for (var clock = Stopwatch.StartNew(); shell.Try("Get-NodeBridge").Count < 3;) Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_node_that_is_cut_off_in_the_middle_ends_the_command_by_itself()
    {
        using var shell = fixture.Connect("-TimeoutSeconds 20");
        await using (await fixture.HangToolAsync("node-2", "bridge"))
        {
            var processes = NodeProcesses.Remember(fixture);
            using var question = shell.Pipeline("Get-NodeBridge node-2");
            var running = question.BeginInvoke();
            await processes.WaitForAsync("node-2", NodeTrouble.Hanging);
            await using (await fixture.CutSshAsync("node-2"))
                await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(8));

            Assert.Empty(question.EndInvoke(running));
            AssertError(Assert.Single(question.Streams.Error), "ConnectionLost,GravityNet.Cmdlets.GetNodeBridgeCommand", "node-2", "192.168.33.12:22", "Connect-GravityCluster");
        }
    }

    [Fact]
    public async Task A_connection_that_froze_is_left_for_a_new_one_and_nothing_of_it_stays()
    {
        var processes = NodeProcesses.Remember(fixture);
        using var shell = fixture.Connect("-TimeoutSeconds 4");
        await using (await fixture.FreezeSshAsync("node-2"))
        {
            var clock = Stopwatch.StartNew();
            Assert.Equal(3, shell.Run("Get-NodeBridge -Verbose").Count);
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"it took {clock.Elapsed}");
            Assert.Contains(shell.Streams.Verbose, v => v.Message.StartsWith("node-2: the connection to 192.168.33.12:22 had died", StringComparison.Ordinal));
        }

        // what the frozen one would have started, it has started then
        Assert.Equal(3, shell.Run("Get-NodeBridge").Count);
        shell.Run("Disconnect-GravityCluster");
        await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_connection_that_ended_between_two_questions_is_made_anew()
    {
        using var shell = fixture.Connect();
        await fixture.EndSshAsync("node-3");
        const string note = "node-3: the connection to 192.168.33.13:22 had died and was made anew";
        for (var question = 0; question < 2; question++)
        {
            Assert.Equal(3, shell.Run("Get-NodeBridge -Verbose").Count);
            Assert.Equal(question == 0 ? 1 : 0, shell.Streams.Verbose.Count(v => v.Message == note));
        }
    }

    [Fact]
    public async Task A_missing_tool_is_named_with_its_node_and_package()
    {
        using var shell = fixture.Connect();
        await using (await fixture.HideToolAsync("node-2", "bridge"))
        {
            var entries = shell.Try("Get-VxlanFdb | ForEach-Object { \"$($_.Node) $($_.Status)\" } | Sort-Object").Select(e => e.ToString()).ToList();
            Assert.Equal(3, entries.Count(e => e == "node-1 ok"));
            Assert.Equal(3, entries.Count(e => e == "node-3 ok"));
            Assert.Equal(["node-2 ok", "node-2 unknown", "node-2 unknown"], entries.Where(e => e.StartsWith("node-2", StringComparison.Ordinal)));
            AssertError(Assert.Single(shell.Errors), "CommandMissing,GravityNet.Cmdlets.GetVxlanFdbCommand", "node-2", "'bridge'", "iproute2");
        }

        Assert.Equal(9, shell.Run("Get-VxlanFdb | Where-Object Status -eq ok").Count);
    }

    [Fact]
    public async Task Etcd_without_an_answer_is_one_error_and_what_it_holds_is_unknown()
    {
        using var shell = fixture.Connect();
        await using (await fixture.FreezeEtcdAsync())
        {
            var clock = Stopwatch.StartNew();
            Assert.Equal(["unknown"], shell.Try("Get-VxlanFdb | ForEach-Object Status").Select(s => s.ToString()).Distinct());
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(9), $"it took {clock.Elapsed}");
            var error = Assert.Single(shell.Errors);
            AssertError(error, "Unreachable,GravityNet.Cmdlets.GetVxlanFdbCommand", fixture.Status.Etcd, "etcd", "-Etcd");
            Assert.Empty(shell.Try("Get-OverlayLease"));
            Assert.StartsWith("Unreachable,", Assert.Single(shell.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        }

        Assert.Equal(3, shell.Run("Get-OverlayLease").Count);
    }

    [Fact]
    public void A_name_that_nothing_has_is_one_error_that_lists_the_known_ones()
    {
        using var shell = fixture.Connect();
        Assert.Single(shell.Try("Get-NodeBridge node-1, node-9"));
        AssertError(Assert.Single(shell.Errors), "NodeNotFound,GravityNet.Cmdlets.GetNodeBridgeCommand", "node-9", "node-9", "node-1, node-2, node-3");
        Assert.Equal(3, shell.Try("Get-ServiceNatChain web, nosuch").Count);
        AssertError(Assert.Single(shell.Errors), "ServiceNotFound,GravityNet.Cmdlets.GetServiceNatChainCommand", "nosuch", "nosuch", "kube-system/kube-dns");
        Assert.Empty(shell.Try("Test-PodReachability -From node:node-1 -To pod:default/nosuch"));
        AssertError(Assert.Single(shell.Errors), "PodNotFound,GravityNet.Cmdlets.TestPodReachabilityCommand", "default/nosuch", "nosuch", "default/shell-node-1");
    }

    private static void AssertError(ErrorRecord error, string id, string target, string words, string remedy)
    {
        Assert.Equal(id, error.FullyQualifiedErrorId);
        Assert.Equal(target, error.TargetObject);
        Assert.Contains(target, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(remedy, error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }
}
