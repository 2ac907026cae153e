using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Faults of the overlay's programming, as Get-VxlanFdb tells them.</summary>
public sealed class OverlayFaultTests(LabFixture fixture, ConnectedShell connected) : IClassFixture<ConnectedShell>
{
    private const string NotOk = "Get-VxlanFdb | Where-Object Status -ne ok | ForEach-Object { \"$($_.Node) -> $($_.RemoteNode) $($_.Status): $($_.Reason)\" } | Sort-Object";

    private ModuleShell Shell => connected.Shell;

    [Theory]
    [InlineData("fdb-missing", "node-1 -> node-2 missing: no FDB row on flannel.1 sends to 192.168.33.12")]
    [InlineData("arp-wrong", "node-1 -> node-2 mismatch: the neighbor entry says 02:00:00:00:be:ef, which no FDB row has")]
    [InlineData("route-missing", "node-2 -> node-3 missing: no route to 10.244.92.0/24")]
    [InlineData("fdb-wrong", "node-1 -> node-2 mismatch: the FDB row sends to 192.168.33.99, the lease says 192.168.33.12")]
    [InlineData("lease-missing", "node-3 -> node-3 missing: no lease has this node's address")]
    [InlineData("vni-differs", "node-3 -> node-3 mismatch: VNI is 2, the network's is 1")]
    [InlineData("port-differs", "node-2 -> node-2 mismatch: UDP port is 4789, the network's is 8472")]
    [InlineData("mtu-large", "node-1 -> node-1 mismatch: MTU 1500 is too large for eth0 (MTU 1500): at most 1450")]
    [InlineData("rp-filter-strict", "node-2 -> node-1 mismatch: the route to 10.244.19.0/24 leads out of eth0, not flannel.1")]
    public async Task The_one_entry_that_is_wrong_is_told_with_its_reason(string fault, string expected)
    {
        await using (await fixture.BreakAsync(fault))
            Assert.StartsWith(expected, Assert.Single(Shell.Lines(NotOk)), StringComparison.Ordinal);
        Assert.Empty(Shell.Lines(NotOk));
    }

    [Fact]
    public async Task A_lease_with_an_old_mac_is_told_on_its_node_and_on_its_peers()
    {
        var mac = fixture.Status.Node("node-3").VtepMac;
        var stale = $"stale: FDB row and neighbor entry say {mac}, the lease says 02:00:00:00:57:a1: node-3's device has {mac}, so the lease is old";
        await using (await fixture.BreakAsync("lease-mac-stale"))
        {
            var lines = Shell.Lines(NotOk);
            Assert.Equal([$"node-1 -> node-3 {stale}", $"node-2 -> node-3 {stale}"], lines.Take(2));
            Assert.StartsWith($"node-3 -> node-3 stale: the device's MAC is {mac}, the lease says 02:00:00:00:57:a1", lines[2], StringComparison.Ordinal);
            Assert.Equal(3, lines.Count);
        }

        Assert.Empty(Shell.Lines(NotOk));
    }

    [Fact]
    public async Task Two_devices_with_one_mac_are_told_wherever_they_matter()
    {
        await using (await fixture.BreakAsync("lease-mac-shared"))
        {
            var lines = Shell.Lines(NotOk);
            Assert.Equal(6, lines.Count);
            Assert.All(lines, line => Assert.Contains($"has the same MAC {fixture.Status.Node("node-2").VtepMac}", line, StringComparison.Ordinal));
        }

        Assert.Empty(Shell.Lines(NotOk));
    }

    [Theory]
    [InlineData("forwarding-off")]
    [InlineData("forward-dropped")]
    [InlineData("udp-dropped")]
    public async Task Faults_of_other_parts_leave_the_overlay_entries_ok(string fault)
    {
        await using (await fixture.BreakAsync(fault))
            Assert.Empty(Shell.Lines(NotOk));
    }
}
