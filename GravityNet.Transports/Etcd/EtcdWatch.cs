using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;
using GravityNet.Sources;
using Mvccpb;

namespace GravityNet.Transports.Etcd;

/// <summary>
/// Follows one store over one endpoint until that fails or is cancelled. A <see cref="Mark"/> outlives the endpoint, so that the next one goes on
/// from there.
/// </summary>
internal static class EtcdWatch
{
    private const string Folder = "/coreos.com/network";
    private const int NoSuchKey = 100;
    private const int IndexCleared = 401;

    // a wait sends nothing back for hours: now and then a short question shows whether anybody is still there
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The v2 store: one request after the other that waits for a change.</summary>
    /// <returns>Why the endpoint has no such store; null where the history does not reach back far enough, so that it must be listed again.</returns>
    public static async Task<string?> FollowV2Async(HttpClient client, Uri endpoint, Mark mark, Action<LeaseStoreEvent> tell, CancellationToken cancel)
    {
        var (text, cluster, index) = await ListAsync();
        if (index is null) return "this etcd serves no v2 API";
        if (!mark.GoesOn(cluster, index.Value)) tell(new(LeaseSource.EtcdV2, LeaseStoreEventKind.Listed, "", text));
        else tell(new(LeaseSource.EtcdV2, LeaseStoreEventKind.Resumed, "", ""));
        while (true)
        {
            var wait = new Uri(endpoint, string.Create(CultureInfo.InvariantCulture, $"/v2/keys{Folder}?recursive=true&wait=true&waitIndex={mark.Revision + 1}"));
            if (await AskAsync(wait, LongestWait) is not { } answer)
            {
                await ListAsync();
                continue;
            }

            // a proxy on the way may end a long wait with an empty answer
            if (answer is { Status: HttpStatusCode.OK, Body.Length: 0 }) continue;
            if (ErrorOf(answer.Body) == IndexCleared) return mark.Forget();
            if (answer.Status != HttpStatusCode.OK) throw Unexpected(answer.Status);

            var told = JsonNode.Parse(answer.Body)!;
            var node = told["node"]!;
            // a folder that comes or goes takes its keys with it
            if ((bool?)node["dir"] == true) return mark.Forget();
            mark.Revision = (long)node["modifiedIndex"]!;
            var key = (string)node["key"]!;
            tell((string)told["action"]! switch
            {
                "delete" or "compareAndDelete" => new(LeaseSource.EtcdV2, LeaseStoreEventKind.Deleted, key, ""),
                "expire" => new(LeaseSource.EtcdV2, LeaseStoreEventKind.Expired, key, ""),
                _ => new(LeaseSource.EtcdV2, LeaseStoreEventKind.Set, key, answer.Body),
            });
        }

        // the index is null where the endpoint has no such store
        async Task<(string Text, string Cluster, long? Index)> ListAsync()
        {
            var list = await AskAsync(new Uri(endpoint, $"/v2/keys{Folder}?recursive=true"), Patience) ?? throw new TimeoutException($"no answer within {Patience.TotalSeconds} s");
            if (list.Status != HttpStatusCode.OK && ErrorOf(list.Body) != NoSuchKey)
            {
                return list.Status == HttpStatusCode.NotFound ? ("", "", null) : throw Unexpected(list.Status);
            }

            return (list.Body, list.Cluster, long.Parse(list.Index, CultureInfo.InvariantCulture));
        }

        // null where the time ran out
        async Task<(HttpStatusCode Status, string Body, string Cluster, string Index)?> AskAsync(Uri address, TimeSpan patience)
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            bound.CancelAfter(patience);
            try
            {
                using var answer = await client.GetAsync(address, bound.Token);
                return (answer.StatusCode, await answer.Content.ReadAsStringAsync(bound.Token), Header(answer, "X-Etcd-Cluster-Id"), Header(answer, "X-Etcd-Index"));
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return null;
            }
        }

        static string Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.First() : "";

