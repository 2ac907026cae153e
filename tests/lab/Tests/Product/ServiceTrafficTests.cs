using System.Net;
using System.Net.Sockets;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>What real packets to services of each kind do, who the listeners see, and what Get-ServiceNatChain tells of both.</summary>
public sealed class ServiceTrafficTests(LabFixture fixture, VariantShell connected) : IClassFixture<VariantShell>
{
    [Fact]
    public async Task Nothing_is_wrong_with_services_of_any_kind()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        var rows = shell.Lines("Get-ServiceNatChain | ForEach-Object { \"$($_.Status) $($_.Problems)\" }");
        Assert.True(rows.Count >= lab.Status.Services.Count * lab.Status.Nodes.Count);
        Assert.Equal(["externalname ", "headless ", "noendpoints ", "ok "], rows.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_pod_that_reaches_itself_through_its_service_is_masqueraded()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        var service = lab.Status.Service("share-1");
        var pod = lab.Status.Pods.Single(p => p.Ip == service.Endpoints[0]);
        Assert.Equal([$"{pod.Name} True"], shell.Lines("(Get-ServiceNatChain share-1 node-1).Endpoints | ForEach-Object { \"$($_.Pod) $($_.Masquerade)\" }"));

        Assert.Equal([$"{pod.Name} {Gateway(lab, "node-1")}"], await lab.FromPodAsync(pod.Name, service.ClusterIp, 3100, path: Calls.Client));
        // others are seen as they are, on the same node and from another
        foreach (var other in new[] { "shell-node-1", "shell-node-3" })
            Assert.Equal([$"{pod.Name} {lab.Status.Pod(other).Ip}"], await lab.FromPodAsync(other, service.ClusterIp, 3100, path: Calls.Client));
    }

    [Fact]
    public async Task A_node_port_masquerades_who_comes_from_outside_unless_its_traffic_stays_local()
    {
        var (lab, _) = await connected.OpenAsync(fixture, Variants.V3);
        var pod = lab.Status.Pods.Single(p => p.Ip == lab.Status.Service("share-1").Endpoints[0]);
        // where the pod is, the packet leaves by cni0; elsewhere by flannel.1
        Assert.Equal([$"{pod.Name} {Gateway(lab, "node-1")}"], await lab.FromOutsideAsync(lab.Status.Node("node-1").Address, 32101, path: Calls.Client));
        Assert.Equal([$"{pod.Name} {lab.Status.Node("node-2").VtepAddress}"], await lab.FromOutsideAsync(lab.Status.Node("node-2").Address, 32101, path: Calls.Client));

        string[] seen = [$"hostport-5c7bd {lab.Status.OutsideAddress}"];
        Assert.Equal(seen, await lab.FromOutsideAsync(lab.Status.Node("node-1").Address, 32011, path: Calls.Client));
        Assert.Equal(seen, await lab.FromOutsideAsync(lab.Status.Service("edge").LoadBalancerIp!, 3015, path: Calls.Client));
        // and a port of the host, by the portmap plugin
        Assert.Equal(seen, await lab.FromOutsideAsync(lab.Status.Node("node-1").Address, 18080, path: Calls.Client));
    }

    [Fact]
    public async Task A_service_without_endpoints_refuses_whatever_way_one_comes()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        Assert.Equal(Each(lab, "noendpoints"), Told(shell, "vacant"));

