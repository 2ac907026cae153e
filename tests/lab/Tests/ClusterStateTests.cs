using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GravityNet.LabTests;

public sealed class ClusterStateTests(LabFixture fixture)
{
    [Fact]
    public async Task Etcd_holds_the_network_config_and_a_lease_a_node()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(3) };
        var text = await client.GetStringAsync(
            new Uri($"{fixture.Status.Etcd}/v2/keys/coreos.com/network?recursive=true"), TestContext.Current.CancellationToken);
        var top = JsonNode.Parse(text)!["node"]!["nodes"]!.AsArray().ToDictionary(n => (string)n!["key"]!, n => n!);
        Assert.Equal(
            """{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan","VNI":1,"Port":8472}}""", (string)top["/coreos.com/network/config"]["value"]!);
        var leases = top["/coreos.com/network/subnets"]["nodes"]!.AsArray();
        Assert.Equal(fixture.Status.Nodes.Count, leases.Count);
        foreach (var node in fixture.Status.Nodes)
        {
            var lease = leases.Single(l => (string)l!["key"]! == "/coreos.com/network/subnets/" + node.Subnet.Replace('/', '-'))!;
            Assert.Equal(
                $$$"""{"PublicIP":"{{{node.Address}}}","BackendType":"vxlan","BackendData":{"VtepMAC":"{{{node.VtepMac}}}"}}""", (string)lease["value"]!);
            Assert.InRange((int)lease["ttl"]!, 80_000, 86_400);
        }
    }

    [Fact]
    public async Task The_api_lists_what_runs()
    {
        using var client = Connect();
        var cancel = TestContext.Current.CancellationToken;
        var nodes = await client.ListNodeAsync(cancellationToken: cancel);
        Assert.Equal(
            fixture.Status.Nodes.Select(n => (n.Name, n.Address, n.Subnet)),
            nodes.Items.Select(n => (n.Name(), n.Status.Addresses.Single(a => a.Type == "InternalIP").Address, n.Spec.PodCIDR)));
        var pods = await client.ListPodForAllNamespacesAsync(cancellationToken: cancel);
        Assert.Equal(
            fixture.Status.Pods.Select(p => (p.Namespace, p.Name, p.Node, p.Ip)).Order(),
            pods.Items.Where(p => p.Spec.HostNetwork != true).Select(p => (p.Namespace(), p.Name(), p.Spec.NodeName, p.Status.PodIP)).Order());
        Assert.Contains(pods.Items, p => p.Spec.Containers[0].Ports?.Any(port => port.HostPort == 18080) == true);
        var services = await client.ListServiceForAllNamespacesAsync(cancellationToken: cancel);
        Assert.Equal(
            fixture.Status.Services.Select(s => (s.Namespace, s.Name, s.ClusterIp)).Order(),
            services.Items.Select(s => (s.Namespace(), s.Name(), s.Spec.ClusterIP)).Order());
        Assert.Contains("default", (await client.ListNamespaceAsync(cancellationToken: cancel)).Items.Select(n => n.Name()));
    }

    [Fact]
    public async Task Endpoints_and_slices_name_the_pods_behind_a_service()
    {
        using var client = Connect();
        var cancel = TestContext.Current.CancellationToken;
        var web = fixture.Status.Service("web").Endpoints;
        var endpoints = await client.ReadNamespacedEndpointsAsync("web", "default", cancellationToken: cancel);
        Assert.Equal(web, endpoints.Subsets.SelectMany(s => s.Addresses).Select(a => a.Ip));
        var slices = await client.ListNamespacedEndpointSliceAsync("default", labelSelector: "kubernetes.io/service-name=web", cancellationToken: cancel);
        var slice = Assert.Single(slices.Items);
        Assert.Equal(web, slice.Endpoints.SelectMany(e => e.Addresses));
        var orphan = await client.ReadNamespacedEndpointsAsync("gravity-site", "kube-system", cancellationToken: cancel);
        Assert.Null(orphan.Subsets);
    }

    [Fact]
    public async Task Lists_come_in_pages_and_by_selector()
    {
        using var client = Connect();
        var cancel = TestContext.Current.CancellationToken;
        var names = new List<string>();
        string? next = null;
        do
        {
            var page = await client.ListPodForAllNamespacesAsync(limit: 4, continueParameter: next, cancellationToken: cancel);
            Assert.InRange(page.Items.Count, 1, 4);
            // the API server's own pod is on its host's network: the lab has no process of it
            names.AddRange(page.Items.Where(p => p.Spec.HostNetwork != true).Select(p => p.Name()));
            next = page.Metadata.ContinueProperty;
        }
        while (!string.IsNullOrEmpty(next));
        Assert.Equal(fixture.Status.Pods.Select(p => p.Name).Order(), names.Order());

        var onNode = await client.ListPodForAllNamespacesAsync(fieldSelector: "spec.nodeName=node-2", cancellationToken: cancel);
        Assert.Equal(fixture.Status.Pods.Where(p => p.Node == "node-2").Select(p => p.Name).Order(), onNode.Items.Select(p => p.Name()).Order());
    }

    [Fact]
    public async Task The_api_refuses_a_wrong_token_and_an_unknown_name()
    {
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(fixture.Status.KubeConfig);
        config.AccessToken = "wrong";
        using var stranger = new Kubernetes(config);
        var refused = await Assert.ThrowsAsync<HttpOperationException>(() => stranger.ListNodeAsync(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.Response.StatusCode);
        using var client = Connect();
        var missing = await Assert.ThrowsAsync<HttpOperationException>(
            () => client.ReadNamespacedPodAsync("nothing", "default", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, missing.Response.StatusCode);
    }

    private Kubernetes Connect() => new(KubernetesClientConfiguration.BuildConfigFromConfigFile(fixture.Status.KubeConfig));
}
