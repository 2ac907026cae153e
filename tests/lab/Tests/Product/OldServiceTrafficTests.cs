using GravityNet.Labs.Parts;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Services with the rules of kube-proxy 1.18 in old iptables: what real packets do, and what Get-ServiceNatChain tells.</summary>
public sealed class OldServiceTrafficTests(LabFixture fixture, VariantShell connected) : IClassFixture<VariantShell>
{
    [Fact]
    public async Task Shares_are_those_of_real_connections()
    {
        var (lab, shell) = await OpenAsync();
        var service = lab.Status.Service("share-5");
        Assert.Equal(["legacy 1/5"], shell.Lines("Get-ServiceNatChain share-5 node-1 | ForEach-Object { $flavor = $_.Flavor; $_.Endpoints | ForEach-Object { \"$flavor $($_.ShareText)\" } } | Select-Object -Unique"));
        Binomial.AssertShares(lab.Status, service.Endpoints.ToDictionary(e => e, _ => 1 / 5.0), await lab.FromPodAsync("shell-node-1", service.ClusterIp, 3100, 400));
    }

    [Fact]
    public async Task Nothing_is_wrong_with_services_of_any_kind()
    {
        var (_, shell) = await OpenAsync();
        var rows = shell.Lines("Get-ServiceNatChain | ForEach-Object { \"$($_.Status) $($_.Problems)$(if ($_.Status -notin 'ok', 'noendpoints', 'headless', 'externalname') { $_ })\" }");
        Assert.Equal(["externalname ", "headless ", "noendpoints ", "ok "], rows.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Outside_traffic_stays_on_its_node_by_KUBE_XLB_and_keeps_its_source()
    {
        var (lab, shell) = await OpenAsync();
        var chain = KubeProxyNames.Balancer("default/local:http", "tcp");
        var rules = shell.Lines("(Get-ServiceNatChain local node-1, node-2).Rules | ForEach-Object { \"$_\" }");
        Assert.Contains(rules, r => r.Contains($"-A {chain} ", StringComparison.Ordinal) && r.Contains("Balancing rule 0 for default/local:http", StringComparison.Ordinal));
        Assert.Contains(rules, r => r.Contains($"-A {chain} ", StringComparison.Ordinal) && r.EndsWith("-j KUBE-MARK-DROP", StringComparison.Ordinal));

        Assert.Equal([$"hostport-5c7bd {lab.Status.OutsideAddress}"], await lab.FromOutsideAsync(lab.Status.Node("node-1").Address, 32011, path: Calls.Client));
        Assert.Equal([Calls.Silence], await lab.FromOutsideAsync(lab.Status.Node("node-2").Address, 32011, patience: Calls.Brief));
        Assert.Equal(["hostport-5c7bd"], await lab.FromPodAsync("shell-node-2", lab.Status.Node("node-2").Address, 32011));
    }

    [Fact]
    public async Task Who_may_not_use_a_load_balancers_address_is_marked_and_dropped()
    {
        var (lab, _) = await OpenAsync();
        var address = lab.Status.Service("balanced").LoadBalancerIp!;
        Assert.StartsWith("web-", Assert.Single(await lab.FromOutsideAsync(address, 3012)), StringComparison.Ordinal);
        // the tests' own namespace is the second client
        Assert.Equal([Calls.Silence], await fixture.Lab.FromOutsideAsync(address, 3012, patience: Calls.Brief));
        Assert.StartsWith("web-", Assert.Single(await lab.FromOutsideAsync(lab.Status.Service("outer").ExternalIps[0], 3013)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_endpoints_that_are_ready_get_anything()
    {
        var (lab, shell) = await OpenAsync();
        Assert.Equal(["noendpoints", "noendpoints", "noendpoints"], shell.Lines("Get-ServiceNatChain ebb | ForEach-Object Status"));
        Assert.Equal(["ok", "ok", "ok"], shell.Lines("Get-ServiceNatChain tide | ForEach-Object Status"));
        Assert.Equal([Calls.Refused], await lab.FromPodAsync("shell-node-3", lab.Status.Service("ebb").ClusterIp, 3019));
        Assert.Equal(["tide-79c4f6d8b5-h2mqs"], await lab.FromPodAsync("shell-node-3", lab.Status.Service("tide").ClusterIp, 3018));
    }

    [Fact]
    public async Task Every_way_into_every_service_is_as_it_is_told()
    {
        var (lab, shell) = await OpenAsync();
        await ServiceEntryComparison.AssertAsync(lab, shell, 150);
    }

    private Task<(Lab Lab, ModuleShell Shell)> OpenAsync() => connected.OpenAsync(fixture, Variants.Annotations);
}
