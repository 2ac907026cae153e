using System.Diagnostics;
using System.Net;
using dotnet_etcd;
using Etcdserverpb;
using Google.Protobuf;
using GravityNet.Facts;
using GravityNet.Sources;
using Grpc.Core;
using Grpc.Net.Client;

namespace GravityNet.Transports.Etcd;

/// <summary>
/// Reads flannel's keys from both stores of an etcd: the v2 API over HTTP and the v3 API over gRPC. They share nothing, and which of them
/// flannel writes depends on its version, so both are always asked.
/// </summary>
internal sealed class EtcdLeaseSource : ILeaseSource, ILeaseWatch
{
    private const string V2Path = "/v2/keys/coreos.com/network?recursive=true";
    private const string V3Prefix = "/coreos.com/network/";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly IReadOnlyList<Member> _endpoints;

    /// <summary>Keeps the endpoints and reads the files; nothing is sent yet.</summary>
    public EtcdLeaseSource(IReadOnlyList<EtcdEndpoint> endpoints, EtcdTlsFiles? tls)
    {
        if (endpoints.Count == 0) throw new ArgumentException("At least one etcd endpoint is needed.", nameof(endpoints));
        if (endpoints.FirstOrDefault(e => !e.Address.IsAbsoluteUri || e.Address.Scheme is not ("http" or "https")) is { } bad)
        {
            throw new ArgumentException($"'{bad.Address}' is not an etcd endpoint: give http://HOST:PORT or https://HOST:PORT.", nameof(endpoints));
        }

        if (tls is not null && endpoints.FirstOrDefault(e => e.Address.Scheme == "http") is { } plain)
        {
            throw new SourceException(
                SourceFailure.BadAnswer,
                $"{plain}",
                $"{plain} is etcd without TLS, for which no certificates are used.",
                "Give an https:// address with -Etcd, or leave the certificate files away.");
        }

        var files = tls is null ? null : EtcdTls.Read(tls);
        _endpoints = [.. endpoints.Select(e => new Member(e, files ?? EtcdTls.From(e.Pems)))];
    }

    /// <inheritdoc/>
    public string Place => string.Join(", ", _endpoints.Select(e => e.Name));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FactResult>> CollectAsync(CancellationToken cancel)
    {
        var failures = new List<string>();
        Exception? last = null;
        SourceException? tlsProblem = null;
        foreach (var endpoint in _endpoints)
        {
            try
            {
                // The HTTP side goes first: it fails at once where nobody listens, while a gRPC client goes on trying for seconds.
                var v2 = await ReadV2Async(endpoint, cancel);
                return [v2, await ReadV3Async(endpoint, cancel)];
            }
            catch (SourceException problem)
            {
                failures.Add($"{endpoint.Name}: {problem.Message.TrimEnd('.')}");
                last = tlsProblem = problem;
            }
            catch (Exception failure) when (failure is HttpRequestException or TimeoutException or IOException)
            {
                failures.Add($"{endpoint.Name}: {Cause(failure)}");
                last = failure;
            }
        }

        // with one cause its own words are the clearest
        if (tlsProblem is not null && failures.Count == 1) throw tlsProblem;
        throw new SourceException(
            tlsProblem?.Failure ?? SourceFailure.Unreachable,
            Place,
            $"No etcd endpoint answered ({string.Join("; ", failures)}).",
            tlsProblem?.Remedy ?? "See whether etcd runs and listens there for clients, and whether http or https is the right one; name the endpoints with -Etcd.",
            last);
    }

    /// <inheritdoc/>
    public Task WatchLeasesAsync(IReadOnlyCollection<LeaseSource> homes, Action<LeaseStoreEvent> tell, CancellationToken cancel) => Task.WhenAll(
        homes.Contains(LeaseSource.EtcdV2) ? FollowAsync(LeaseSource.EtcdV2, FollowV2Async, tell, cancel) : Task.CompletedTask,
        homes.Contains(LeaseSource.EtcdV3) ? FollowAsync(LeaseSource.EtcdV3, FollowV3Async, tell, cancel) : Task.CompletedTask);

    private async Task FollowAsync(
        LeaseSource home, Func<Member, EtcdWatch.Mark, Action<LeaseStoreEvent>, CancellationToken, Task<string?>> follow, Action<LeaseStoreEvent> tell, CancellationToken cancel)
    {
        var mark = new EtcdWatch.Mark();
        for (var turn = 0; ; turn++)
        {
            var endpoint = _endpoints[turn % _endpoints.Count];
            try
            {
                if (await follow(endpoint, mark, tell, cancel) is { } why)
                {
                    tell(new(home, LeaseStoreEventKind.NotServed, "", $"{endpoint.Name}: {why}"));
                    return;
                }
            }
            catch (Exception failure) when (cancel.IsCancellationRequested)
            {
                throw new OperationCanceledException(failure.Message, failure, cancel);
            }
            catch (RpcException failure)
            {
                var kind = failure.StatusCode switch
                {
                    StatusCode.Unimplemented => LeaseStoreEventKind.NotServed,
                    StatusCode.PermissionDenied or StatusCode.Unauthenticated => LeaseStoreEventKind.Ended,
                    _ => LeaseStoreEventKind.Lost,
                };
                tell(new(home, kind, "", $"{endpoint.Name}: {failure.StatusCode}: {failure.Status.Detail}"));
                if (kind != LeaseStoreEventKind.Lost) return;
            }
            catch (SourceException failure) when (!mark.IsSet && _endpoints.Count == 1)
            {
                // a certificate that was never good will not be, either
                tell(new(home, LeaseStoreEventKind.Ended, "", $"{failure.Message} {failure.Remedy}"));
                return;
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or TimeoutException or SourceException or System.Text.Json.JsonException)
            {
                tell(new(home, LeaseStoreEventKind.Lost, "", $"{endpoint.Name}: {Cause(failure)}"));
            }

            await Task.Delay(Pause, cancel);
        }
    }

