using System.Diagnostics;
using System.Net;
using System.Text.Json;
using GravityNet.Facts;
using GravityNet.Sources;
using GravityNet.Transports.Kubernetes.Config;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GravityNet.Transports.Kubernetes;

/// <summary>
/// Lists nodes, pods, services, endpoints and endpoint slices from a Kubernetes API. Each asking makes connections of its own: a token, a
/// certificate or an authority that was renewed in between is used, and nothing stays open.
/// </summary>
internal sealed partial class KubernetesClusterSource : IClusterSource
{
    private const int PageSize = 500;

    // lists that end before they are read are those of a busy cluster, where another time may do
    private const int Attempts = 3;

    private const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

    private static readonly Dictionary<string, ListQuery> Queries = new(StringComparer.Ordinal)
    {
        ["kube-nodes"] = Query("v1", "nodes", "NodeList",
            (api, page, cancel) => api.CoreV1.ListNodeAsync(limit: PageSize, continueParameter: page, cancellationToken: cancel)),
        ["kube-pods"] = Query("v1", "pods", "PodList",
            (api, page, cancel) => api.CoreV1.ListPodForAllNamespacesAsync(limit: PageSize, continueParameter: page, cancellationToken: cancel)),
        ["kube-services"] = Query("v1", "services", "ServiceList",
            (api, page, cancel) => api.CoreV1.ListServiceForAllNamespacesAsync(limit: PageSize, continueParameter: page, cancellationToken: cancel)),
        ["kube-endpoints"] = Query("v1", "endpoints", "EndpointsList",
            (api, page, cancel) => api.CoreV1.ListEndpointsForAllNamespacesAsync(limit: PageSize, continueParameter: page, cancellationToken: cancel)),
        ["kube-endpointslices"] = Query("discovery.k8s.io/v1", "endpointslices", "EndpointSliceList",
            (api, page, cancel) => api.DiscoveryV1.ListEndpointSliceForAllNamespacesAsync(
                limit: PageSize, continueParameter: page, cancellationToken: cancel)) with
        {
            // what clusters from 1.17 to 1.20 serve; the client library has no types for it
            Older = new("discovery.k8s.io/v1beta1", "endpointslices", "EndpointSliceList", (api, page, cancel) =>
                api.CustomObjects.ListClusterCustomObjectAsync<JsonElement>(
                    "discovery.k8s.io", "v1beta1", "endpointslices", limit: PageSize, continueParameter: page, cancellationToken: cancel)),
        },
    };

    private readonly KubeLogin _login;
    private readonly TimeSpan _patience;

    private KubernetesClusterSource(KubeLogin login, TimeSpan patience)
    {
        _login = login;
        _patience = patience;
        Place = login.Place;
    }

    /// <inheritdoc/>
    public string Place { get; }

    /// <inheritdoc cref="ITransportFactory.OpenKubernetes"/>
    public static KubernetesClusterSource Open(KubeOptions options, Action<string> onWarning) =>
        Open(options.InCluster ? KubeLogin.FromPod(ServiceAccount) : KubeLogin.From(KubeConfig.Load(options), options.Context), options.Timeout, onWarning);