        static HttpRequestException Unexpected(HttpStatusCode status) => new($"HTTP status {(int)status}", null, status);
    }

    /// <summary>The v3 store: one stream.</summary>
    /// <returns>As for <see cref="FollowV2Async"/>.</returns>
    public static async Task<string?> FollowV3Async(CallInvoker invoker, Mark mark, Action<LeaseStoreEvent> tell, CancellationToken cancel)
    {
        var prefix = ByteString.CopyFromUtf8(Folder + "/");
        var end = ByteString.CopyFromUtf8(dotnet_etcd.EtcdClient.GetRangeEnd(Folder + "/"));
        var range = await new KV.KVClient(invoker).RangeAsync(
            new RangeRequest { Key = prefix, RangeEnd = end }, deadline: DateTime.UtcNow + Patience, cancellationToken: cancel);
        if (!mark.GoesOn(range.Header.ClusterId.ToString(CultureInfo.InvariantCulture), range.Header.Revision))
        {
            tell(new(LeaseSource.EtcdV3, LeaseStoreEventKind.Listed, "", EtcdctlJson.Write(range)));
        }
        else
        {
            tell(new(LeaseSource.EtcdV3, LeaseStoreEventKind.Resumed, "", ""));
        }

        // a member that is cut off from the others says so, instead of saying nothing
        using var call = new Watch.WatchClient(invoker).Watch(new Metadata { { "hasleader", "true" } }, cancellationToken: cancel);
        await call.RequestStream.WriteAsync(
            new WatchRequest { CreateRequest = new() { Key = prefix, RangeEnd = end, StartRevision = mark.Revision + 1, PrevKv = true } }, cancel);
        while (await call.ResponseStream.MoveNext(cancel))
        {
            var answer = call.ResponseStream.Current;
            if (answer is { Canceled: true, CompactRevision: > 0 }) return mark.Forget();
            if (answer.Canceled) throw new IOException($"etcd ended the watch: {answer.CancelReason}");
            foreach (var told in answer.Events)
            {
                var key = told.Kv.Key.ToStringUtf8();
                if (told.Type == Event.Types.EventType.Put)
                {
                    var one = new RangeResponse { Header = answer.Header, Count = 1 };
                    one.Kvs.Add(told.Kv);
                    tell(new(LeaseSource.EtcdV3, LeaseStoreEventKind.Set, key, EtcdctlJson.Write(one)));
                }
                else
                {
                    // the event does not tell why; a key that goes together with its etcd lease has ended with it
                    var ended = told.PrevKv is { Lease: not 0 } before && await IsGoneAsync(before.Lease);
                    tell(new(LeaseSource.EtcdV3, ended ? LeaseStoreEventKind.Expired : LeaseStoreEventKind.Deleted, key, ""));
                }

                // all events of one revision come in one answer
                mark.Revision = told.Kv.ModRevision;
            }
        }

        throw new IOException("etcd ended the watch");

        async Task<bool> IsGoneAsync(long lease)
        {
            var left = await new Lease.LeaseClient(invoker).LeaseTimeToLiveAsync(new LeaseTimeToLiveRequest { ID = lease }, deadline: DateTime.UtcNow + Patience, cancellationToken: cancel);
            return left.TTL < 0;
        }
    }

    private static int ErrorOf(string body)
    {
        try
        {
            return (int?)(JsonNode.Parse(body) as JsonObject)?["errorCode"] ?? 0;
        }
        catch (JsonException)
        {
            return 0;
        }
    }

    /// <summary>How far a store's history has been told.</summary>
    internal sealed class Mark
    {
        private string? _cluster;

        /// <summary>Revision (v3) or index (v2) of the last event.</summary>
        public long Revision { get; set; }

        /// <summary>Whether anything has been told.</summary>
        public bool IsSet => _cluster is not null;

        /// <summary>
        /// Whether a store that is at this revision can go on from here. Else (the first time, another cluster, or one that was set back by a restored
        /// backup) it starts at this revision.
        /// </summary>
        public bool GoesOn(string cluster, long revision)
        {
            if (_cluster == cluster && revision >= Revision) return true;
            (_cluster, Revision) = (cluster, revision);
            return false;
        }

        /// <summary>The next store starts anew.</summary>
        /// <returns>Always null: nothing is wrong with the store.</returns>
        public string? Forget()
        {
            _cluster = null;
            return null;
        }
    }
}
