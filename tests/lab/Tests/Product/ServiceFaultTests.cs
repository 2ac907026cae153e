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
    [InlineData("service-rule-missing", "node-3 nojump: KUBE-SERVICES has no rule for 10.100.45.9:3009/tcp")]
    [InlineData("service-rule-doubled", "node-3 flawed: KUBE-SVC-CDGGSHYLG3RE2FKL has two rules to ")]
    public async Task The_one_node_that_is_wrong_is_told_with_its_reason(string fault, string expected)
    {
        await using (await fixture.BreakAsync(fault))
            Assert.StartsWith(expected, Assert.Single(Shell.Lines(NotOk)), StringComparison.Ordinal);
        Assert.Empty(Shell.Lines(NotOk));
    }

    [Fact]
    public async Task A_service_that_there_is_not_is_a_ghost_of_the_node_that_kept_it()
    {
        await using (await fixture.BreakAsync("service-ghost"))
        {
            Assert.Equal(["node-2 default/gone:http 10.100.99.9 80 ghost"], Shell.Lines("Get-ServiceNatChain gone | ForEach-Object { \"$($_.Node) $($_.Namespace)/$($_.Service):$($_.PortName) $($_.Address) $($_.Port) $($_.Status)\" }"));
            Assert.Equal(["GhostChain", "GhostChain"], Shell.Lines("(Get-ServiceNatChain gone).Problems.Kind"));
        }

        Assert.DoesNotContain("ghost", Shell.Lines("(Get-ServiceNatChain).Status"));
    }

    [Fact]
    public async Task The_shares_of_a_doubled_rule_are_those_of_real_connections()
    {
        await using (await fixture.BreakAsync("service-rule-doubled"))
        {
            var shares = Shell.Run("(Get-ServiceNatChain web node-3).Endpoints | Group-Object { \"$($_.Address)\" } | ForEach-Object { [pscustomobject]@{ Address = $_.Name; Share = ($_.Group | Measure-Object Share -Sum).Sum } }")
                .ToDictionary(e => (string)e.Properties["Address"].Value, e => (double)e.Properties["Share"].Value);
            Assert.Equal([5 / 9.0, 2 / 9.0, 2 / 9.0], fixture.Status.Service("web").Endpoints.Select(e => shares[e]), (a, b) => Math.Abs(a - b) < 1e-9);

            var names = await fixture.Lab.FromPodAsync("shell-node-3", "10.100.45.9", 3009, 1500);
            Binomial.AssertShares(fixture.Status, shares, names);
            // and not what they should be
            Assert.ThrowsAny<Exception>(() => Binomial.AssertShares(fixture.Status, shares.ToDictionary(s => s.Key, _ => 1 / 3.0), names));
        }
    }
}
