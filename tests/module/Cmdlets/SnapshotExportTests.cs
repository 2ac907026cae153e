using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>Writing snapshots, from recordings of a real cluster.</summary>
public sealed class SnapshotExportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-export-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IEnumerable<string?> Files => Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    [Theory]
    [InlineData("x.tar.gz")]
    [InlineData("x.zip")]
    [InlineData("x")]
    public void A_copy_gives_the_same_answers(string name)
    {
        using var shell = ModuleShell.OnRecording("b-fdb-missing");
        const string Questions = "Get-OverlayLease; Get-VxlanFdb; Get-NodeBridge; Get-ServiceNatChain | ForEach-Object { \"$_\"; $_.Endpoints; $_.Rules }; (Get-GravityCluster)[-1] | ForEach-Object { \"$($_.At) $($_.LeaseHome) $($_.Vni)\" }";
        var before = shell.Lines(Questions);

        // from the runspace's own folder on
        shell.Run("Set-Location $args[0]; $file = Export-ClusterSnapshot $args[1]; $null = Connect-GravityCluster -Snapshot $file.Path", _folder, name);

        Assert.True(before.Count > 50);
        Assert.Equal(before, shell.Lines(Questions));
        Assert.Equal([name], Files);
        Assert.Equal([$"{Path.Combine(_folder, name)}|node-1 node-2 node-3|11|0"], shell.Lines("$file | ForEach-Object { \"$($_.Path)|$($_.Nodes -join ' ')|$($_.Pods)|$($_.Missing.Count)\" }"));
        Assert.Contains(Path.Combine(_folder, name), shell.Render("$file"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_password_that_flanneld_logs_is_left_out()
    {
        const string Line = "Nov 23 17:00:00 node-1 flanneld[7]: I1123 17:00:00.000000       7 main.go:211] CLI flags config: {etcdUsername:root etcdPassword:%s version:false ipMasq:true}";
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "source", "nodes", "node-1")).FullName;
        File.WriteAllText(Path.Combine(_folder, "source", "snapshot.json"), """{"format":"gravitynet-snapshot/1","takenAt":"2026-11-23T17:00:00Z","nodes":[{"name":"node-1","address":"192.168.33.11"}]}""");
        File.WriteAllText(Path.Combine(folder, "flanneld-log.txt"), Line.Replace("%s", "pass } version:word", StringComparison.Ordinal) + "\n" + Line.Replace("%s", "", StringComparison.Ordinal) + "\n");
        using var shell = new ModuleShell();
        shell.Run("$null = Connect-GravityCluster -Snapshot $args[0]; $null = Export-ClusterSnapshot $args[1]", Path.Combine(_folder, "source"), Path.Combine(_folder, "copy"));

        Assert.Equal(
            Line.Replace("%s", "***", StringComparison.Ordinal) + "\n" + Line.Replace("%s", "", StringComparison.Ordinal) + "\n",
            File.ReadAllText(Path.Combine(_folder, "copy", "nodes", "node-1", "flanneld-log.txt")));
    }

    [Fact]
    public void Some_nodes_can_be_taken_also_from_the_pipeline()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(["node-2"], shell.Lines("(Export-ClusterSnapshot $args[0] *-2).Nodes", Path.Combine(_folder, "a.tgz")));
        Assert.Equal(["node-1", "node-3"], shell.Lines("(Get-OverlayLease node-1, node-3 | Export-ClusterSnapshot $args[0]).Nodes", Path.Combine(_folder, "b.tar")));
        Assert.Empty(shell.Run("Get-OverlayLease none* | Export-ClusterSnapshot $args[0]", Path.Combine(_folder, "c.tar")));
        shell.Try("Export-ClusterSnapshot $args[0] node-9", Path.Combine(_folder, "d.tar"));
        Assert.Equal("NodeNotFound,GravityNet.Cmdlets.ExportClusterSnapshotCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
        Assert.Equal(["a.tgz", "b.tar"], Files);
        // the leases are the whole cluster's
        Assert.Equal(3, shell.Run("Get-OverlayLease -Cluster (Connect-GravityCluster -Snapshot $args[0])", Path.Combine(_folder, "a.tgz")).Count);
    }

    [Fact]
    public void What_is_there_stays_unless_force_is_given()
    {
        var path = Path.Combine(_folder, "x.tar.gz");
        File.WriteAllText(path, "mine");
        using var shell = ModuleShell.OnRecording("healthy");
        shell.Try("Export-ClusterSnapshot $args[0]", path);
        Assert.Equal("SnapshotExists,GravityNet.Cmdlets.ExportClusterSnapshotCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
        Assert.Equal("mine", File.ReadAllText(path));
        shell.Run("Export-ClusterSnapshot $args[0] -Force -WhatIf", path);
        Assert.Equal("mine", File.ReadAllText(path));
        Assert.Single(shell.Run("Export-ClusterSnapshot $args[0] -Force", path));
        Assert.True(new FileInfo(path).Length > 10_000);
        Assert.Equal(["x.tar.gz"], Files);

        foreach (var wrong in new[] { "none/x.tar.gz", "x.7z" })
        {
            shell.Try("Export-ClusterSnapshot $args[0] -Force", Path.Combine(_folder, wrong));
            Assert.Equal("SnapshotNotWritten,GravityNet.Cmdlets.ExportClusterSnapshotCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
        }
    }

    [Fact]
    public void A_node_that_is_silent_is_one_error_and_stays_known_as_silent()
    {
        var report = UnitTests.ReportArchive.Write(Path.Combine(_folder, "report.tar.gz"), damaged: "node-2");
        using var shell = new ModuleShell();
        shell.Try("$null = Connect-GravityCluster -Snapshot $args[0]", report);
        var file = Assert.Single(shell.Try("Export-ClusterSnapshot $args[0]", Path.Combine(_folder, "x.tar")));
        Assert.Equal("BadAnswer,GravityNet.Cmdlets.ExportClusterSnapshotCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
        Assert.Equal(["node-1", "node-3"], shell.Lines("$args[0].Nodes", file));
        Assert.Contains(shell.Lines("$args[0].Missing", file), m => m.StartsWith("node-2: 'node-2-debug-logs.tar.gz' of", StringComparison.Ordinal));

        shell.Try("$null = Connect-GravityCluster -Snapshot $args[0]", Path.Combine(_folder, "x.tar"));
        Assert.Equal(["node-1", "node-3"], shell.Try("(Get-NodeBridge).Node").Select(n => $"{n}"));
        Assert.Contains("node-2 did not answer when the snapshot was taken", Assert.Single(shell.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Stopping_leaves_nothing()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        using var pipeline = shell.Pipeline($"Export-ClusterSnapshot '{Path.Combine(_folder, "x.tar.gz")}' -Verbose");
        // the first node was written when it is told of
        using var told = new ManualResetEventSlim();
        pipeline.Streams.Verbose.DataAdded += (_, _) =>
        {
            told.Set();
            Thread.Sleep(200);
        };
        var running = pipeline.BeginInvoke();
        Assert.True(told.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        pipeline.Stop();
        Assert.ThrowsAny<Exception>(() => pipeline.EndInvoke(running));
        // it was stopped in the middle, or was just done
        Assert.DoesNotContain(Files, f => f!.Contains(".tmp", StringComparison.Ordinal));
    }
}
