using System.Diagnostics;
using System.Management.Automation;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Ctrl+C in the middle: the prompt is back soon, and nothing is left on any node.</summary>
public sealed class InterruptTests(LabFixture fixture)
{
    [Fact]
    public async Task A_question_to_a_node_whose_tool_hangs_is_stopped()
    {
        using var shell = fixture.Connect();
        await using (await fixture.HangToolAsync("node-2", "bridge"))
            await StopAsync(shell, "Get-NodeBridge", "node-2", NodeTrouble.Hanging);
        Assert.Equal(3, shell.Run("Get-NodeBridge").Count);
    }

    [Fact]
    public async Task A_question_to_a_node_that_answers_nothing_is_stopped()
    {
        using var shell = fixture.Connect();
        var processes = NodeProcesses.Remember(fixture);
        await using (await fixture.FreezeSshAsync("node-3"))
        {
            // no command can be seen on the frozen node; the others' answers show that it was asked
            using var question = shell.Pipeline("Get-NodeBridge");
            using var answers = new PSDataCollection<PSObject>();
            var running = question.BeginInvoke<PSObject, PSObject>(null, answers);
            var clock = Stopwatch.StartNew();
            while (answers.Count < 2 && clock.Elapsed < TimeSpan.FromSeconds(10)) await Task.Delay(30, TestContext.Current.CancellationToken);
            Assert.Equal(2, answers.Count);
            AssertStops(question, running);
        }

        // the node reads this after all that was sent meanwhile: what it would have started, it has started then
        Assert.Equal(3, shell.Run("Get-NodeBridge").Count);
        await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Connecting_to_a_node_that_is_down_is_stopped_and_leaves_no_login_on_the_others()
    {
        _ = fixture.Lab;
        using var shell = new ModuleShell();
        var processes = NodeProcesses.Remember(fixture);
        using var connecting = shell.Pipeline($"Connect-GravityCluster {fixture.Addresses()}, 192.168.33.99 {fixture.Options()}");
        await using (await fixture.CutSshAsync("node-3"))
        {
            var running = connecting.BeginInvoke();
            await processes.WaitForAsync("node-1", "sshd: root@");
            await processes.WaitForAsync("node-2", "sshd: root@");
            AssertStops(connecting, running);
            await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
        }

        Assert.Empty(shell.Run("Get-GravityCluster"));
    }

    [Fact]
    public async Task A_reachability_test_in_the_middle_of_its_probes_is_stopped()
    {
        using var shell = fixture.Connect();
        await using (await fixture.BreakAsync("forwarding-off"))
            await StopAsync(shell, "Test-PodReachability -Count 20 -TimeoutSeconds 10", "node-2", "ping");
    }

    [Fact]
    public async Task A_capture_that_waits_for_packets_is_stopped()
    {
        using var shell = fixture.Connect();
        await StopAsync(shell, "Invoke-NodeCapture -Filter 'tcp port 9' -Seconds 60", "node-3", "tcpdump");
    }

    // stops the command when its words run on the node
    private async Task StopAsync(ModuleShell shell, string command, string node, string words)
    {
        var processes = NodeProcesses.Remember(fixture);
        using var pipeline = shell.Pipeline(command);
        var running = pipeline.BeginInvoke();
        await processes.WaitForAsync(node, words);
        AssertStops(pipeline, running);
        await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
    }

    private static void AssertStops(PowerShell pipeline, IAsyncResult running)
    {
        Assert.False(running.IsCompleted);
        var clock = Stopwatch.StartNew();
        pipeline.Stop();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"the prompt came back after {clock.Elapsed}");
        Assert.Equal(PSInvocationState.Stopped, pipeline.InvocationStateInfo.State);
    }
}
