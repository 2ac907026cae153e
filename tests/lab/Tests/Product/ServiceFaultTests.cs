using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Faults of the services' translation, as Get-ServiceNatChain tells them.</summary>
public sealed class ServiceFaultTests(LabFixture fixture, ConnectedShell connected) : IClassFixture<ConnectedShell>
{
    private const string NotOk = "Get-ServiceNatChain web | Where-Object Status -ne ok | ForEach-Object { \"$($_.Node) $($_.Status): $($_.Reason)\" }";

    private ModuleShell Shell => connected.Shell;

    [Theory]
    [InlineData("service-jump-missing", "node-3 nojump: nat PREROUTING has no jump to KUBE-SERVICES: traffic of pods and from outside is not translated")]
    [InlineData("sep-dead", "node-1 stale: 1/3 of new flows goes to 10.244.65.250:8080, which is no endpoint of the service; no rule leads to ")]
    public async Task The_one_node_that_is_wrong_is_told_with_its_reason(string fault, string expected)
    {
        await using (await fixture.BreakAsync(fault))
            Assert.StartsWith(expected, Assert.Single(Shell.Lines(NotOk)), StringComparison.Ordinal);
        Assert.Empty(Shell.Lines(NotOk));
    }
}
