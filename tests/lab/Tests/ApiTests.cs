using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GravityNet.LabTests;

/// <summary>The API beyond lists: watches, certificates, rights, discovery, and a real kubectl.</summary>
public sealed class ApiTests(LabFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_watch_tells_what_changed_after_the_list()
    {
        var lab = await fixture.VariantAsync(Variants.V3);
        using var client = Connect(lab.Status.KubeConfig);
        var version = (await client.ListPodForAllNamespacesAsync(cancellationToken: Cancel)).ResourceVersion();
        using var stop = new CancellationTokenSource(Patience);
        await using var all = client.CoreV1.WatchListPodForAllNamespacesAsync(resourceVersion: version, cancellationToken: stop.Token).GetAsyncEnumerator(stop.Token);
        await using var marked = client.CoreV1.WatchListNamespacedPodAsync("default", labelSelector: "mark=yes", resourceVersion: version, cancellationToken: stop.Token).GetAsyncEnumerator(stop.Token);

        await ChangeAsync(lab, "pods", pods => Pod(pods, "hostport-5c7bd")["metadata"]!["labels"]!["mark"] = "yes");
        var (type, pod) = await NextAsync(all);
        Assert.Equal((WatchEventType.Modified, "hostport-5c7bd", "yes"), (type, pod.Name(), pod.Labels()["mark"]));
        var changed = long.Parse(pod.ResourceVersion(), CultureInfo.InvariantCulture);
        Assert.True(changed > long.Parse(version, CultureInfo.InvariantCulture));
        // to who asked for marked pods only, it is new
        Assert.Equal(WatchEventType.Added, (await NextAsync(marked)).Type);

        JsonNode? gone = null;
        await ChangeAsync(lab, "pods", pods => pods.Remove(gone = Pod(pods, "hostport-5c7bd")));
        Assert.Equal(WatchEventType.Deleted, (await NextAsync(all)).Type);
        Assert.Equal(WatchEventType.Deleted, (await NextAsync(marked)).Type);
        gone!["metadata"]!["labels"]!.AsObject().Remove("mark");
        await ChangeAsync(lab, "pods", pods => pods.Add(gone.DeepClone()));
        Assert.Equal((WatchEventType.Added, "hostport-5c7bd"), (await NextAsync(all)) is var (added, again) ? (added, again.Name()) : default);
        // a watch that begins later tells the same
        Assert.Equal(3, await CountSinceAsync(client, version, "hostport-5c7bd"));
    }

    [Fact]
    public async Task Nodes_services_and_slices_can_be_watched_too()
    {
        var lab = await fixture.VariantAsync(Variants.Annotations);
        using var client = Connect(lab.Status.KubeConfig);
        using var stop = new CancellationTokenSource(Patience);
        var version = (await client.ListNodeAsync(cancellationToken: Cancel)).ResourceVersion();
        await using var nodes = client.CoreV1.WatchListNodeAsync(resourceVersion: version, cancellationToken: stop.Token).GetAsyncEnumerator(stop.Token);
        await using var services = client.CoreV1.WatchListServiceForAllNamespacesAsync(resourceVersion: version, cancellationToken: stop.Token).GetAsyncEnumerator(stop.Token);
        await using var slices = client.DiscoveryV1.WatchListNamespacedEndpointSliceAsync("kube-system", resourceVersion: version, cancellationToken: stop.Token).GetAsyncEnumerator(stop.Token);
        await lab.FaultAsync("lease-mac-stale", isOn: true, Cancel);
        Assert.Equal("node-3", (await NextAsync(nodes)).Item.Name());
        await lab.FaultAsync("lease-mac-stale", isOn: false, Cancel);
        Assert.Contains(lab.Status.Node("node-3").VtepMac, (await NextAsync(nodes)).Item.Annotations()["flannel.alpha.coreos.com/backend-data"], StringComparison.Ordinal);
        await ChangeAsync(lab, "services", all => Pod(all, "web")["metadata"]!["labels"]!["mark"] = "yes");
        Assert.Equal("web", (await NextAsync(services)).Item.Name());
        await SetReadyAsync(false);
        Assert.False((await NextAsync(slices)).Item.Endpoints[0].Conditions.Ready);
        // the lab is other tests' too
        await SetReadyAsync(true);
        Assert.True((await NextAsync(slices)).Item.Endpoints[0].Conditions.Ready);

        Task SetReadyAsync(bool isReady) => ChangeAsync(lab, "endpointslices", all => all.Single(s => ((string)s!["metadata"]!["name"]!).StartsWith("kube-dns-", StringComparison.Ordinal))!["endpoints"]![0]!["conditions"]!["ready"] = isReady);
    }

    [Fact]
    public async Task A_watch_ends_when_it_was_asked_to_and_says_when_its_version_is_too_old()
    {
        // its certificate is the connection's, not the request's
        using var client = Connect(fixture.Status.KubeConfigWithCertificate);
        var http = client.HttpClient;
        var lines = (await http.GetStringAsync(new Uri($"{fixture.Status.Api}/api/v1/nodes?watch=true&timeoutSeconds=1&allowWatchBookmarks=true"), Cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["ADDED", "ADDED", "ADDED", "BOOKMARK"], lines.Select(l => (string)JsonNode.Parse(l)!["type"]!));
        var old = JsonNode.Parse(await http.GetStringAsync(new Uri($"{fixture.Status.Api}/api/v1/nodes?watch=1&resourceVersion=7"), Cancel))!;
        Assert.Equal(("ERROR", 410, "Expired"), ((string)old["type"]!, (int)old["object"]!["code"]!, (string)old["object"]!["reason"]!));
    }

    [Fact]
    public async Task A_client_certificate_is_as_good_as_the_token()
    {
        using var client = Connect(fixture.Status.KubeConfigWithCertificate);
        Assert.Equal(3, (await client.ListNodeAsync(cancellationToken: Cancel)).Items.Count);
        Assert.DoesNotContain("token", await File.ReadAllTextAsync(fixture.Status.KubeConfigWithCertificate, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_shows_nothing_or_a_strangers_certificate_is_refused()
    {
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(fixture.Status.KubeConfig);
        config.AccessToken = null;
        using var nobody = new Kubernetes(config);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(() => nobody.ListNodeAsync(cancellationToken: Cancel)));
        // of another lab's authority
        var other = await fixture.VariantAsync(Variants.V3);
        config.ClientCertificateData = KubernetesClientConfiguration.BuildConfigFromConfigFile(other.Status.KubeConfigWithCertificate).ClientCertificateData;
        config.ClientCertificateKeyData = KubernetesClientConfiguration.BuildConfigFromConfigFile(other.Status.KubeConfigWithCertificate).ClientCertificateKeyData;
        using var stranger = new Kubernetes(config);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(() => stranger.ListNodeAsync(cancellationToken: Cancel)));
    }

    [Fact]
    public async Task Who_may_read_nodes_only_is_told_what_is_missing()
    {
        using var client = Connect(fixture.Status.KubeConfigForNodes);
        Assert.Equal(3, (await client.ListNodeAsync(cancellationToken: Cancel)).Items.Count);
        var refused = await Assert.ThrowsAsync<HttpOperationException>(() => client.DiscoveryV1.ListNamespacedEndpointSliceAsync("default", cancellationToken: Cancel));
        Assert.Equal(HttpStatusCode.Forbidden, refused.Response.StatusCode);
        Assert.Contains("endpointslices.discovery.k8s.io is forbidden: User \\\"nodes-only\\\" cannot list resource \\\"endpointslices\\\" in API group \\\"discovery.k8s.io\\\" in the namespace \\\"default\\\"",
            refused.Response.Content.Replace("\\u0022", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_discovery_documents_name_each_resource_with_what_it_can_do()
    {
        using var client = Connect(fixture.Status.KubeConfig);
        Assert.Equal(["v1"], (await client.Core.GetAPIVersionsAsync(Cancel)).Versions);
        var group = Assert.Single((await client.Apis.GetAPIVersionsAsync(Cancel)).Groups);
        Assert.Equal("discovery.k8s.io/v1", group.PreferredVersion.GroupVersion);
        var resources = (await client.CoreV1.GetAPIResourcesAsync(Cancel)).Resources.Concat((await client.DiscoveryV1.GetAPIResourcesAsync(Cancel)).Resources).ToList();
        Assert.Equal(["configmaps", "endpoints", "endpointslices", "namespaces", "nodes", "pods", "services"], resources.Select(r => r.Name).Order());
        Assert.All(resources, r => Assert.Equal(["get", "list", "watch"], r.Verbs));
    }

    [Fact]
    public async Task A_real_kubectl_lists_and_watches()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/kubectl") || File.Exists("/usr/local/bin/kubectl"), "there is no kubectl here");
        var home = Directory.CreateTempSubdirectory("kubectl-").FullName;
        try
        {
            string[] kubectl = ["env", $"HOME={home}", "kubectl", "--kubeconfig", fixture.Status.KubeConfigWithCertificate];
            var list = await fixture.Lab.OutsideAsync([.. kubectl, "get", "nodes,pods,svc,endpointslices", "-A", "-o", "name"], cancellationToken: Cancel);
            Assert.True(list.Succeeded, list.Error);
            var names = list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(fixture.Status.Nodes.Select(n => "node/" + n.Name), names.Where(n => n.StartsWith("node/", StringComparison.Ordinal)));
            Assert.Equal(fixture.Status.Pods.Count + 1, names.Count(n => n.StartsWith("pod/", StringComparison.Ordinal)));
            Assert.Equal(fixture.Status.Services.Select(s => "service/" + s.Name).Order(), names.Where(n => n.StartsWith("service/", StringComparison.Ordinal)).Order());
            Assert.Equal(4, names.Count(n => n.StartsWith("endpointslice.discovery.k8s.io/", StringComparison.Ordinal)));
            var watch = await fixture.Lab.OutsideAsync([.. kubectl, "get", "nodes", "--watch", "--request-timeout=2s", "-o", "name"], cancellationToken: Cancel);
            Assert.Equal(fixture.Status.Nodes.Select(n => "node/" + n.Name), watch.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task The_first_node_has_a_kubeconfig_that_points_to_itself()
    {
        Assert.Equal("/etc/kubernetes/admin.conf", fixture.Status.NodeKubeConfig);
        var answer = await fixture.OnNodeAsync("node-1", """
            cd /tmp
            file=/etc/kubernetes/admin.conf
            for part in certificate-authority client-certificate client-key; do
                sed -n "s/.* $part-data: //p" $file | base64 -d >$part
            done
            url=$(sed -n 's/.*server: //p' $file)
            echo "$url"
            curl -sSf --cacert certificate-authority --cert client-certificate --key client-key $url/api/v1/nodes | grep -o '"kind":"NodeList"'
            stat -c %a $file
            rm certificate-authority client-certificate client-key
            """);
        Assert.Equal("https://127.0.0.1:6443\n\"kind\":\"NodeList\"\n600\n", answer.Output);
    }

    [Fact]
    public async Task Planet_has_a_kubeconfig_with_files_that_leads_through_the_service()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        Assert.Equal("/etc/kubernetes/kubectl.kubeconfig", lab.Status.NodeKubeConfig);
        var answer = await lab.OnNodeAsync("node-1", ["sh", "-eu"], """
            file=/etc/kubernetes/kubectl.kubeconfig
            path() { sed -n "s/.* $1: //p" $file; }
            curl -sSf --cacert $(path certificate-authority) --cert $(path client-certificate) --key $(path client-key) $(path server)/api/v1/nodes | grep -o '"kind":"NodeList"'
            """, cancellationToken: Cancel);
        Assert.Equal("\"kind\":\"NodeList\"\n", answer.Output + answer.Error);
        Assert.False(File.Exists($"/proc/{lab.Status.Node("node-1").LoginPid}/root{lab.Status.NodeKubeConfig}"));
        if (File.Exists("/usr/bin/kubectl"))
        {
            var kubectl = await fixture.Lab.OutsideAsync(
                [
                    "ssh", "-n", "-F", "none", "-i", lab.Status.KeyFile, "-o", $"UserKnownHostsFile={lab.Status.KnownHosts}", "-o", "BatchMode=yes",
                    $"root@{lab.Status.Node("node-1").Address}", "kubectl get nodes -o name",
                ],
                cancellationToken: Cancel);
            Assert.Equal("node/node-1\nnode/node-2\nnode/node-3\n", kubectl.Output);
        }
    }

    private static Kubernetes Connect(string kubeConfig) => new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeConfig));

    private static async Task<(WatchEventType Type, T Item)> NextAsync<T>(IAsyncEnumerator<(WatchEventType, T)> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return watch.Current;
    }

    private static async Task<int> CountSinceAsync(Kubernetes client, string version, string name)
    {
        var count = 0;
        await foreach (var _ in client.CoreV1.WatchListPodForAllNamespacesAsync(resourceVersion: version, fieldSelector: "metadata.name=" + name, timeoutSeconds: 1, cancellationToken: Cancel))
            count++;
        return count;
    }

    private static async Task<HttpStatusCode> StatusAsync(Func<Task> ask) => (await Assert.ThrowsAsync<HttpOperationException>(ask)).Response.StatusCode;

    private static JsonNode Pod(JsonArray items, string name) => items.Single(i => (string?)i!["metadata"]!["name"] == name)!;

    // what a fault does: the API reads its objects from this file
    private static async Task ChangeAsync(Lab lab, string resource, Action<JsonArray> change)
    {
        var file = Path.Combine(lab.Status.StateDirectory, "objects.json");
        var objects = JsonNode.Parse(await File.ReadAllTextAsync(file, Cancel))!;
        change(objects[resource]!.AsArray());
        await File.WriteAllTextAsync(file + ".next", objects.ToJsonString(), Cancel);
        File.Move(file + ".next", file, overwrite: true);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
