using GravityNet.Labs.Parts;
using k8s;
using k8s.Models;

namespace GravityNet.LabTests;

/// <summary>Services of all kinds, by their rules and by what real packets do.</summary>
public sealed class ServiceKindTests(LabFixture fixture)
{
    [Fact]
    public async Task A_headless_service_has_endpoints_and_no_rules()
    {
        var lab = await LabAsync();
        Assert.Equal(lab.Status.Service("web").Endpoints, lab.Status.Service("web-headless").Endpoints);
        Assert.DoesNotContain("web-headless", await RulesAsync(lab, "node-1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Affinity_keeps_a_client_at_one_endpoint()
    {
        var lab = await LabAsync();
        foreach (var pod in new[] { "shell-node-1", "shell-node-2" })
        {
            var names = await lab.InPodAsync(pod, ["sh", "-c", "for i in $(seq 20); do curl -sf --max-time 2 http://10.100.60.1:3010/; done | sort | uniq -c"], cancellationToken: Cancel);
            Assert.Matches("^ *20 web-[^ ]*\n$", names.Output);
        }

        var chain = KubeProxyNames.Endpoint("default/sticky:http", "tcp", lab.Status.Service("sticky").Endpoints[0] + ":8080");
        var rules = await RulesAsync(lab, "node-1");
        Assert.Contains($"-m recent --rcheck --seconds 10800 --reap --name {chain} --mask 255.255.255.255 --rsource -j {chain}\n", rules, StringComparison.Ordinal);
        Assert.Contains($"-A {chain} -p tcp -m comment --comment \"default/sticky:http\" -m recent --set --name {chain} --mask 255.255.255.255 --rsource -m tcp -j DNAT", rules, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Local_traffic_stays_on_its_node_and_keeps_its_source()
    {
        var lab = await LabAsync();
        Assert.Equal("hostport-5c7bd\n", (await CurlAsync(lab, $"{lab.Status.Node("node-1").Address}:32011")).Output);
        Assert.Equal(28, (await CurlAsync(lab, $"{lab.Status.Node("node-2").Address}:32011")).ExitCode);
        // from the cluster itself it works everywhere
        Assert.Equal("hostport-5c7bd\n", (await lab.InPodAsync("shell-node-2", ["curl", "-sf", "--max-time", "2", $"http://{lab.Status.Node("node-2").Address}:32011/"], cancellationToken: Cancel)).Output);
        var seen = await lab.OnNodeAsync("node-1", ["sh", "-c", "conntrack -L -p tcp --orig-port-dst 32011 2>/dev/null"], cancellationToken: Cancel);
        Assert.Contains($"dst={lab.Status.OutsideAddress} sport=8080", seen.Output, StringComparison.Ordinal);

        var (external, local) = (KubeProxyNames.External("default/local:http", "tcp"), KubeProxyNames.Local("default/local:http", "tcp"));
        Assert.Contains($"-A {external} -j {local}\n", await RulesAsync(lab, "node-1"), StringComparison.Ordinal);
        var without = await RulesAsync(lab, "node-2");
        Assert.DoesNotContain(local, without, StringComparison.Ordinal);
        Assert.Contains("-A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment \"default/local:http has no local endpoints\" -m addrtype --dst-type LOCAL -m tcp --dport 32011 -j DROP\n", without, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_load_balancers_address_takes_who_may_and_drops_others()
    {
        var lab = await LabAsync();
        var url = lab.Status.Service("balanced").LoadBalancerIp + ":3012";
        Assert.StartsWith("web-", (await CurlAsync(lab, url)).Output, StringComparison.Ordinal);
        // the tests' own namespace is the second client
        Assert.Equal(28, (await fixture.Lab.OutsideAsync(["curl", "-sS", "--noproxy", "*", "--max-time", "1", url], cancellationToken: Cancel)).ExitCode);
        var rules = await RulesAsync(lab, "node-1");
        var (external, firewall) = (KubeProxyNames.External("default/balanced:http", "tcp"), KubeProxyNames.Firewall("default/balanced:http", "tcp"));
        Assert.Contains($"--dport 3012 -j {firewall}\n", rules, StringComparison.Ordinal);
        Assert.Contains($"-A {firewall} -s {lab.Status.OutsideAddress}/32 -m comment --comment \"default/balanced:http loadbalancer IP\" -j {external}\n", rules, StringComparison.Ordinal);
        Assert.Contains($"traffic not accepted by {firewall}\" -m tcp --dport 3012 -j DROP\n", rules, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_external_address_leads_to_the_service()
    {
        var lab = await LabAsync();
        var address = Assert.Single(lab.Status.Service("outer").ExternalIps);
        Assert.StartsWith("web-", (await CurlAsync(lab, address + ":3013")).Output, StringComparison.Ordinal);
        Assert.Contains($"-A KUBE-SERVICES -d {address}/32 -p tcp -m comment --comment \"default/outer:http external IP\" -m tcp --dport 3013 -j {KubeProxyNames.External("default/outer:http", "tcp")}\n",
            await RulesAsync(lab, "node-3"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_api_tells_their_kinds()
    {
        var lab = await LabAsync();
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(lab.Status.KubeConfig));
        var services = (await client.ListNamespacedServiceAsync("default", cancellationToken: Cancel)).Items.ToDictionary(s => s.Name());
        Assert.Equal("None", services["web-headless"].Spec.ClusterIP);
        Assert.Equal(("ClientIP", 10800), (services["sticky"].Spec.SessionAffinity, services["sticky"].Spec.SessionAffinityConfig.ClientIP.TimeoutSeconds));
        Assert.Equal(("NodePort", "Local"), (services["local"].Spec.Type, services["local"].Spec.ExternalTrafficPolicy));
        Assert.Equal("LoadBalancer", services["balanced"].Spec.Type);
        Assert.Equal(lab.Status.Service("balanced").LoadBalancerIp, services["balanced"].Status.LoadBalancer.Ingress[0].Ip);
        Assert.Equal(2, services["balanced"].Spec.LoadBalancerSourceRanges.Count);
        Assert.Equal(lab.Status.Service("outer").ExternalIps, services["outer"].Spec.ExternalIPs);
    }

    private Task<Lab> LabAsync() => fixture.VariantAsync(Variants.V3);

    private static Task<CommandResult> CurlAsync(Lab lab, string url) =>
        lab.OutsideAsync(["curl", "-sS", "--noproxy", "*", "--max-time", "1", $"http://{url}/"], cancellationToken: Cancel);

    private static async Task<string> RulesAsync(Lab lab, string node) => (await lab.OnNodeAsync(node, ["iptables-save"], cancellationToken: Cancel)).Output;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