    private static async Task<string?> FollowV2Async(Member endpoint, EtcdWatch.Mark mark, Action<LeaseStoreEvent> tell, CancellationToken cancel)
    {
        var seen = new EtcdTls.Handshake();
        using var client = OpenHttp(endpoint, seen);
        try
        {
            return await EtcdWatch.FollowV2Async(client, endpoint.Address, mark, tell, cancel);
        }
        catch (HttpRequestException failure) when (endpoint.IsTls && endpoint.Tls.Explain(endpoint.Name, seen, failure) is { } problem)
        {
            throw problem;
        }
    }

    private static async Task<string?> FollowV3Async(Member endpoint, EtcdWatch.Mark mark, Action<LeaseStoreEvent> tell, CancellationToken cancel)
    {
        using var channel = OpenGrpc(endpoint);
        return await EtcdWatch.FollowV3Async(channel.CreateCallInvoker(), mark, tell, cancel);
    }

    private static async Task<FactResult> ReadV2Async(Member endpoint, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var seen = new EtcdTls.Handshake();
        using var client = OpenHttp(endpoint, seen);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        var address = new Uri(endpoint.Address, V2Path);
        try
        {
            using var response = await client.GetAsync(address, patience.Token);
            var body = await response.Content.ReadAsStringAsync(patience.Token);
            var result = new FactResult("etcd-v2", body) { Command = $"GET {address}", ExitCode = 0, Elapsed = clock.Elapsed };

            // "key not found" is an answer of the v2 store; an etcd without that store says 404 with a text of the web server's.
            var isAnswer = response.IsSuccessStatusCode || body.Contains("\"errorCode\":100,", StringComparison.Ordinal);
            if (isAnswer) return result;
            return response.StatusCode == HttpStatusCode.NotFound
                ? result with { ExitCode = FactResult.NotServed, Error = "this etcd serves no v2 API" }
                : result with { ExitCode = 1, Error = $"HTTP status {(int)response.StatusCode} {response.ReasonPhrase}" };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {Patience.TotalSeconds} s");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException && endpoint.IsTls)
        {
            if (endpoint.Tls.Explain(endpoint.Name, seen, failure) is { } problem) throw problem;
            throw;
        }
    }

    private static async Task<FactResult> ReadV3Async(Member endpoint, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var result = new FactResult("etcd-v3", "") { Command = $"etcdctl --endpoints={endpoint.Name} get --prefix {V3Prefix} -w json" };
        try
        {
            using var channel = OpenGrpc(endpoint);
            var request = new RangeRequest
            {
                Key = ByteString.CopyFromUtf8(V3Prefix),
                RangeEnd = ByteString.CopyFromUtf8(EtcdClient.GetRangeEnd(V3Prefix)),
            };
            var range = await new KV.KVClient(channel).RangeAsync(request, deadline: DateTime.UtcNow + Patience, cancellationToken: cancel);
            return result with { Text = EtcdctlJson.Write(range), ExitCode = 0, Elapsed = clock.Elapsed };
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested && failure is RpcException or OperationCanceledException)
        {
            // The endpoint did answer over HTTP, so this is about the v3 store alone.
            var reason = failure is RpcException rpc ? $"{rpc.StatusCode}: {rpc.Status.Detail}" : "no answer";
            return result with { ExitCode = 1, Error = reason, Elapsed = clock.Elapsed };
        }
    }

    private static HttpClient OpenHttp(Member endpoint, EtcdTls.Handshake seen)
    {
        var handler = endpoint.Handler(seen);
        handler.AllowAutoRedirect = false;
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    // dotnet-etcd's own client ignores the scheme and goes on trying for seconds where nobody listens; its messages do without it
    private static GrpcChannel OpenGrpc(Member endpoint)
    {
        // finds a peer that went away or hangs; etcd takes more than one ping in five seconds for an attack
        var handler = endpoint.Handler(new());
        (handler.KeepAlivePingDelay, handler.KeepAlivePingTimeout, handler.KeepAlivePingPolicy) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), HttpKeepAlivePingPolicy.WithActiveRequests);
        return GrpcChannel.ForAddress(endpoint.Address.GetLeftPart(UriPartial.Authority), new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = null });
    }

    private static string Cause(Exception failure)
    {
        var deepest = failure;
        while (deepest.InnerException is { } inner) deepest = inner;
        return deepest.Message.TrimEnd('.');
    }

    /// <summary>One endpoint, with its certificates.</summary>
    private sealed record Member(EtcdEndpoint Endpoint, EtcdTls Tls)
    {
        public string Name { get; } = $"{Endpoint}";

        public Uri Address => Endpoint.Address;

        public bool IsTls => Address.Scheme == "https";

        /// <summary>What makes its connections, here or at its node.</summary>
        public SocketsHttpHandler Handler(EtcdTls.Handshake seen)
        {
            var handler = new SocketsHttpHandler { UseProxy = false };
            if (Endpoint.Node is { } node) handler.ConnectCallback = async (context, cancel) => await node.OpenStreamAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancel);
            if (IsTls) Tls.Configure(handler.SslOptions, Endpoint.Names, seen);
            return handler;
        }
    }
}
