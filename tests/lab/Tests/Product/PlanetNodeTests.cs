using System.Diagnostics;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>A node of Gravity's: bridge, brctl, iptables and tcpdump are in Planet, and the host has ip, nsenter and gravity.</summary>
public sealed class PlanetNodeTests(LabFixture fixture)
{
    private const string Node = "node-1";

    [Fact]
    public async Task Each_question_is_answered_and_what_the_host_lacks_is_asked_in_one_run_inside()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        using var shell = await ConnectAsync();

        Assert.Equal(["ok", "ok", "ok"], shell.Lines("Get-VxlanFdb -Verbose | ForEach-Object Status"));
        Assert.Contains(shell.Streams.Verbose, v => v.Message.StartsWith("node-1: gravity exec bridge fdb show ", StringComparison.Ordinal));
        // brctl is missing too, and /sys tells what it would
        var ports = shell.Lines("Get-NodeBridge -Verbose | ForEach-Object { $_.Ports } | ForEach-Object { \"$($_.Pod) $($_.PairedBy)\" } | Sort-Object");
        Assert.Equal(lab.Status.Pods.Where(p => p.Node == Node).Select(p => $"{p.Name} veth").Order(StringComparer.OrdinalIgnoreCase), ports, StringComparer.OrdinalIgnoreCase);
        Assert.Single(shell.Streams.Verbose, v => v.Message.Contains("gravity exec", StringComparison.Ordinal));
        Assert.Equal(["ok legacy"], shell.Lines("Get-ServiceNatChain web | ForEach-Object { \"$($_.Status) $($_.Flavor)\" }"));
        Assert.Equal(["10.244.0.0/16"], shell.Lines("(Get-GravityCluster).OverlayNetwork"));
        Assert.DoesNotContain(shell.Lines("Test-PodReachability -Node node-1 | ForEach-Object Verdict"), v => v != "ok");
    }

    [Fact]
    public async Task A_capture_runs_inside_and_its_end_ends_it_there()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        using var shell = await ConnectAsync();
        var processes = NodeProcesses.Remember(lab.Status);

        // ended by its count
        var pinging = PingAsync(lab);
        var packets = shell.Run("Invoke-NodeCapture node-1 cni0 -Filter icmp -Count 2 -Seconds 20");
        await pinging;
        Assert.Equal(2, packets.Count);
        Assert.All(packets, p => Assert.Equal("icmp", p.Properties["Protocol"].Value));
        await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));

        // ended by Ctrl+C
        using var capture = shell.Pipeline("Invoke-NodeCapture node-1 cni0 -Filter 'port 9' -Seconds 60");
        var running = capture.BeginInvoke();
        await processes.WaitForAsync(Node, "tcpdump -U");
        await AssertStopsAsync(capture, processes);

        // ended by its seconds
        Assert.Empty(shell.Run("Invoke-NodeCapture node-1 cni0 -Filter 'port 9' -Seconds 1"));
        await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_tool_that_hangs_inside_is_ended_there()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        using var shell = await ConnectAsync();
        await using (await lab.HangToolAsync(Node, "bridge"))
        {
            var processes = NodeProcesses.Remember(lab.Status);
            using var question = shell.Pipeline("Get-VxlanFdb");
            question.BeginInvoke();
            await processes.WaitForAsync(Node, NodeTrouble.Hanging);
            await AssertStopsAsync(question, processes);

            using var hasty = await ConnectAsync("-TimeoutSeconds 2");
            processes = NodeProcesses.Remember(lab.Status);
            Assert.Empty(hasty.Try("Get-VxlanFdb"));
            Assert.Equal("TimedOut,GravityNet.Cmdlets.GetVxlanFdbCommand", Assert.Single(hasty.Errors).FullyQualifiedErrorId);
            await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(3, shell.Run("Get-VxlanFdb").Count);
    }

    [Fact]
    public async Task The_rules_of_Planets_flavor_are_read_beside_those_of_the_hosts()
    {
        // as on a host of today: its own iptables writes to nf_tables, and Planet's legacy rules are invisible to it
        var lab = await fixture.VariantAsync(Variants.Gravity);
        using var shell = await ConnectAsync();
        await OnHostAsync("cp /proc/$(cat /run/planet/init.pid)/root/usr/sbin/xtables-nft-multi /usr/sbin/ && ln -s xtables-nft-multi /usr/sbin/iptables-save && iptables-save -V");
        try
        {
            Assert.Equal(["ok legacy"], shell.Lines("Get-ServiceNatChain web -Verbose | ForEach-Object { \"$($_.Status) $($_.Flavor)\" }"));
            Assert.Single(shell.Streams.Verbose, v => v.Message.StartsWith("node-1: iptables-save -c ", StringComparison.Ordinal));
            Assert.Single(shell.Streams.Verbose, v => v.Message.StartsWith("node-1: gravity exec iptables-save -c ", StringComparison.Ordinal));
        }
        finally
        {
            await OnHostAsync("rm /usr/sbin/xtables-nft-multi /usr/sbin/iptables-save");
        }

        async Task OnHostAsync(string script)
        {
            var answer = await fixture.Lab.OutsideAsync(
                ["ssh", "-F", "none", "-i", lab.Status.KeyFile, "-o", $"UserKnownHostsFile={lab.Status.KnownHosts}", "-o", "BatchMode=yes", $"root@{lab.Status.Node(Node).Address}", script],
                cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(answer.Succeeded, answer.Error);
        }
    }

    [Fact]
    public async Task A_tool_that_Planet_lacks_too_is_named_and_the_rest_is_answered()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        using var shell = await ConnectAsync();
        await using (await lab.HideToolAsync(Node, "bridge"))
        {
            Assert.Equal(["ok", "unknown", "unknown"], shell.Try("Get-VxlanFdb | ForEach-Object Status | Sort-Object").Select(s => s.ToString()));
            var error = Assert.Single(shell.Errors);
            Assert.Equal("CommandMissing,GravityNet.Cmdlets.GetVxlanFdbCommand", error.FullyQualifiedErrorId);
            Assert.Contains("and not in Planet either", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(["ok", "ok", "ok"], shell.Lines("Get-VxlanFdb | ForEach-Object Status"));
    }

    private async Task<ModuleShell> ConnectAsync(string options = "")
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        var etcd = lab.Status.EtcdTls!;
        var shell = new ModuleShell();
        shell.Run(
            $"$null = Connect-GravityCluster {lab.Status.Node(Node).Address} -KeyFile '{lab.Status.KeyFile}' -KnownHostsFile '{lab.Status.KnownHosts}' -Etcd {lab.Status.Etcd} "
            + $"-EtcdCaFile '{etcd.CaFile}' -EtcdCertFile '{etcd.CertFile}' -EtcdKeyFile '{etcd.KeyFile}' -KubeConfig '{lab.Status.KubeConfig}' {options}");
        return shell;
    }

    private static async Task PingAsync(Lab lab)
    {
        var pod = lab.Status.Pods.First(p => p.Node == Node);
        // the capture needs a moment to begin
        var ping = await lab.OnNodeAsync(Node, ["sh", "-eu"], $"for i in $(seq 40); do ping -n -c 1 -W 1 {pod.Ip} >/dev/null; sleep 0.1; done", cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(ping.Succeeded, ping.Error);
    }

    private static async Task AssertStopsAsync(System.Management.Automation.PowerShell pipeline, NodeProcesses processes)
    {
        var clock = Stopwatch.StartNew();
        pipeline.Stop();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"it took {clock.Elapsed}");
        await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
    }
}
