using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Faults between a pod and the overlay, as Get-PodNetwork and Get-NodeForwarding show them.</summary>
public sealed class PodNetworkFaultTests(LabFixture fixture, ConnectedShell connected) : IClassFixture<ConnectedShell>
{
    private ModuleShell Shell => connected.Shell;

    [Fact]
    public async Task An_unplugged_cable_is_named_with_its_pod()
    {
        var veth = fixture.Status.Pod("shell-node-2").HostInterface;
        await using (await fixture.BreakAsync("veth-off-bridge"))
            Assert.Equal([$"shell-node-2 {veth}, the node's end of its cable, is no port of a bridge"], Problems());
        Assert.Empty(Problems());
    }

    [Fact]
    public async Task Ends_of_a_cable_with_two_mtus_lose_the_larger_packets()
    {
        await fixture.InPodAsync("shell-node-3", "ip link set eth0 mtu 1500");
        try
        {
            var pod = fixture.Status.Pod("shell-node-3");
            Assert.Equal([$"shell-node-3 the MTU is 1500 on eth0 and 1450 on {pod.HostInterface}: larger packets than 1450 are lost between them"], Problems());
            // it is true: the pod sends 1500 bytes, and they never come out at the other end
            var gateway = "$(ip -4 route show default | cut -d' ' -f3)";
            Assert.False((await fixture.InPodAsync("shell-node-3", $"ping -n -c 1 -W 1 -M do -s 1472 {gateway}")).Succeeded);
            Assert.True((await fixture.InPodAsync("shell-node-3", $"ping -n -c 1 -W 1 -M do -s 1422 {gateway}")).Succeeded);
        }
        finally
        {
            await fixture.InPodAsync("shell-node-3", "ip link set eth0 mtu 1450");
        }
    }

    [Theory]
    [InlineData("forwarding-off", "node-1 cni0 False")]
    [InlineData("ip-forward-off", "node-2 cni0 False|node-2 flannel.1 False")]
    [InlineData("rp-filter-strict", "node-2 flannel.1 True")]
    public async Task What_keeps_an_interface_from_routing_is_a_fault_of_its_row(string fault, string rows)
    {
        await using (await fixture.BreakAsync(fault))
            Assert.Equal(rows.Split('|'), Faults().Order(StringComparer.Ordinal));
        Assert.Empty(Faults());
    }

    private IReadOnlyList<string> Problems() => Shell.Lines("Get-PodNetwork | ForEach-Object { $pod = $_.Pod; $_.Problems | ForEach-Object { \"$pod $_\" } }");

    private IReadOnlyList<string> Faults() => Shell.Lines("Get-NodeForwarding | Where-Object Status -eq fault | ForEach-Object { \"$($_.Node) $($_.Interface) $($_.EffectiveForwarding)\" }");
}
