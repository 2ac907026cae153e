using System.Formats.Tar;
using System.IO.Compression;
using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>Get-ServiceNatChain over all nodes, and what it gives to the next command.</summary>
public sealed class ServiceNodesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Who_lags_pipes_on_to_its_chains_and_to_a_test()
    {
        using var shell = ModuleShell.OnRecording("g-dead-sep");
        Assert.Equal(["node-2 web stale"], shell.Lines("Get-ServiceNatChain web -AllNodes | Get-ServiceNatChain | ForEach-Object { \"$($_.Node) $($_.Service) $($_.Status)\" }"));
        Assert.Equal(["node-2 10.244.19.6 8080"], shell.Lines("(Get-ServiceNatChain web -AllNodes).Differences | ForEach-Object { \"$($_.Node) $($_.Address) $($_.Port)\" }"));
        // all agree: all of them
        Assert.Equal(["node-1", "node-2", "node-3"], shell.Lines("Get-ServiceNatChain kube-dns -AllNodes -Protocol udp | Get-ServiceNatChain -Port 53 -Protocol udp | ForEach-Object Node"));
        // -Node says who is compared
        Assert.Equal(["ok"], shell.Lines("Get-ServiceNatChain web node-1, node-3 -AllNodes | ForEach-Object Status"));
    }

    [Fact]
    public void A_node_that_nothing_is_known_of_is_named_and_the_others_are_compared()
    {
        using (var archive = new GZipStream(File.OpenRead(ModuleShell.RecordingPath("g-dead-sep")), CompressionMode.Decompress)) TarFile.ExtractToDirectory(archive, _folder, overwriteFiles: true);
        File.Delete(Path.Combine(_folder, "nodes", "node-3", "iptables.txt"));
        File.Delete(Path.Combine(_folder, "nodes", "node-1", "conntrack.txt"));
        using var shell = new ModuleShell();
        shell.Run("$null = Connect-GravityCluster -Snapshot $args[0]", _folder);

        Assert.Equal(["lagging node-2 node-3: 'iptables' was not collected"], shell.Lines("Get-ServiceNatChain web -AllNodes | ForEach-Object { \"$($_.Status) $($_.Node) $($_.NotCompared)\" }"));
        Assert.Equal(
            ["node-1 connections to endpoints that are gone: node-1: 'conntrack' was not collected", "node-2 "],
            shell.Lines("Get-ServiceNatChain web node-1, node-2 | Sort-Object Node | ForEach-Object { \"$($_.Node) $($_.NotChecked)\" }"));
    }

    [Fact]
    public void Connections_are_records_and_lines()
    {
        using var shell = ModuleShell.OnRecording("g-dead-sep");
        Assert.Equal(["Connection 10.244.19.6 SYN_SENT"], shell.Lines("(Get-ServiceNatChain web node-2).StaleConnections | ForEach-Object { \"$($_.GetType().Name) $($_.Reply.SourceAddress) $($_.State)\" } | Select-Object -Unique"));
        Assert.Contains("[UNREPLIED] src=10.244.19.6 ", shell.Lines("Get-ServiceNatChain web node-2 | ConvertTo-Json -Depth 2")[0], StringComparison.Ordinal);
    }
}
