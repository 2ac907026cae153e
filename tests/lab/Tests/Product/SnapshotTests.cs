using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using GravityNet.Labs.Plan;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>A snapshot of a live cluster answers as the cluster did, and holds no secret.</summary>
public sealed class SnapshotTests(LabFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-lab-snapshot-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    [Theory]
    [InlineData("Get-OverlayLease | ForEach-Object { \"$($_.Node) $($_.Subnet) $($_.Address) $($_.PublicIP) $($_.VtepMAC) $($_.BackendType) $($_.Vni) $($_.Home)\" }")]
    [InlineData("Get-OverlayLease -Config")]
    [InlineData("Get-VxlanFdb | ForEach-Object { \"$($_.Node) $($_.RemoteNode) $($_.Subnet) $($_.Mac) $($_.Destination) $($_.Status) $($_.Reason)\"; $_.Evidence -notmatch '^lease' }")]
    [InlineData("(Get-NodeBridge).Ports | ForEach-Object { \"$($_.Node) $($_.Bridge) $($_.Interface) $($_.Namespace)/$($_.Pod) $($_.Address) $($_.PodMac) $($_.PodInterface) $($_.PairedBy)\" }")]
    [InlineData("Get-ServiceNatChain | ForEach-Object { \"$($_.Node) $_ $($_.Status) $($_.Flavor)\"; $_.Endpoints | ForEach-Object { \"$_ $($_.Node) $($_.Namespace)/$($_.Pod)\" }; $_.Rules -replace '^\\[\\d+:\\d+\\] ' }")]
    public void A_question_has_the_answer_that_the_live_cluster_gave(string question)
    {
        using var shell = fixture.Connect();
        var live = shell.Lines($"{question} | Sort-Object");
        var file = Assert.Single(shell.Run("Export-ClusterSnapshot $args[0]", At("live.tar.gz")));

        shell.Run("$null = Connect-GravityCluster -Snapshot $args[0]", At("live.tar.gz"));

        Assert.NotEmpty(live);
        Assert.Equal(live, shell.Lines($"{question} | Sort-Object"));
        Assert.Equal(fixture.Status.Pods.Count, file.Properties["Pods"].Value);
        Assert.Equal(["live.tar.gz"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_fault_is_what_changed_until_it_is_healed()
    {
        using var shell = fixture.Connect();
        shell.Run("Export-ClusterSnapshot $args[0]", At("before.tar.gz"));
        await using (await fixture.BreakAsync("fdb-missing"))
        {
            var row = Assert.Single(shell.Lines("Compare-ClusterSnapshot $args[0] | ForEach-Object { \"$($_.Node) $($_.Kind) $($_.Change) $($_.After)|$($_.Before)\" }", At("before.tar.gz")));
            Assert.Matches(@"^node-\d FdbEntry Removed \|[0-9a-f:]{17} dev flannel\.1 dst 192\.168\.33\.1\d self permanent$", row);
        }

        await using (await fixture.BreakAsync("forwarding-off"))
        {
            Assert.Equal(["Sysctl Changed net.ipv4.conf.cni0.forwarding"], shell.Lines("Compare-ClusterSnapshot $args[0] | ForEach-Object { \"$($_.Kind) $($_.Change) $($_.Object)\" } | Sort-Object -Unique", At("before.tar.gz")));
        }

        Assert.Empty(shell.Run("Compare-ClusterSnapshot $args[0]", At("before.tar.gz")));
        Assert.Empty(shell.Streams.Warning);
    }

    [Fact]
    public async Task No_secret_of_the_cluster_or_of_the_login_is_in_it()
    {
        var lab = await fixture.VariantAsync(new LabOptions { SudoNode = "node-2" });
        var cancel = TestContext.Current.CancellationToken;
        var password = lab.Status.Node("node-2").Logins.Single(l => l.User == "opspw").Password!;
        var token = (await File.ReadAllLinesAsync(lab.Status.KubeConfig, cancel)).Select(l => l.Split("token:")).Single(w => w.Length == 2)[1].Trim(' ', '"', '\'', '}');
        var keys = (await File.ReadAllLinesAsync(lab.Status.KeyFile, cancel)).Where(l => l.Length > 40 && !l.StartsWith('-')).ToList();
        var addresses = string.Join(", ", lab.Status.Nodes.Select(n => n.Name == "node-2" ? $"opspw@{n.Address}" : n.Address));
        using var shell = new ModuleShell();
        shell.Run("$p = [pscredential]::new('opspw', [Net.NetworkCredential]::new('', $args[0]).SecurePassword)", password);
        shell.Try($"$null = Connect-GravityCluster {addresses} {lab.Status.ConnectOptions()} -SudoCredential $p");

        var file = Assert.Single(shell.Try("Export-ClusterSnapshot $args[0]", At("secrets.tar.gz")));

        Assert.Contains("node-2", shell.Lines("$args[0].Nodes", file));
        var text = new StringBuilder();
        await using var tar = new TarReader(new GZipStream(File.OpenRead(At("secrets.tar.gz")), CompressionMode.Decompress));
        while (await tar.GetNextEntryAsync(cancellationToken: cancel) is { DataStream: { } data } entry)
        {
            using var reader = new StreamReader(data);
            text.Append(entry.Name).Append('\n').Append(await reader.ReadToEndAsync(cancel));
        }

        var all = text.ToString();
        Assert.True(all.Length > 100_000 && keys.Count > 3);
        Assert.All([password, token, .. keys], secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
        foreach (var word in new[] { "PRIVATE KEY", "\"env\"", "managedFields", "last-applied-configuration", "/registry/" }) Assert.DoesNotContain(word, all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_one_error_and_the_others_are_saved()
    {
        using var shell = fixture.Connect("-TimeoutSeconds 8");
        await using (await fixture.CutSshAsync("node-3"))
        {
            var file = Assert.Single(shell.Try("Export-ClusterSnapshot $args[0]", At("two.tar")));
            Assert.Single(shell.Errors);
            Assert.Equal(["node-1", "node-2"], shell.Lines("$args[0].Nodes", file));
            Assert.Contains(shell.Lines("$args[0].Missing", file), m => m.StartsWith("node-3: ", StringComparison.Ordinal));
        }

        shell.Try("$null = Connect-GravityCluster -Snapshot $args[0]", At("two.tar"));
        Assert.Equal(["node-1", "node-2"], shell.Try("(Get-NodeBridge).Node").Select(n => $"{n}"));
        Assert.Contains("node-3 did not answer when the snapshot was taken", Assert.Single(shell.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_in_the_middle_leaves_no_file()
    {
        using var shell = fixture.Connect();
        await using (await fixture.HangToolAsync("node-2", "bridge"))
        {
            using var export = shell.Pipeline($"Export-ClusterSnapshot '{At("stopped.tar.gz")}'");
            var running = export.BeginInvoke();
            while (!Directory.EnumerateFiles(_folder).Any()) await Task.Delay(30, TestContext.Current.CancellationToken);
            await Task.Delay(500, TestContext.Current.CancellationToken);
            export.Stop();
            Assert.ThrowsAny<Exception>(() => export.EndInvoke(running));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }
}
