using System.Net;
using System.Text.Json;
using GravityNet.Facts;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.TransportTests.Bench;
using Microsoft.AspNetCore.Http;

namespace GravityNet.TransportTests;

public sealed class KubernetesClusterSourceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_become_one_list_in_the_APIs_form_without_its_bookkeeping()
    {
        using var api = new KubernetesApi(Pods);
        var fact = await Read(api, "kube-pods");
        Assert.True(fact.Answered, fact.Reason);
        var list = JsonDocument.Parse(fact.Text).RootElement;
        Assert.Equal("PodList", list.GetProperty("kind").GetString());
        Assert.Equal("v1", list.GetProperty("apiVersion").GetString());
        var items = list.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["web-0", "web-1", "web-2"], items.Select(i => i.GetProperty("metadata").GetProperty("name").GetString()));
        Assert.Equal("10.244.65.7", items[2].GetProperty("status").GetProperty("podIP").GetString());
        Assert.DoesNotContain("managedFields", fact.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_is_denied_or_not_served_is_told_beside_the_others()
    {
        using var api = new KubernetesApi(request => request.Url!.AbsolutePath switch
        {
            "/api/v1/pods" => Pods(request),
            "/api/v1/services" => (403, Status(403, "Forbidden", "services is forbidden: User \\\"joe\\\" cannot list resource \\\"services\\\"")),
            _ => (404, "404 page not found"),
        });
        var facts = await new TransportFactory().OpenKubernetes(new() { ConfigFiles = [api.KubeConfig] }, _ => { })
            .CollectAsync(["kube-pods", "kube-services", "kube-endpointslices"], Cancel);
        Assert.Equal(["kube-pods", "kube-services", "kube-endpointslices"], facts.Select(f => f.Fact));
        Assert.True(facts[0].Answered, facts[0].Reason);
        Assert.Equal((1, false), (facts[1].ExitCode, facts[1].Answered));
        Assert.Contains("may not list services", facts[1].Error, StringComparison.Ordinal);
        Assert.Contains("\"joe\"", facts[1].Error, StringComparison.Ordinal);
        Assert.Contains("discovery.k8s.io/v1 endpointslices is not served", facts[2].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_is_not_accepted_and_a_server_that_is_not_there_fail_as_a_whole()
    {
        using var api = new KubernetesApi(_ => (401, Status(401, "Unauthorized", "Unauthorized")));
        var denied = await Assert.ThrowsAsync<SourceException>(() => Read(api, "kube-nodes"));
        Assert.Equal(SourceFailure.AuthenticationFailed, denied.Failure);

        using var other = new KubernetesApi(_ => (200, "<html>"));
        var bad = await Assert.ThrowsAsync<SourceException>(() => Read(other, "kube-nodes"));
        Assert.Equal(SourceFailure.BadAnswer, bad.Failure);

        var config = await File.ReadAllTextAsync(other.KubeConfig, Cancel);
        await File.WriteAllTextAsync(other.KubeConfig, System.Text.RegularExpressions.Regex.Replace(config, @"127.0.0.1:\d+", $"127.0.0.1:{Processes.FreePort()}"), Cancel);
        var dead = await Assert.ThrowsAsync<SourceException>(() => Read(other, "kube-nodes"));
        Assert.Equal(SourceFailure.Unreachable, dead.Failure);
        Assert.Contains("127.0.0.1", dead.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kubeconfig_that_is_missing_broken_or_lacks_the_context_is_named()
    {
        using var api = new KubernetesApi(Pods);
        var factory = new TransportFactory();
        Assert.Contains("/nowhere/config", Assert.Throws<SourceException>(() => factory.OpenKubernetes(new() { ConfigFiles = ["/nowhere/config"] }, _ => { })).Message, StringComparison.Ordinal);

        var context = Assert.Throws<SourceException>(() => factory.OpenKubernetes(new() { ConfigFiles = [api.KubeConfig], Context = "other" }, _ => { }));
        Assert.Equal(SourceFailure.BadAnswer, context.Failure);
        Assert.Contains("other", context.Message, StringComparison.Ordinal);

        File.WriteAllText(api.KubeConfig, "\t: not yaml [");
        Assert.Equal(SourceFailure.BadAnswer, Assert.Throws<SourceException>(() => factory.OpenKubernetes(new() { ConfigFiles = [api.KubeConfig] }, _ => { })).Failure);
    }

    [Fact]
    public async Task A_list_of_many_pages_is_whole()
    {
        await using var server = await KubeServer.StartAsync();
        server.Answers = request => (200, PageOf(request, 1234));
        var names = Names(await Read(server, "kube-pods"));
        Assert.Equal(Enumerable.Range(0, 1234).Select(i => $"pod-{i}"), names);
        Assert.Equal(3, server.Seen.Count);
    }

    [Fact]
    public async Task Pages_that_have_expired_are_read_again_from_the_first()
    {
        await using var server = await KubeServer.StartAsync();
        var expired = 0;
        server.Answers = request => request.Query["continue"] == "1000" && Interlocked.Increment(ref expired) == 1
            ? (410, Lists.Status(410, "Expired", "The provided continue parameter is too old"))
            : (200, PageOf(request, 1100));
        Assert.Equal(Enumerable.Range(0, 1100).Select(i => $"pod-{i}"), Names(await Read(server, "kube-pods")));
        Assert.Equal(6, server.Seen.Count);

        // one that expires each time is told, and the others come all the same
        server.Answers = request => request.Path == "/api/v1/pods" && request.Query["continue"] != ""
            ? (410, Lists.Status(410, "Expired", "The provided continue parameter is too old"))
            : (200, PageOf(request, 700));
        var facts = await Open(server).CollectAsync(["kube-pods", "kube-nodes"], Cancel);
        Assert.Equal((false, true), (facts[0].Answered, facts[1].Answered));
        Assert.Contains("410", facts[0].Error, StringComparison.Ordinal);
        Assert.Contains("too old", facts[0].Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodes")]
    [InlineData("pods")]
    [InlineData("services")]
    [InlineData("endpoints")]
    [InlineData("endpointslices")]
    public async Task A_denied_list_is_unknown_with_its_reason_and_the_others_are_known(string denied)
    {
        await using var server = await KubeServer.StartAsync();
        server.Answers = request => request.Path.Value!.EndsWith("/" + denied, StringComparison.Ordinal)
            ? (403, Lists.Status(403, "Forbidden", $"{denied} is forbidden: User \\\"joe\\\" cannot list resource \\\"{denied}\\\" at the cluster scope"))
            : (200, Lists.List("", [Lists.Named("one")]));
        string[] all = ["kube-nodes", "kube-pods", "kube-services", "kube-endpoints", "kube-endpointslices"];
        var objects = KubeObjects.From(await Open(server).CollectAsync(all, Cancel));
        var unknown = Assert.Single(objects.Unknown);
        Assert.Equal("kube-" + denied, unknown.Key);
        Assert.Contains($"may not list {denied}", unknown.Value, StringComparison.Ordinal);
        Assert.Contains("User \"joe\" cannot list", unknown.Value, StringComparison.Ordinal);
        Assert.Equal(denied == "nodes", objects.Nodes is null);
        Assert.Equal(denied == "pods", objects.Pods is null);
        Assert.Equal(denied == "services", objects.Services is null);
        Assert.NotNull(objects.Endpoints);
    }

    [Fact]
    public async Task Older_clusters_serve_slices_of_v1beta1_or_endpoints_alone()
    {
        await using var server = await KubeServer.StartAsync();
        const string Slice = """
            {"metadata":{"name":"dns-x","namespace":"kube-system","labels":{"kubernetes.io/service-name":"kube-dns"}},"addressType":"IPv4",
             "endpoints":[{"addresses":["10.244.19.3"],"conditions":{"ready":true},"topology":{"kubernetes.io/hostname":"node-1"}}],"ports":[{"name":"dns","protocol":"UDP","port":53}]}
            """;
        const string Endpoints = """
            {"metadata":{"name":"kube-dns","namespace":"kube-system"},"subsets":[{"addresses":[{"ip":"10.244.19.4","nodeName":"node-1"}],"ports":[{"name":"dns","protocol":"UDP","port":53}]}]}
            """;
        server.Answers = request => request.Path.Value switch
        {
            "/apis/discovery.k8s.io/v1beta1/endpointslices" => (200, Lists.List("", [Slice])),
            "/api/v1/endpoints" => (200, Lists.List("", [Endpoints])),
            _ => (404, "404 page not found"),
        };
        var endpoint = Assert.Single(KubeObjects.From(await Open(server).CollectAsync(["kube-endpoints", "kube-endpointslices"], Cancel)).Endpoints!);
        Assert.Equal(("10.244.19.3", 53, "node-1"), (endpoint.Address, endpoint.Port, endpoint.Node));

        server.Answers = request => request.Path == "/api/v1/endpoints" ? (200, Lists.List("", [Endpoints])) : (404, "404 page not found");
        var facts = await Open(server).CollectAsync(["kube-endpoints", "kube-endpointslices"], Cancel);
        Assert.Contains("discovery.k8s.io/v1 endpointslices is not served", facts[1].Error, StringComparison.Ordinal);
        Assert.Equal("10.244.19.4", Assert.Single(KubeObjects.From(facts).Endpoints!).Address);
    }

    [Fact]
    public async Task A_server_that_is_frozen_is_given_up_in_time_and_a_stop_at_once()
    {
        // takes connections and says nothing, not even in the handshake
        using var frozen = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        frozen.Start();
        using var certificates = new EtcdCertificates();
        var url = $"https://{frozen.LocalEndpoint}";
        var config = certificates.Write("config", $"{{current-context: c, clusters: [{{name: c, cluster: {{server: '{url}'}}}}], contexts: [{{name: c, context: {{cluster: c}}}}]}}");
        var source = new TransportFactory().OpenKubernetes(new() { ConfigFiles = [config], Timeout = TimeSpan.FromSeconds(1) }, _ => { });
        string[] all = ["kube-nodes", "kube-pods", "kube-services"];
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var e = await Assert.ThrowsAsync<SourceException>(() => source.CollectAsync(all, Cancel));
        Assert.Equal(SourceFailure.Unreachable, e.Failure);
        Assert.Contains("no answer within 1 s", e.Message, StringComparison.Ordinal);
        Assert.Contains(url, e.Message, StringComparison.Ordinal);
        // a timer of whole milliseconds may be one ahead of the clock
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.99), TimeSpan.FromSeconds(5));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var asking = new TransportFactory().OpenKubernetes(new() { ConfigFiles = [config] }, _ => { }).CollectAsync(all, stop.Token);
        await Task.Delay(200, Cancel);
        clock.Restart();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    private static IClusterSource Open(KubeServer server) =>
        new TransportFactory().OpenKubernetes(new() { ConfigFiles = [server.Config("token: secret")] }, _ => { });

    private static async Task<FactResult> Read(KubeServer server, string fact) => Assert.Single(await Open(server).CollectAsync([fact], Cancel));

    private static IEnumerable<string?> Names(FactResult fact)
    {
        Assert.True(fact.Answered, fact.Reason);
        return JsonDocument.Parse(fact.Text).RootElement.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("metadata").GetProperty("name").GetString());
    }

    // as an API server pages: as many as asked for, and a token where there are more
    private static string PageOf(HttpRequest request, int all)
    {
        var start = int.TryParse(request.Query["continue"], System.Globalization.CultureInfo.InvariantCulture, out var from) ? from : 0;
        var end = Math.Min(all, start + int.Parse(request.Query["limit"]!, System.Globalization.CultureInfo.InvariantCulture));
        return Lists.List(end < all ? $"{end}" : "", Enumerable.Range(start, end - start).Select(i => Lists.Named($"pod-{i}")));
    }

    private static async Task<FactResult> Read(KubernetesApi api, string fact) =>
        Assert.Single(await new TransportFactory().OpenKubernetes(new() { ConfigFiles = [api.KubeConfig], Context = "bench" }, _ => { }).CollectAsync([fact], Cancel));

    private static (int, string) Pods(HttpListenerRequest request)
    {
        if (request.Headers["Authorization"] != "Bearer secret") return (401, Status(401, "Unauthorized", "Unauthorized"));
        Assert.Equal("500", request.QueryString["limit"]);
        return request.QueryString["continue"] switch
        {
            null => (200, Page("\"continue\":\"two\"", "web-0", "web-1")),
            "two" => (200, Page("", "web-2")),
            _ => (410, Status(410, "Expired", "too old")),
        };
    }

    private static string Page(string metadata, params string[] names)
    {
        const string Pod = """{"metadata":{"name":"NAME","namespace":"default","managedFields":[{"manager":"kubelet"}]},"status":{"podIP":"10.244.65.7"}}""";
        var items = string.Join(',', names.Select(name => Pod.Replace("NAME", name, StringComparison.Ordinal)));
        return $$"""{"kind":"PodList","apiVersion":"v1","metadata":{ {{metadata}} },"items":[ {{items}} ]}""";
    }

    private static string Status(int code, string reason, string message) =>
        $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{code}}}""";
}
