namespace GravityNet.LabTests.Product;

/// <summary>
/// Each way into each service, from a pod, the node and outside: what Get-ServiceNatChain says of it, and what a real connection does.
/// </summary>
public sealed class ServiceEntryTests(LabFixture fixture, VariantShell connected) : IClassFixture<VariantShell>
{
    [Fact]
    public async Task Every_way_into_every_service_is_as_it_is_told()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        await ServiceEntryComparison.AssertAsync(lab, shell, 150);
    }

    [Fact]
    public async Task A_pod_is_masqueraded_where_it_reaches_itself()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        var service = lab.Status.Service("share-2");
        var pods = service.Endpoints.Select(a => lab.Status.Pods.Single(p => p.Ip == a)).ToList();
        foreach (var pod in pods)
        {
            var told = Assert.Single(shell.Lines($"(Get-ServiceNatChain share-2 -From default/{pod.Name}).Entries | Where-Object Kind -eq ClusterIP | ForEach-Object Shares"));
            Assert.Contains($"1/2 {pod.Ip}:8080 masqueraded", told, StringComparison.Ordinal);
            var answers = (await lab.FromPodAsync(pod.Name, service.ClusterIp, 3100, 60, Calls.Client)).Distinct().Order(StringComparer.Ordinal);
            Assert.Equal(pods.Select(p => $"{p.Name} {(p == pod ? lab.Status.Node(pod.Node).VtepAddress[..^1] + "1" : pod.Ip)}").Order(StringComparer.Ordinal), answers);
        }
    }

    [Fact]
    public async Task A_load_balancers_address_lets_in_whom_it_may_and_that_is_told()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        var address = lab.Status.Service("balanced").LoadBalancerIp!;
        string Told(string from) => Assert.Single(shell.Lines($"(Get-ServiceNatChain balanced node-1 -From {from}).Entries | Where-Object Kind -eq LoadBalancer | ForEach-Object {{ \"$($_.Verdict) $($_.Masquerade)\" }}"));

        Assert.Equal("dnat yes", Told(lab.Status.OutsideAddress));
        var seen = Assert.Single(await lab.FromOutsideAsync(address, 3012, path: Calls.Client)).Split(' ');
        Assert.StartsWith("web-", seen[0], StringComparison.Ordinal);
        Assert.NotEqual(lab.Status.OutsideAddress, seen[1]);
        // the tests' own namespace is the second client
        var second = lab.Status.OutsideAddress[..^1] + "2";
        Assert.Equal(["drop ", "drop "], new[] { Told(second), Told("Outside") });
        Assert.Equal([Calls.Silence], await fixture.Lab.FromOutsideAsync(address, 3012, patience: Calls.Brief));
    }
}
