using System.Diagnostics;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>etcd that only nodes reach: found there, and asked through them.</summary>
public sealed class EtcdOnNodeTests(LabFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Without_its_address_etcd_is_found_on_a_node_and_asked_through_it()
    {
        using var shell = new ModuleShell();
        var cluster = Assert.Single(shell.Run($"Connect-GravityCluster {fixture.Addresses()} {Login(fixture.Status)} -Verbose"));
        Assert.Equal(("etcd-v2", "http://127.0.0.1:2379 on node-1"), ($"{cluster.Properties["LeaseHome"].Value}", $"{cluster.Properties["Etcd"].Value}"));
        Assert.Equal(["node-1", "node-2", "node-3"], shell.Lines("Get-OverlayLease | ForEach-Object Node"));
        Assert.Empty(shell.Run("Watch-OverlayLease -Seconds 2"));
        shell.Run("Disconnect-GravityCluster");
    }

    [Fact]
    public void A_node_without_etcd_has_none_and_Verbose_says_where_it_was_looked_for()
    {
        _ = fixture.Lab;
        using var shell = new ModuleShell();
        shell.Run($"$null = Connect-GravityCluster 192.168.33.12 {Login(fixture.Status)} -Verbose");
        Assert.Contains(shell.Streams.Verbose, v => v.Message.Contains("nobody listens on TCP port 2379 or 4001 of node-2", StringComparison.Ordinal));
        Assert.Contains("Neither etcd nor a Kubernetes API was found", Assert.Single(shell.Streams.Warning).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_that_etcd_asks_for_are_those_of_the_node_and_the_key_is_in_no_stream()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        using var shell = new ModuleShell();
        var address = lab.Status.Nodes[0].Address;
        var cluster = Assert.Single(shell.Run($"Connect-GravityCluster {address} {Login(lab.Status)} -Verbose -Debug"));
        Assert.Equal("https://127.0.0.1:2379 on node-1", $"{cluster.Properties["Etcd"].Value}");
        var said = string.Join('\n', shell.Streams.Verbose.Select(v => v.Message).Concat(shell.Streams.Debug.Select(d => d.Message)));
        Assert.Contains("etcd answers at https://127.0.0.1:2379, with the certificate node-1:/var/lib/gravity/secrets/etcd.cert", said, StringComparison.Ordinal);
        var key = (await File.ReadAllLinesAsync(lab.Status.EtcdTls!.KeyFile, Cancel))[1];
        Assert.DoesNotContain(key, said, StringComparison.Ordinal);
        Assert.Equal(3, shell.Run("Get-OverlayLease -Verbose -Debug").Count);
        Assert.DoesNotContain(key, string.Join('\n', shell.Streams.Verbose.Select(v => v.Message)), StringComparison.Ordinal);

        // as a node sees it, by another of its addresses
        var named = Assert.Single(shell.Run($"Connect-GravityCluster {address} {Login(lab.Status)} -EtcdNode node-1 -Etcd https://{address}:2379"));
        Assert.Equal($"https://{address}:2379 on node-1", $"{named.Properties["Etcd"].Value}");
        Assert.Equal(3, shell.Run("Get-OverlayLease").Count);
        shell.Run("Get-GravityCluster | Disconnect-GravityCluster");
    }

    [Fact]
    public void A_node_for_etcd_that_is_not_connected_is_an_error_and_the_others_are_connected()
    {
        _ = fixture.Lab;
        using var shell = new ModuleShell();
        shell.Try($"$null = Connect-GravityCluster 192.168.33.11 {Login(fixture.Status)} -EtcdNode node-9");
        var error = Assert.Single(shell.Errors);
        Assert.Equal(("node-9", true), ($"{error.TargetObject}", error.ErrorDetails.RecommendedAction.Contains("node-1", StringComparison.Ordinal)));
        Assert.Equal(["node-1"], shell.Lines("(Get-GravityCluster).Nodes"));
    }

    [Fact]
    public async Task An_etcd_that_hangs_while_it_is_connected_to_is_told_once_in_bounded_time()
    {
        using var shell = new ModuleShell();
        await using (await fixture.FreezeEtcdAsync())
        {
            var clock = Stopwatch.StartNew();
            shell.Try($"$null = Connect-GravityCluster {fixture.Addresses()} {Login(fixture.Status)} -Etcd {fixture.Status.Etcd}");
            Assert.Contains("no answer within 5 s", Assert.Single(shell.Errors).ToString(), StringComparison.Ordinal);
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 15);

            // one that was only found is no error: nobody asked for it
            clock.Restart();
            shell.Run($"$null = Connect-GravityCluster {fixture.Addresses()} {Login(fixture.Status)}");
            Assert.Contains("no answer within 5 s", Assert.Single(shell.Streams.Warning).Message, StringComparison.Ordinal);
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 15);
        }

        shell.Run("Get-GravityCluster | Disconnect-GravityCluster");
    }

    [Fact]
    public async Task Leases_in_the_v3_store_are_found_and_watched_through_the_node()
    {
        var lab = await fixture.VariantAsync(Variants.V3);
        using var shell = new ModuleShell();
        var cluster = Assert.Single(shell.Run($"Connect-GravityCluster {lab.Status.Nodes[0].Address} {Login(lab.Status)}"));
        Assert.Equal("etcd-v3", $"{cluster.Properties["LeaseHome"].Value}");
        Assert.Equal(3, shell.Run("Get-OverlayLease").Count);
        var changes = WatchTests.While(shell, "Watch-OverlayLease -Count 1 -Seconds 30 -Verbose", "etcd-v3 is watched", () => lab.FaultAsync("lease-mac-stale", isOn: true, Cancel));
        Assert.Equal(["Changed etcd-v3"], await changes);
        await lab.FaultAsync("lease-mac-stale", isOn: false, Cancel);
    }

    [Fact]
    public async Task Leases_in_annotations_are_watched()
    {
        var lab = await fixture.VariantAsync(Variants.Annotations);
        using var shell = new ModuleShell();
        shell.Run($"$null = Connect-GravityCluster {lab.Status.Nodes[0].Address} {Login(lab.Status)} -KubeConfig '{lab.Status.KubeConfig}' -LeaseSource Kubernetes");
        var changes = WatchTests.While(shell, "Watch-OverlayLease -Count 1 -Seconds 30 -Verbose", "kubernetes is watched", () => lab.FaultAsync("lease-mac-stale", isOn: true, Cancel));
        Assert.Equal(["Changed kubernetes"], await changes);
        await lab.FaultAsync("lease-mac-stale", isOn: false, Cancel);
    }

    private static string Login(LabStatus status) => $"-KeyFile '{status.KeyFile}' -KnownHostsFile '{status.KnownHosts}'";
}
