using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Connecting to the three nodes over SSH.</summary>
public sealed class ConnectTests(LabFixture fixture)
{
    [Fact]
    public void It_says_what_it_found()
    {
        var nodes = fixture.Addresses();
        using var shell = new ModuleShell();
        var cluster = Assert.Single(shell.Run($"Connect-GravityCluster -Node {nodes} -User root {fixture.Options()} -HostKeyPolicy Strict -ThrottleLimit 3"));
        Assert.Equal("node-1 node-2 node-3", Join(cluster.Properties["Nodes"].Value));
        Assert.Equal("etcd-v2", cluster.Properties["LeaseHome"].Value);
        Assert.Equal("10.244.0.0/16", cluster.Properties["OverlayNetwork"].Value.ToString());
        Assert.Equal(1, cluster.Properties["Vni"].Value);
        Assert.Equal(8472, cluster.Properties["Port"].Value);
        Assert.Equal("10.100.0.0/16", cluster.Properties["ServiceNetwork"].Value.ToString());
        Assert.Equal(true, cluster.Properties["IsLive"].Value);
    }

    [Fact]
    public void What_it_found_is_what_the_console_shows()
    {
        using var shell = fixture.Connect();
        var text = shell.Render("Get-GravityCluster");
        Assert.All(["node-1, node-2, node-3", "etcd-v2", "10.244.0.0/16", "8472", "10.100.0.0/16"], words => Assert.Contains(words, text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_connection_is_its_runspaces_own_until_it_is_closed()
    {
        using var shell = fixture.Connect();
        using var other = new ModuleShell();
        Assert.Equal("node-1", Assert.Single(shell.Lines("Get-GravityCluster")));
        Assert.Empty(other.Run("Get-GravityCluster"));
        other.Try("Get-OverlayLease");
        Assert.Equal("NotConnected,GravityNet.Cmdlets.GetOverlayLeaseCommand", Assert.Single(other.Errors).FullyQualifiedErrorId);

        shell.Run("Disconnect-GravityCluster");
        Assert.Empty(shell.Run("Get-GravityCluster"));
    }

    [Fact]
    public async Task Disconnecting_ends_the_logins_on_the_nodes()
    {
        var processes = NodeProcesses.Remember(fixture);
        using var shell = fixture.Connect();
        Assert.Equal(3, processes.New.Count(p => p.Contains("sshd: root@", StringComparison.Ordinal)));
        shell.Run("Disconnect-GravityCluster");
        await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void User_and_port_may_stand_with_the_node()
    {
        _ = fixture.Lab;
        using var shell = new ModuleShell();
        var cluster = Assert.Single(shell.Run($"Connect-GravityCluster root@192.168.33.11:22, root@192.168.33.12, 192.168.33.13:22 -User nobody {fixture.Options().Replace("-Etcd", "-ErrorVariable refused -ErrorAction SilentlyContinue -Etcd", StringComparison.Ordinal)}"));
        Assert.Equal("node-1 node-2", Join(cluster.Properties["Nodes"].Value));
        Assert.Equal("192.168.33.13:22", Assert.Single(shell.Lines("$refused.TargetObject")));
        shell.Run("Disconnect-GravityCluster");
    }

    [Fact]
    public void A_node_that_is_named_twice_is_asked_once()
    {
        _ = fixture.Lab;
        using var shell = new ModuleShell();
        var cluster = Assert.Single(shell.Run($"Connect-GravityCluster 192.168.33.11, root@192.168.33.11:22, 192.168.33.12 {fixture.Options()} -WarningVariable warned"));
        Assert.Equal("node-1 node-2", Join(cluster.Properties["Nodes"].Value));
        Assert.Contains("those of one node, node-1", Assert.Single(shell.Lines("$warned")), StringComparison.Ordinal);
        Assert.Equal(["node-1", "node-2"], shell.Lines("Get-NodeBridge | ForEach-Object Node | Sort-Object"));
    }

    private static string Join(object value) => string.Join(' ', ((System.Collections.IEnumerable)value).Cast<object>());
}
