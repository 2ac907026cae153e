using GravityNet.Labs.Parts;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>
/// The shares that Get-ServiceNatChain tells are those that the kernel gives: real connections to services with one to seven endpoints, counted by who
/// answered.
/// </summary>
public sealed class ServiceShareTests(LabFixture fixture, VariantShell connected) : IClassFixture<VariantShell>
{
    private const int Tries = 400;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public async Task Each_endpoint_gets_the_share_that_is_told(int endpoints)
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        var service = lab.Status.Service($"share-{endpoints}");
        var shares = Shares(shell, service.Name, "node-1");
        Assert.Equal(service.Endpoints.Order(), shares.Keys.Order());
        Assert.All(shares.Values, s => Assert.Equal(1.0 / endpoints, s, 9));

        Binomial.AssertShares(lab.Status, shares, await lab.FromPodAsync("shell-node-1", service.ClusterIp, 3100, Tries));
        if (endpoints == 5)
            Binomial.AssertShares(lab.Status, Shares(shell, service.Name, "node-2"), await lab.FromOutsideAsync(lab.Status.Node("node-2").Address, service.NodePort!.Value, Tries));
    }

    [Fact]
    public async Task Probabilities_that_somebody_changed_are_told_as_they_are()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        var service = lab.Status.Service("share-3");
        var equal = Shares(shell, service.Name, "node-1");
        // enough that the counts cannot be those of equal shares: the bounds for 1/2 and for 1/3 do not touch
        const int Many = 1500;
        Assert.True(Binomial.Bounds(Many, 1 / 2.0).Low > Binomial.Bounds(Many, 1 / 3.0).High);

        await using (await EditAsync(lab, "share-3", "s/0.33333333349/0.5/"))
        {
            var shares = Shares(shell, service.Name, "node-1");
            Assert.Equal([1 / 2.0, 1 / 4.0, 1 / 4.0], service.Endpoints.Select(e => shares[e]));
            var names = await lab.FromPodAsync("shell-node-1", service.ClusterIp, 3100, Many);
            Binomial.AssertShares(lab.Status, shares, names);
            Assert.ThrowsAny<Exception>(() => Binomial.AssertShares(lab.Status, equal, names));
        }

        Assert.Equal(equal, Shares(shell, service.Name, "node-1"));
    }

    [Fact]
    public async Task An_endpoint_whose_rule_is_gone_gets_nothing()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        var service = lab.Status.Service("share-3");
        await using (await EditAsync(lab, "share-3", "/0.33333333349/d"))
        {
            var shares = Shares(shell, service.Name, "node-1");
            Assert.Equal(service.Endpoints.Skip(1).ToDictionary(e => e, _ => 1 / 2.0), shares);
            Assert.Equal([$"missing {service.Endpoints[0]}"], shell.Lines("Get-ServiceNatChain share-3 node-1 | ForEach-Object { \"$($_.Status) $($_.Missing.Address)\" }"));
            Binomial.AssertShares(lab.Status, shares, await lab.FromPodAsync("shell-node-1", service.ClusterIp, 3100, Tries));
        }
    }

    [Fact]
    public async Task A_client_with_affinity_stays_with_its_endpoint()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        var service = lab.Status.Service("sticky");
        Assert.Equal(["10800"], shell.Lines("Get-ServiceNatChain sticky node-3 | ForEach-Object AffinitySeconds"));
        foreach (var pod in new[] { "shell-node-3", "tide-79c4f6d8b5-r9xzc" })
            Assert.Single((await lab.FromPodAsync(pod, service.ClusterIp, 3010, 100)).Distinct());
    }

    // one line of a service's chain on node-1, or two, rewritten with sed; other chains of the same probability stay
    private static async Task<IAsyncDisposable> EditAsync(Lab lab, string service, string edit)
    {
        var chain = KubeProxyNames.Service($"default/{service}:http", "tcp");
        var saved = $"/run/{service}.rules";
        return await lab.DoAsync("node-1", $"iptables-save -t nat >{saved}; sed '/^-A {chain} /{{{edit}}}' {saved} | iptables-restore", $"iptables-restore <{saved}");
    }

    private static Dictionary<string, double> Shares(ModuleShell shell, string service, string node) =>
        shell.Run($"(Get-ServiceNatChain default/{service} {node}).Endpoints").ToDictionary(e => (string)e.Properties["Address"].Value.ToString()!, e => (double)e.Properties["Share"].Value);
}
