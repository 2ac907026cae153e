using GravityNet.Facts;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class KubeJsonTests
{
    public static TheoryData<string> AllRecordings => [.. Recordings.Names];

    [Theory]
    [MemberData(nameof(AllRecordings))]
    public void Every_recording_gives_all_four_lists(string recording)
    {
        var objects = KubeObjects.From(Recordings.ClusterFacts(recording));

        Assert.Empty(objects.Unknown);
        Assert.Equal(["node-1", "node-2", "node-3"], objects.Nodes!.Select(n => n.Name).Order());
        Assert.All(objects.Nodes!, n => Assert.True(n.Ready && n.InternalIP.StartsWith("192.168.33.1", StringComparison.Ordinal)));
        Assert.All(objects.Pods!.Where(p => p.Phase == "Running"), p => Assert.True(p.IsAlive && p.Ready && p.Node.Length > 0 && p.Address.Length > 0));
        Assert.Equal("job-done", Assert.Single(objects.Pods!, p => !p.IsAlive).Name[..8]);
        Assert.All(objects.Services!, s => Assert.True(s.ClusterIP.Length > 0 || s.Type == "ExternalName"));
        Assert.All(objects.Endpoints!, e => Assert.True(e.Address.Length > 0 && e.Port > 0 && e.Service.Length > 0));
    }

    [Fact]
    public void Pods_carry_addresses_ports_and_the_host_network()
    {
        var objects = KubeObjects.From(Recordings.ClusterFacts("healthy"));

        var pod = Assert.Single(objects.Pods!, p => p.Name == "hostport-5c7bd");
        Assert.Equal(("default", "node-1", "10.244.19.5", "Running"), (pod.Namespace, pod.Node, pod.Address, pod.Phase));
        Assert.Contains(new ContainerPort("http", 8080, 18080, "tcp"), pod.ContainerPorts);
        Assert.Equal("hostport", pod.Labels["app"]);
        Assert.Same(pod, objects.PodAt("10.244.19.5"));
        Assert.Contains(objects.Pods!, p => p.HostNetwork);
        Assert.Null(objects.PodAt(objects.Pods!.First(p => p.HostNetwork).Address));
    }

    [Fact]
    public void Services_carry_ports_affinity_policies_and_external_addresses()
    {
        var services = KubeObjects.From(Recordings.ClusterFacts("healthy")).Services!;

        var dns = Assert.Single(services, s => s.Name == "kube-dns");
        Assert.Equal("10.100.214.177", dns.ClusterIP);
        Assert.Contains(dns.Ports, p => p is { Name: "dns", Port: 53, Protocol: "udp", NodePort: null });
        var sticky = Assert.Single(services, s => s.Name == "sticky");
        Assert.Equal(("ClientIP", 600), (sticky.SessionAffinity, sticky.AffinitySeconds));
        Assert.Equal("Local", Assert.Single(services, s => s.Name == "echo-only-local").InternalTrafficPolicy);
        Assert.Equal(32009, Assert.Single(Assert.Single(services, s => s.Name == "web").Ports).NodePort);
        Assert.NotEmpty(Assert.Single(services, s => s.Name == "web-extip").ExternalIPs);
        Assert.NotEmpty(Assert.Single(services, s => s.Name == "web-lb").LoadBalancerIPs);
        var headless = Assert.Single(services, s => s.Name == "web-headless");
        Assert.True(headless.IsHeadless);
        Assert.Empty(headless.ClusterIPs);
    }

    [Theory]
    [MemberData(nameof(AllRecordings))]
    public void Slices_and_endpoints_tell_the_same(string recording)
    {
        var facts = Recordings.ClusterFacts(recording);
        var fromSlices = KubeObjects.From(facts);
        var fromEndpoints = KubeObjects.From(facts.Where(f => f.Fact != "kube-endpointslices"));

        Assert.Equal("'kube-endpointslices' was not collected: the Kubernetes API was not asked (connect with -KubeConfig or -KubeNode), or the snapshot lacks it", fromEndpoints.Unknown["kube-endpointslices"]);
        Assert.NotEmpty(fromSlices.Endpoints!);
        Assert.Equal(Keys(fromSlices), Keys(fromEndpoints));

        static IEnumerable<string> Keys(KubeObjects objects) => objects.Endpoints!
            .Select(e => $"{e.Namespace}/{e.Service}:{e.PortName} {e.Protocol} {e.Address}:{e.Port} {e.Pod} {e.Ready}").Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Nodes_carry_the_annotations_of_the_kube_subnet_manager()
    {
        var annotated = KubeObjects.From(Recordings.ClusterFacts("healthy-kubesubnet")).Nodes!;
        Assert.All(annotated, n => Assert.True(n.KubeSubnetManager && n.BackendType == "vxlan" && n.PublicIP == n.InternalIP && n.PodCidr.EndsWith("/24", StringComparison.Ordinal)));
        Assert.All(annotated, n => Assert.Contains("VtepMAC", n.BackendData, StringComparison.Ordinal));
        Assert.All(KubeObjects.From(Recordings.ClusterFacts("healthy")).Nodes!, n => Assert.Equal((false, ""), (n.KubeSubnetManager, n.BackendData)));
    }

    [Fact]
    public void Missing_conditions_of_an_endpoint_count_as_ready_and_terminating_ones_as_not()
    {
        const string slices = """
            {"kind":"EndpointSliceList","items":[{"addressType":"IPv4","metadata":{"name":"w-1","namespace":"d","labels":{"kubernetes.io/service-name":"w"}},
             "ports":[{"port":80,"protocol":"TCP","name":null}],
             "endpoints":[{"addresses":["10.0.0.1","10.0.0.9"],"conditions":{}},
              {"addresses":["10.0.0.2"],"conditions":{"ready":false,"serving":true,"terminating":true}},
              {"addresses":["10.0.0.3"],"conditions":{"ready":false}},
              {"addresses":[]}]}]}
            """;

        var endpoints = KubeObjects.From([new FactResult("kube-endpointslices", slices)]).Endpoints!;

        Assert.Equal(
            ["10.0.0.1 True True False", "10.0.0.2 False True True", "10.0.0.3 False False False"],
            endpoints.Select(e => $"{e.Address} {e.Ready} {e.Serving} {e.Terminating}"));
    }

    [Theory]
    [InlineData("", "The text is empty.")]
    [InlineData("{\"kind\":\"PodList\",\"items\":[{\"metadata\":", "not valid JSON")]
    [InlineData("[]", "no list of Kubernetes objects")]
    [InlineData("{\"kind\":\"PodList\",\"items\":{}}", "no list of Kubernetes objects")]
    [InlineData("{\"kind\":\"Status\",\"message\":\"pods is forbidden\"}", "pods is forbidden")]
    public void A_text_that_is_no_list_makes_the_fact_unknown_with_the_reason(string text, string reason)
    {
        var objects = KubeObjects.From([new FactResult("kube-pods", text)]);

        Assert.Null(objects.Pods);
        Assert.Contains(reason, objects.Unknown["kube-pods"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_fact_is_unknown_with_its_own_reason_and_an_empty_list_is_known()
    {
        var objects = KubeObjects.From(
        [
            new FactResult("kube-services", "") { ExitCode = 1, Command = "GET /api/v1/services", Error = "403 Forbidden" },
            new FactResult("kube-nodes", "{\"kind\":\"NodeList\",\"items\":[]}"),
        ]);

        Assert.Null(objects.Services);
        Assert.Contains("403 Forbidden", objects.Unknown["kube-services"], StringComparison.Ordinal);
        Assert.Empty(objects.Nodes!);
        Assert.False(objects.Unknown.ContainsKey("kube-nodes"));
    }

    [Fact]
    public void Objects_of_unexpected_shape_do_not_hide_the_others()
    {
        const string pods = """{"kind":"List","items":[null,7,{"metadata":5},{"metadata":{"name":"a","namespace":"d"},"spec":{"containers":{}},"status":[]}]}""";

        var pod = Assert.Single(KubeObjects.From([new FactResult("kube-pods", pods)]).Pods!);

        Assert.Equal(("a", ""), (pod.Name, pod.Address));
    }

    [Fact]
    public void An_address_of_a_finished_pod_belongs_to_the_pod_that_runs()
    {
        const string pods = """
            {"kind":"List","items":[
             {"metadata":{"name":"job","namespace":"d"},"status":{"phase":"Succeeded","podIP":"10.0.0.1"}},
             {"metadata":{"name":"web","namespace":"d"},"status":{"phase":"Running","podIP":"10.0.0.1"}}]}
            """;

        Assert.Equal("web", KubeObjects.From([new FactResult("kube-pods", pods)]).PodAt("10.0.0.1")?.Name);
    }
}
