using System.Net;
using System.Text.Json;
using GravityNet.Facts;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.TransportTests.Bench;

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
        var facts = await new TransportFactory().OpenKubernetes(api.KubeConfig, null)
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
        Assert.Contains("/nowhere/config", Assert.Throws<SourceException>(() => factory.OpenKubernetes("/nowhere/config", null)).Message, StringComparison.Ordinal);

        var context = Assert.Throws<SourceException>(() => factory.OpenKubernetes(api.KubeConfig, "other"));
        Assert.Equal(SourceFailure.BadAnswer, context.Failure);
        Assert.Contains("other", context.Message, StringComparison.Ordinal);

        File.WriteAllText(api.KubeConfig, "\t: not yaml [");
        Assert.Equal(SourceFailure.BadAnswer, Assert.Throws<SourceException>(() => factory.OpenKubernetes(api.KubeConfig, null)).Failure);
    }

    private static async Task<FactResult> Read(KubernetesApi api, string fact) =>
        Assert.Single(await new TransportFactory().OpenKubernetes(api.KubeConfig, "bench").CollectAsync([fact], Cancel));

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
