using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>Comparing snapshots of a real cluster.</summary>
public sealed class SnapshotCompareTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-compare-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Paths_connections_and_the_current_connection_can_be_compared()
    {
        using var shell = ModuleShell.OnRecording("b-fdb-missing");
        var (healthy, broken) = (ModuleShell.RecordingPath("healthy"), ModuleShell.RecordingPath("b-fdb-missing"));
        string[] expected = ["node-1 FdbEntry 4a:6c:67:96:7e:83 dev flannel.1 Removed"];
        Assert.Equal(expected, shell.Lines("Compare-ClusterSnapshot $args[0]", healthy));
        Assert.Equal(expected, shell.Lines("Compare-ClusterSnapshot $args[0] $args[1]", healthy, broken));
        Assert.Equal(expected, shell.Lines("$good = Connect-GravityCluster -Snapshot $args[0]; Compare-ClusterSnapshot $good (Get-GravityCluster)[0]", healthy));
        Assert.Equal(expected, shell.Lines("Set-Location $args[0]; $file = Export-ClusterSnapshot ./copy.zip -Cluster $good; Compare-ClusterSnapshot ./copy.zip $args[1]; Disconnect-GravityCluster", _folder, broken));
        Assert.Equal(expected, shell.Lines("Compare-ClusterSnapshot $file -Node node-1, node-2"));
        Assert.Empty(shell.Run("Compare-ClusterSnapshot $file -Node node-[23]"));
        Assert.Empty(shell.Run("Compare-ClusterSnapshot $args[0] $args[0]", healthy));
        Assert.Empty(shell.Streams.Warning);

        shell.Try("Compare-ClusterSnapshot $args[0] -Node node-9", healthy);
        Assert.Equal("NodeNotFound,GravityNet.Cmdlets.CompareClusterSnapshotCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
        shell.Try("Compare-ClusterSnapshot /no/such.tar.gz");
        Assert.Equal("Unreachable,GravityNet.Cmdlets.CompareClusterSnapshotCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
        shell.Try("Get-GravityCluster | Disconnect-GravityCluster; Compare-ClusterSnapshot $args[0]", healthy);
        Assert.Equal("NotConnected,GravityNet.Cmdlets.CompareClusterSnapshotCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void The_view_reads_like_a_diff()
    {
        using var shell = new ModuleShell();
        var command = $"Compare-ClusterSnapshot '{ModuleShell.RecordingPath("healthy")}' '{ModuleShell.RecordingPath("a-forwarding-off")}'";
        Assert.Equal(
            "node-1 Sysctl\n\n- net.ipv4.conf.cni0.forwarding = 1\n+ net.ipv4.conf.cni0.forwarding = 0",
            shell.Render(command).Replace("\u001b[91m", "", StringComparison.Ordinal).Replace("\u001b[92m", "", StringComparison.Ordinal).Replace("\u001b[0m", "", StringComparison.Ordinal));
        Assert.Contains("node-1 Sysctl Changed           net.ipv4.conf.cni0.forwarding", shell.Render($"{command} | Format-Table"), StringComparison.Ordinal);
        Assert.Contains("- node-1 sysctl:", shell.Render($"{command} | Format-List"), StringComparison.Ordinal);
        Assert.Contains("\"Change\": \"Changed\"", Assert.Single(shell.Lines($"{command} | ConvertTo-Json -Depth 2")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_report_does_not_tell_is_one_warning_and_no_difference()
    {
        var report = UnitTests.ReportArchive.Write(Path.Combine(_folder, "report.tar.gz"), recording: "a-forwarding-off");
        using var shell = new ModuleShell();
        // links' settings, rules and objects of a report are those of the snapshot; forwarding comes from ip netconf
        Assert.Equal(
            ["node-1 Forwarding inet cni0 Changed"],
            shell.Lines("Compare-ClusterSnapshot $args[0] $args[1] -WarningVariable warned -WarningAction SilentlyContinue", ModuleShell.RecordingPath("healthy"), report));
        var warnings = shell.Lines("$warned");
        Assert.Contains("Sysctl is not compared of node-1, node-2, node-3: unknown in the difference: node-1: 'sysctl' was not collected.", warnings);
        Assert.Single(warnings, w => w.StartsWith("Lease is not compared: unknown in the difference: etcd: 'etcd-v2' and 'etcd-v3'", StringComparison.Ordinal));
        Assert.Equal(2, warnings.Count);
    }
}
