using System.Diagnostics;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Invoke-NodeCapture on running nodes: the same packet on every interface that it passes, bounded, and nothing left behind.</summary>
public sealed class CaptureTests(LabFixture fixture, ConnectedShell connected) : IClassFixture<ConnectedShell>
{
    private ModuleShell Shell => connected.Shell;

    [Fact]
    public async Task A_ping_between_pods_is_seen_on_every_interface_of_both_nodes_through_vxlan()
    {
        var from = fixture.Status.Pod("shell-node-2").Ip;
        var to = fixture.Status.Pod("shell-node-1").Ip;
        _ = Shell;
        var processes = NodeProcesses.Remember(fixture);
        using var capture = Shell.Pipeline($"Invoke-NodeCapture node-1, node-2 -Filter 'icmp and host {to}' -Seconds 4");
        var running = capture.BeginInvoke();
        foreach (var node in new[] { "node-1", "node-2" })
        {
            foreach (var name in new[] { "cni0", "flannel.1", "eth0" }) await processes.WaitForAsync(node, $"tcpdump -U -n --immediate-mode -i {name}");
        }

        // a capture listens a moment after its process is there
        while (!running.IsCompleted) Assert.True(await fixture.PingsAsync("shell-node-2", "shell-node-1"));
        var packets = capture.EndInvoke(running).Select(p => (
            Place: $"{p.Properties["Node"].Value} {p.Properties["Interface"].Value}",
            Way: $"{p.Properties["Source"].Value} > {p.Properties["Destination"].Value}",
            Outer: $"{p.Properties["OuterSource"].Value} > {p.Properties["OuterDestination"].Value} {p.Properties["Vni"].Value} {p.Properties["OuterPort"].Value}",
            Info: $"{p.Properties["Info"].Value}")).Where(p => p.Info.StartsWith("ICMP echo", StringComparison.Ordinal)).ToList();

        Assert.Empty(capture.Streams.Error);
        Assert.Equal(["node-1 cni0", "node-1 eth0", "node-1 flannel.1", "node-2 cni0", "node-2 eth0", "node-2 flannel.1"], packets.Select(p => p.Place).Distinct().Order(StringComparer.Ordinal));
        foreach (var place in packets.GroupBy(p => p.Place))
        {
            Assert.Contains(place, p => p.Way == $"{from} > {to}" && p.Info.StartsWith("ICMP echo request", StringComparison.Ordinal));
            Assert.Contains(place, p => p.Way == $"{to} > {from}" && p.Info.StartsWith("ICMP echo reply", StringComparison.Ordinal));
        }

        Assert.All(packets.Where(p => !p.Place.EndsWith("eth0", StringComparison.Ordinal)), p => Assert.Equal(" >   ", p.Outer));
        Assert.All(packets.Where(p => p.Place.EndsWith("eth0", StringComparison.Ordinal)), p => Assert.Equal(
            p.Way.StartsWith(from, StringComparison.Ordinal) ? "192.168.33.12 > 192.168.33.11 1 8472" : "192.168.33.11 > 192.168.33.12 1 8472", p.Outer));
        await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Count_ends_a_capture_before_its_seconds()
    {
        _ = fixture.Lab;
        _ = Shell;
        var processes = NodeProcesses.Remember(fixture);
        var clock = Stopwatch.StartNew();
        using var capture = Shell.Pipeline("Invoke-NodeCapture node-1 cni0 -Filter icmp -Count 3 -Seconds 60");
        var running = capture.BeginInvoke();
        await processes.WaitForAsync("node-1", "tcpdump");
        while (!running.IsCompleted && clock.Elapsed < TimeSpan.FromSeconds(20)) await fixture.PingsAsync("shell-node-1", "shell-node-2");
        Assert.Equal(3, capture.EndInvoke(running).Count);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"it took {clock.Elapsed}");
        await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Seconds_end_a_capture_that_sees_nothing()
    {
        _ = fixture.Lab;
        _ = Shell;
        var processes = NodeProcesses.Remember(fixture);
        var clock = Stopwatch.StartNew();
        Assert.Empty(Shell.Run("Invoke-NodeCapture -Interface flannel.1 -Filter 'tcp port 9' -Seconds 1"));
        Assert.InRange(clock.Elapsed.TotalSeconds, 1, 6);
        await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_node_without_tcpdump_is_one_error_and_the_others_capture()
    {
        _ = fixture.Lab;
        _ = Shell;
        await using (await fixture.HideToolAsync("node-2", "tcpdump"))
        {
            Shell.Try("Invoke-NodeCapture node-1, node-2 flannel.1 -Filter icmp -Seconds 1 -Verbose");
            var error = Assert.Single(Shell.Errors);
            Assert.Equal("node-2", error.TargetObject);
            Assert.Contains("node-2", error.ToString(), StringComparison.Ordinal);
            Assert.Contains("tcpdump", error.ToString(), StringComparison.Ordinal);
            Assert.Contains("nstall", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
            Assert.Contains(Shell.Streams.Verbose, v => v.Message.StartsWith("node-1 flannel.1: ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void An_interface_that_is_not_there_is_one_error()
    {
        _ = fixture.Lab;
        Shell.Try("Invoke-NodeCapture node-3 nosuch0 -Seconds 1");
        var error = Assert.Single(Shell.Errors);
        Assert.Equal("node-3", error.TargetObject);
        Assert.Contains("nosuch0", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_that_tcpdump_does_not_understand_is_said_so()
    {
        _ = fixture.Lab;
        Shell.Try("Invoke-NodeCapture node-3 cni0 -Filter 'no such words; $(touch /run/oops)' -Seconds 1");
        var error = Assert.Single(Shell.Errors);
        Assert.Equal("node-3", error.TargetObject);
        Assert.Contains("syntax", error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists($"/proc/{fixture.Status.Node("node-3").Pid}/root/run/oops"));
    }
}