    /// <summary>Opens the API with a login. Nothing is sent before the first question.</summary>
    /// <exception cref="SourceException">A file that the login names cannot be used.</exception>
    public static KubernetesClusterSource Open(KubeLogin login, TimeSpan patience, Action<string> onWarning)
    {
        login.Check(onWarning);
        return new(login, patience);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FactResult>> CollectAsync(IReadOnlyCollection<string> facts, CancellationToken cancel)
    {
        if (_login.Exec is not { } exec) return await CollectAsync(facts, _login.Read(), cancel);
        try
        {
            return await CollectAsync(facts, await exec.LogInAsync(anew: false, _patience, cancel), cancel);
        }
        catch (SourceException refused) when (refused is { Failure: SourceFailure.AuthenticationFailed, InnerException: HttpOperationException })
        {
            // a login that was taken back before it ended
            return await CollectAsync(facts, await exec.LogInAsync(anew: true, _patience, cancel), cancel);
        }
    }

    private async Task<IReadOnlyList<FactResult>> CollectAsync(IReadOnlyCollection<string> facts, KubeCredential credential, CancellationToken cancel)
    {
        using var client = new KubeClient(_login, credential);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(_patience);
        var lists = facts.Select(fact => CollectAsync(client.Api, fact, patience.Token)).ToList();
        try
        {
            return await Task.WhenAll(lists.Select(list => FailAtOnceAsync(list, patience)));
        }
        catch (Exception failure)
        {
            // where one list failed for all, the first to fail says why
            var first = lists.Select(l => l.Exception?.InnerException).FirstOrDefault(e => e is not null and not OperationCanceledException) ?? failure;
            cancel.ThrowIfCancellationRequested();
            if (Explain(client, first) is { } explained) throw explained;
            throw;
        }
    }

    private static async Task<FactResult> FailAtOnceAsync(Task<FactResult> list, CancellationTokenSource others)
    {
        try
        {
            return await list;
        }
        catch
        {
            await others.CancelAsync();
            throw;
        }
    }

    private static async Task<FactResult> CollectAsync(k8s.Kubernetes api, string fact, CancellationToken cancel)
    {
        var query = Queries.GetValueOrDefault(fact) ?? throw new ArgumentException($"'{fact}' is not a list of the Kubernetes API.", nameof(fact));
        var clock = Stopwatch.StartNew();
        var result = new FactResult(fact, "") { Command = $"kubectl get {query.Resource} --all-namespaces -o json" };
        try
        {
            return result with { Text = await ReadAsync(api, query, cancel), ExitCode = 0, Elapsed = clock.Elapsed };
        }
        catch (HttpOperationException failure) when (failure.Response.StatusCode != HttpStatusCode.Unauthorized)
        {
            var reason = failure.Response.StatusCode switch
            {
                HttpStatusCode.Forbidden => $"the login may not list {query.Resource} ({StatusMessage(failure)})",
                HttpStatusCode.NotFound => $"{query.ApiVersion} {query.Resource} is not served",
                var status => $"HTTP status {(int)status} for list {query.Resource} ({StatusMessage(failure)})",
            };
            return result with { ExitCode = 1, Error = reason, Elapsed = clock.Elapsed };
        }
    }

    private static async Task<string> ReadAsync(k8s.Kubernetes api, ListQuery query, CancellationToken cancel)
    {
        try
        {
            return await ReadPagesAsync(api, query, cancel);
        }
        catch (HttpOperationException failure) when (failure.Response.StatusCode == HttpStatusCode.NotFound && query.Older is not null)
        {
            try
            {
                return await ReadPagesAsync(api, query.Older, cancel);
            }
            catch (HttpOperationException older) when (older.Response.StatusCode == HttpStatusCode.NotFound)
            {
                throw failure;
            }
        }
    }

    private static async Task<string> ReadPagesAsync(k8s.Kubernetes api, ListQuery query, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var list = new KubernetesListJson(query.ApiVersion, query.Kind);
            string? next = null;
            try
            {
                do next = list.Add(await query.ReadPage(api, next, cancel));
                while (!string.IsNullOrEmpty(next));
                return list.Write();
            }
            catch (HttpOperationException failure) when (failure.Response.StatusCode == HttpStatusCode.Gone && attempt < Attempts)
            {
                // the version that the pages are of has been compacted away: the parts of two versions make no list
            }
        }
    }

    private static ListQuery Query<TList>(
        string apiVersion, string resource, string kind, Func<k8s.Kubernetes, string?, CancellationToken, Task<TList>> readPage)
        where TList : IKubernetesObject<V1ListMeta> =>
        new(apiVersion, resource, kind, async (api, page, cancel) => KubernetesListJson.Element(await readPage(api, page, cancel)));

    private SourceException? Explain(KubeClient client, Exception failure) => failure switch
    {
        OperationCanceledException => Unreachable($"no answer within {_patience.TotalSeconds:0.#} s", failure),
        HttpRequestException when client.ServerFault.Length > 0 => new(
            SourceFailure.AuthenticationFailed,
            Place,
            $"The certificate of the Kubernetes API at {Place} is not trusted: {client.ServerFault}.",
            "See whether the kubeconfig's certificate-authority is that of this server, and its server (or tls-server-name) the name that the certificate is for.",
            failure),
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => Unreachable(
            $"the proxy {(_login.Proxy is { } proxy ? $"{proxy.Host}:{proxy.Port}" : "of the environment")} makes no connection to it ({Cause(failure)})", failure),
        HttpRequestException or IOException => Unreachable(Cause(failure), failure),
        JsonException => new(
            SourceFailure.BadAnswer,
            Place,
            $"{Place} does not answer as a Kubernetes API should ({failure.Message.TrimEnd('.')}).",
            "See whether the kubeconfig names the right server.",
            failure),
        HttpOperationException { Response.StatusCode: HttpStatusCode.Unauthorized } => new(
            SourceFailure.AuthenticationFailed,
            Place,
            $"The Kubernetes API at {Place} does not accept the login of {_login.Words}{(client.Expired is { } end ? $": its client certificate ended at {end:yyyy-MM-dd HH:mm} UTC" : "")}.",
            "See whether its token or certificate has expired or is another cluster's, and get a new one; or name another context with -KubeContext.",
            failure),
        _ => null,
    };

    private SourceException Unreachable(string why, Exception inner) => new(
        SourceFailure.Unreachable,
        Place,
        $"The Kubernetes API at {Place} did not answer: {why}.",
        _login.Node is { } node
            ? $"See whether the server of the kubeconfig is reachable from {node.Node}, and whether its SSH server forwards (AllowTcpForwarding)."
            : "See whether the server of the kubeconfig is reachable from here.",
        inner);

    private static string StatusMessage(HttpOperationException failure)
    {
        try
        {
            return KubernetesJson.Deserialize<V1Status>(failure.Response.Content)?.Message ?? "no message";
        }
        catch (JsonException)
        {
            return "no message";
        }
    }

    private static string Cause(Exception failure)
    {
        var deepest = failure;
        while (deepest.InnerException is { } inner) deepest = inner;
        return deepest.Message.TrimEnd('.');
    }

    private sealed record ListQuery(
        string ApiVersion, string Resource, string Kind, Func<k8s.Kubernetes, string?, CancellationToken, Task<JsonElement>> ReadPage)
    {
        public ListQuery? Older { get; init; }
    }
}
