using System.Diagnostics;
using System.Management.Automation;
using GravityNet.Labs;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>
/// flanneld's log on nodes, in each place that it may be in. No flanneld runs in the lab: its messages are put into a real journal, which the node's journalctl reads, and into
/// a file as a container runtime's.
/// </summary>
public sealed class FlannelLogTests(LabFixture fixture)
{
    private static string Added(int subnet) => $"I1123 17:08:19.427401     692 vxlan_network.go:138] adding subnet: 10.244.{subnet}.0/24 PublicIP: 192.168.33.12 VtepMAC: 62:4f:73:05:24:e1";
    private const string PodLog = "/var/log/pods/kube-flannel_kube-flannel-ds-x7k2m_0b3c1b4e/kube-flannel/0.log";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Journal_and_pods_log_are_found_and_a_node_without_either_is_one_error()
    {
        await using var journal = await JournalAsync(fixture.Lab, "node-2");
        await journal.SayAsync(Added(65), "E1123 17:09:00.000001     692 main.go:382] Error renewing lease (trying again in 1 min): etcd cluster is unavailable");
        var wrote = await fixture.OnNodeAsync("node-3", $$"""
            mkdir -p "$(dirname {{PodLog}})"
            echo '2026-11-23T17:00:00.1Z stderr F I1123 17:00:00.100000       1 main.go:315] Wrote subnet file to /run/flannel/subnet.env' > {{PodLog}}
            """);
        Assert.True(wrote.Succeeded, wrote.Error);
        try
        {
            using var shell = fixture.Connect();
            var said = shell.Try("Get-FlannelLog -Verbose | Sort-Object Node, Time | ForEach-Object { \"$($_.Node) $($_.Kind) $($_.Subnet) $($_.Level)\" }").Select(o => o.ToString()).ToList();
            Assert.Equal(["node-2 SubnetAdded 10.244.65.0/24 info", "node-2 LeaseRenewalFailed  error", "node-3 WroteSubnetFile  info"], said);
            var error = Assert.Single(shell.Errors);
            Assert.StartsWith("CommandFailed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal("node-1", error.TargetObject);
            Assert.Contains(shell.Streams.Verbose, v => v.Message == "node-2: read from flanneld's journal");
            Assert.Contains(shell.Streams.Verbose, v => v.Message == "node-3: read from the log of flannel's pod");
            // the journal's own time, with its year
            Assert.InRange((DateTimeOffset)shell.Run("(Get-FlannelLog node-2)[0].Time").Single().BaseObject, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
            Assert.Equal(2, shell.Run("Get-FlannelLog node-2 -Since 10m").Count);
            Assert.Empty(shell.Run("Get-FlannelLog node-2 -Since ([DateTime]::Now.AddMinutes(5))"));
        }
        finally
        {
            await fixture.OnNodeAsync("node-3", "rm -r /var/log/pods");
        }
    }

    [Fact]
    public async Task Following_tells_each_entry_until_it_is_stopped_and_leaves_nothing()
    {
        await using var journal = await JournalAsync(fixture.Lab, "node-2");
        await journal.SayAsync(Added(65));
        using var shell = fixture.Connect();
        await FollowAsync(shell, journal, NodeProcesses.Remember(fixture), "node-2");
    }

    [Fact]
    public async Task In_Planet_it_is_found_and_followed_there()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        await using var journal = await JournalAsync(lab, "node-1");
        await journal.SayAsync(Added(65));
        var status = lab.Status;
        using var shell = new ModuleShell();
        shell.Run($"$null = Connect-GravityCluster {status.Node("node-1").Address} -KeyFile '{status.KeyFile}' -KnownHostsFile '{status.KnownHosts}'");
        var said = shell.Run("Get-FlannelLog -Verbose");
        Assert.Equal("10.244.65.0/24", Assert.Single(said).Properties["Subnet"].Value.ToString());
        Assert.Contains(shell.Streams.Verbose, v => v.Message == "node-1: read from flanneld's journal in Planet");
        await FollowAsync(shell, journal, NodeProcesses.Remember(status), "node-1");
    }

    private static async Task FollowAsync(ModuleShell shell, NodeJournal journal, NodeProcesses processes, string node)
    {
        using var pipeline = shell.Pipeline($"Get-FlannelLog {node} -Follow");
        using var events = new PSDataCollection<PSObject>();
        var running = pipeline.BeginInvoke<PSObject, PSObject>(null, events);
        await UntilAsync(() => events.Count == 1, "the last entry was not told");
        await journal.SayAsync(Added(92));
        await UntilAsync(() => events.Count == 2, "the new entry was not told");
        Assert.Equal(("SubnetAdded", "10.244.92.0/24"), ($"{events[1].Properties["Kind"].Value}", $"{events[1].Properties["Subnet"].Value}"));
        Assert.False(running.IsCompleted);
        await processes.WaitForAsync(node, "journalctl");
        var clock = Stopwatch.StartNew();
        pipeline.Stop();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"the prompt came back after {clock.Elapsed}");
        await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(8));

        async Task UntilAsync(Func<bool> done, string otherwise)
        {
            for (var wait = Stopwatch.StartNew(); !done(); await Task.Delay(30, Cancel))
            {
                // going through a collection that is still written waits for its end
                var errors = pipeline.Streams.Error;
                Assert.True(wait.Elapsed < TimeSpan.FromSeconds(30), $"{otherwise}: {(errors.Count > 0 ? errors[0] : "no error")}");
            }
        }
    }

    private static async Task<NodeJournal> JournalAsync(Lab lab, string node)
    {
        var journal = new NodeJournal(lab, node);
        await journal.RunAsync("mkdir -p /var/log/journal; rm -rf /var/log/journal/*; [ -s /etc/machine-id ] || echo 0123456789abcdef0123456789abcdef > /etc/machine-id");
        return journal;
    }

    /// <summary>A node's journal; in Planet where the node has it.</summary>
    private sealed class NodeJournal(Lab lab, string node) : IAsyncDisposable
    {
        private int _said;

        /// <summary>Adds entries of flanneld's service, as journald would.</summary>
        public Task SayAsync(params string[] messages) => RunAsync(string.Join('\n', messages.Select(message => $$"""
            id=$(cat /etc/machine-id)
            mkdir -p "/var/log/journal/$id"
            /lib/systemd/systemd-journal-remote -o "/var/log/journal/$id/remote.journal" - <<END
            __REALTIME_TIMESTAMP=$(date +%s)000{{++_said:000}}
            __MONOTONIC_TIMESTAMP={{_said}}
            _BOOT_ID=$(tr -d - < /proc/sys/kernel/random/boot_id)
            _MACHINE_ID=$id
            _HOSTNAME={{node}}
            _SYSTEMD_UNIT=flanneld.service
            SYSLOG_IDENTIFIER=flanneld
            _PID=692
            MESSAGE={{message}}

            END
            """)));

        public async Task RunAsync(string script)
        {
            var ran = await lab.OnNodeAsync(node, ["sh", "-eu"], script, cancellationToken: Cancel);
            Assert.True(ran.Succeeded, ran.Error);
        }

        public async ValueTask DisposeAsync() => await lab.OnNodeAsync(node, ["sh", "-eu"], "rm -rf /var/log/journal", cancellationToken: CancellationToken.None);
    }
}
