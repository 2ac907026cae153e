using System.Diagnostics;
using System.Net;
using System.Text.Json;
using GravityNet.Facts;
using GravityNet.Sources;
using k8s;
using k8s.Autorest;
using k8s.Exceptions;
using k8s.Models;

namespace GravityNet.Transports.Kubernetes;

/// <summary>Lists nodes, pods, services, endpoints and endpoint slices from a Kubernetes API.</summary>
internal sealed class KubernetesClusterSource : IClusterSource, IDisposable
{
    private const int PageSize = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly k8s.Kubernetes _client;
    private readonly Dictionary<string, ListQuery> _queries;

    private KubernetesClusterSource(KubernetesClientConfiguration configuration)
    {
        _client = new k8s.Kubernetes(configuration);
        Place = configuration.Host;
        var core = _client.CoreV1;
        _queries = new(StringComparer.Ordinal)
        {
            ["kube-nodes"] = Query("v1", "nodes", "NodeList",
                (page, cancel) => core.ListNodeAsync(limit: PageSize, continueParameter: page, cancellationToken: cancel)),
            ["kube-pods"] = Query("v1", "pods", "PodList",
                (page, cancel) => core.ListPodForAllNamespacesAsync(limit: PageSize, continueParameter: page, cancellationToken: cancel)),
            ["kube-services"] = Query("v1", "services", "ServiceList",
                (page, cancel) => core.ListServiceForAllNamespacesAsync(limit: PageSize, continueParameter: page, cancellationToken: cancel)),
            ["kube-endpoints"] = Query("v1", "endpoints", "EndpointsList",
                (page, cancel) => core.ListEndpointsForAllNamespacesAsync(limit: PageSize, continueParameter: page, cancellationToken: cancel)),
            ["kube-endpointslices"] = Query("discovery.k8s.io/v1", "endpointslices", "EndpointSliceList",
                (page, cancel) => _client.DiscoveryV1.ListEndpointSliceForAllNamespacesAsync(
                    limit: PageSize, continueParameter: page, cancellationToken: cancel)),
        };
    }

    /// <inheritdoc/>
    public string Place { get; }

    /// <inheritdoc cref="ITransportFactory.OpenKubernetes"/>
    public static KubernetesClusterSource Open(string path, string? context)
    {
        if (!File.Exists(path))
        {
            throw new SourceException(
                SourceFailure.BadAnswer, path, $"The kubeconfig '{path}' does not exist.", "Name an existing kubeconfig file with -KubeConfig.");
        }

        try
        {
            return new(KubernetesClientConfiguration.BuildConfigFromConfigFile(path, context));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The reader of YAML, of certificates and of the file itself each have their own types.
            throw new SourceException(
                SourceFailure.BadAnswer,
                path,
                $"The kubeconfig '{path}' cannot be used: {failure.Message}",
                failure is KubeConfigException && context is not null
                    ? "Name a context that the file has, or none for its current one."
                    : "See whether kubectl works with the same file.",
                failure);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FactResult>> CollectAsync(IReadOnlyCollection<string> facts, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            return await Task.WhenAll(facts.Select(fact => CollectAsync(fact, patience.Token)));
        }
        catch (OperationCanceledException failure) when (!cancel.IsCancellationRequested)
        {
            throw Unreachable($"no answer within {Patience.TotalSeconds} s", failure);
        }
        catch (HttpRequestException failure)
        {
            throw Unreachable(Cause(failure), failure);
        }
        catch (JsonException failure)
        {
            throw new SourceException(
                SourceFailure.BadAnswer,
                Place,
                $"{Place} does not answer as a Kubernetes API should ({failure.Message})",
                "See whether the kubeconfig names the right server.",
                failure);
        }
        catch (HttpOperationException failure) when (failure.Response.StatusCode == HttpStatusCode.Unauthorized)
        {
            throw new SourceException(
                SourceFailure.AuthenticationFailed,
                Place,
                $"The Kubernetes API at {Place} does not accept the kubeconfig's login.",
                "See whether the token or certificate of the kubeconfig has expired.",
                failure);
        }
        finally
        {
            // where one list failed for all, the others need not go on
            await patience.CancelAsync();
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _client.Dispose();

    private async Task<FactResult> CollectAsync(string fact, CancellationToken cancel)
    {
        var query = _queries.GetValueOrDefault(fact) ?? throw new ArgumentException($"'{fact}' is not a list of the Kubernetes API.", nameof(fact));
        var clock = Stopwatch.StartNew();
        var result = new FactResult(fact, "") { Command = $"kubectl get {query.Resource} --all-namespaces -o json" };
        try
        {
            var text = await query.Read(cancel);
            return result with { Text = text, ExitCode = 0, Elapsed = clock.Elapsed };
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

    private static ListQuery Query<TList>(
        string apiVersion, string resource, string kind, Func<string?, CancellationToken, Task<TList>> readPage)
        where TList : IKubernetesObject<V1ListMeta>
    {
        return new(apiVersion, resource, async cancel =>
        {
            var list = new KubernetesListJson(apiVersion, kind);
            string? next = null;
            do
            {
                var page = await readPage(next, cancel);
                list.Add(page);
                next = page.Metadata?.ContinueProperty;
            }
            while (!string.IsNullOrEmpty(next));

            return list.Write();
        });
    }

    private SourceException Unreachable(string why, Exception inner) => new(
        SourceFailure.Unreachable,
        Place,
        $"The Kubernetes API at {Place} did not answer: {why}.",
        "See whether the server of the kubeconfig is reachable from here and its certificate fits.",
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

    private sealed record ListQuery(string ApiVersion, string Resource, Func<CancellationToken, Task<string>> Read);
}