        var service = lab.Status.Service("vacant");
        var calls = await Task.WhenAll(
            lab.FromPodAsync("shell-node-2", service.ClusterIp, 3016),
            lab.FromNodeAsync("node-3", service.ClusterIp, 3016),
            lab.FromPodAsync("shell-node-1", service.LoadBalancerIp!, 3016),
            lab.FromPodAsync("shell-node-3", service.ExternalIps[0], 3016),
            lab.FromOutsideAsync(service.LoadBalancerIp!, 3016),
            lab.FromOutsideAsync(service.ExternalIps[0], 3016),
            lab.FromOutsideAsync(lab.Status.Node("node-2").Address, 32016));
        Assert.All(calls, c => Assert.Equal([Calls.Refused], c));
    }

    [Fact]
    public async Task Traffic_that_has_to_stay_on_a_node_without_endpoints_is_dropped()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        Assert.Equal(["node-1 ok", "node-2 noendpoints", "node-3 noendpoints"], Told(shell, "inner"));

        var (inner, other) = (lab.Status.Service("inner").ClusterIp, lab.Status.Node("node-2").Address);
        Assert.Equal(["hostport-5c7bd"], await lab.FromPodAsync("shell-node-1", inner, 3014));
        // what comes from the cluster may leave the node even where outside traffic may not
        Assert.Equal(["hostport-5c7bd"], await lab.FromPodAsync("shell-node-2", other, 32015));
        Assert.Equal(["hostport-5c7bd"], await lab.FromNodeAsync("node-2", other, 32015));
        var dropped = await Task.WhenAll(
            lab.FromPodAsync("shell-node-2", inner, 3014, patience: Calls.Brief),
            lab.FromNodeAsync("node-3", inner, 3014, patience: Calls.Brief),
            lab.FromOutsideAsync(other, 32015, patience: Calls.Brief));
        Assert.All(dropped, c => Assert.Equal([Calls.Silence], c));
    }

    [Fact]
    public async Task Each_node_tells_on_its_health_check_port_whether_it_has_endpoints()
    {
        var (lab, _) = await connected.OpenAsync(fixture, Variants.V3);
        foreach (var node in lab.Status.Nodes)
        {
            var answer = Assert.Single(await lab.FromOutsideAsync(node.Address, lab.Status.Service("edge").HealthCheckNodePort!.Value));
            Assert.EndsWith($"\"localEndpoints\":{(node.Name == "node-1" ? 1 : 0)}}}", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pods_that_are_not_ready_or_about_to_go_get_nothing_but_where_no_other_is_there()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        const string Endpoints = "(Get-ServiceNatChain {0} node-3).Endpoints | ForEach-Object {{ \"$($_.Pod) $($_.ShareText) $($_.State)\" }}";
        Assert.Equal(["tide-79c4f6d8b5-h2mqs 1 live"], shell.Lines(string.Format(null, Endpoints, "tide")));
        Assert.Equal(["ebb-5f8c7b6d94-p4tjg 1 terminating"], shell.Lines(string.Format(null, Endpoints, "ebb")));
        Assert.Equal(Each(lab, "ok"), Told(shell, "tide"));

        var names = await lab.FromPodAsync("shell-node-3", lab.Status.Service("tide").ClusterIp, 3018, 30);
        Assert.Equal(["tide-79c4f6d8b5-h2mqs"], names.Distinct());
        Assert.Equal(["ebb-5f8c7b6d94-p4tjg"], await lab.FromPodAsync("shell-node-3", lab.Status.Service("ebb").ClusterIp, 3019));
    }

    [Fact]
    public async Task An_endpoint_outside_the_cluster_sees_the_node()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        var service = lab.Status.Service("uplink");
        Assert.Equal(Each(lab, "ok"), Told(shell, "uplink"));
        Assert.Equal([$"{lab.Status.OutsideAddress} 8088 live"], shell.Lines("(Get-ServiceNatChain uplink node-2).Endpoints | ForEach-Object { \"$($_.Address) $($_.Port) $($_.State)\" }"));

        using var listener = await Lab.InNetworkAsync(lab.Status.OutsidePid, () =>
        {
            var started = new TcpListener(IPAddress.Parse(lab.Status.OutsideAddress), 8088);
            started.Start();
            return started;
        });
        var accepted = listener.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask();
        var connecting = Lab.InNetworkAsync(lab.Status.Pod("shell-node-2").HostPid, () =>
        {
            using var client = new TcpClient(AddressFamily.InterNetwork);
            client.Connect(service.ClusterIp, 3017);
            return client.Connected;
        });
        using var seen = await accepted.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal(lab.Status.Node("node-2").Address, ((IPEndPoint)seen.RemoteEndPoint!).Address.ToString());
        Assert.True(await connecting);
    }

    [Fact]
    public async Task Names_that_have_no_rules_say_what_they_are()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        Assert.Equal(Each(lab, "headless"), Told(shell, "web-headless"));
        Assert.Equal(Each(lab, "externalname"), Told(shell, "named"));
        Assert.Equal(["www.example.com"], shell.Lines("Get-ServiceNatChain named node-1 | ForEach-Object ExternalName"));
    }

    [Fact]
    public async Task Each_protocol_of_a_port_has_a_chain_of_its_own()
    {
        var (lab, shell) = await connected.OpenAsync(fixture, Variants.V3);
        Assert.Equal(["tcp 53 ok", "udp 53 ok"], shell.Lines("Get-ServiceNatChain kube-dns node-1 | ForEach-Object { \"$($_.Protocol) $($_.Port) $($_.Status)\" } | Sort-Object"));
        Assert.Equal(["sctp 3868 3"], shell.Lines("Get-ServiceNatChain signal node-1 | ForEach-Object { \"$($_.Protocol) $($_.Port) $($_.Endpoints.Count)\" }"));
        foreach (var transport in new[] { "+notcp", "+tcp" })
        {
            var answer = await lab.InPodAsync("shell-node-1", ["dig", "+short", "+time=2", "+tries=1", transport, "@10.100.214.177", "web.default.svc.cluster.local"], cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal("10.100.45.9\n", answer.Output);
        }
    }

    private static IReadOnlyList<string> Told(ModuleShell shell, string service) =>
        shell.Lines($"Get-ServiceNatChain {service} | Sort-Object Node | ForEach-Object {{ \"$($_.Node) $($_.Status)\" }}");

    private static IEnumerable<string> Each(Lab lab, string status) => lab.Status.Nodes.Select(n => $"{n.Name} {status}");

    // cni0's address
    private static string Gateway(Lab lab, string node) => lab.Status.Node(node).VtepAddress[..^1] + "1";
}
