using System.Net;
using System.Text.Json;
using GravityNet.Sources;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GravityNet.Transports.Kubernetes;

/// <summary>The nodes' annotations as they change.</summary>
internal sealed partial class KubernetesClusterSource : ILeaseWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // the API ends the watch then, and the list that follows tells what was missed: so a connection that died in silence is not waited for longer
    private static readonly TimeSpan LongestWatch = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public async Task WatchLeasesAsync(IReadOnlyCollection<LeaseSource> homes, Action<LeaseStoreEvent> tell, CancellationToken cancel)
    {
        if (!homes.Contains(LeaseSource.Kubernetes)) return;
        for (var anew = false; ; await Task.Delay(Pause, cancel))
        {
            try
            {
                using var client = new KubeClient(_login, _login.Exec is { } exec ? await exec.LogInAsync(anew, _patience, cancel) : _login.Read());
                try
                {
                    await FollowNodesAsync(client.Api, told =>
                    {
                        anew = false;
                        tell(told);
                    }, cancel);
                }
                catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException && !IsQuietEnd(failure) && !cancel.IsCancellationRequested)
                {
                    tell(Event(LeaseStoreEventKind.Lost, Explain(client, failure)!.Message));
                }
            }
            catch (Exception failure) when (cancel.IsCancellationRequested)
            {
                throw new OperationCanceledException(failure.Message, failure, cancel);
            }
            catch (Exception failure) when (IsQuietEnd(failure))
            {
                // listed again
            }
            catch (HttpOperationException failure) when (failure.Response.StatusCode == HttpStatusCode.Unauthorized && _login.Exec is not null && !anew)
            {
                // a login that was taken back before it ended
                anew = true;
            }
            catch (HttpOperationException failure)
            {
                var why = $"{Place}: HTTP status {(int)failure.Response.StatusCode} for list and watch nodes ({StatusMessage(failure)})";
                var final = failure.Response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound;
                tell(Event(final ? LeaseStoreEventKind.Ended : LeaseStoreEventKind.Lost, why));
                if (final) return;
            }
            catch (SourceException failure)
            {
                // no login, no watch
                tell(Event(LeaseStoreEventKind.Ended, $"{failure.Message} {failure.Remedy}"));
                return;
            }
            catch (Exception failure) when (failure is KubernetesException or JsonException)
            {
                tell(Event(LeaseStoreEventKind.Lost, $"{Place}: {Cause(failure)}"));
            }
        }

        static LeaseStoreEvent Event(LeaseStoreEventKind kind, string why) => new(LeaseSource.Kubernetes, kind, "", why);
    }

    // no loss: a version that was too old, told before or inside of a watch; and a watch that ended before anything happened
    private static bool IsQuietEnd(Exception failure) =>
        failure is HttpOperationException { Response.StatusCode: HttpStatusCode.Gone } or KubernetesException { Status.Code: (int)HttpStatusCode.Gone }
        || (failure is HttpRequestException && failure.GetBaseException() is EndOfStreamException);

    // a watch ends quietly after some minutes; the list that follows tells what was missed
    private async Task FollowNodesAsync(k8s.Kubernetes api, Action<LeaseStoreEvent> tell, CancellationToken cancel)
    {
        var all = new KubernetesListJson("v1", "NodeList");
        string? next = null, version;
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel))
        {
            patience.CancelAfter(_patience);
            do
            {
                var page = await api.CoreV1.ListNodeAsync(limit: PageSize, continueParameter: next, cancellationToken: patience.Token);
                next = all.Add(KubernetesListJson.Element(page));
                version = page.Metadata?.ResourceVersion;
            }
            while (!string.IsNullOrEmpty(next));
        }

        tell(new(LeaseSource.Kubernetes, LeaseStoreEventKind.Listed, "", all.Write()));
        Exception? problem = null;
        await foreach (var (type, node) in api.CoreV1.WatchListNodeAsync(
            resourceVersion: version, timeoutSeconds: (int)LongestWatch.TotalSeconds, onError: e => problem = e, cancellationToken: cancel))
        {
            var key = $"node/{node.Metadata.Name}";
            if (type == WatchEventType.Deleted)
            {
                tell(new(LeaseSource.Kubernetes, LeaseStoreEventKind.Deleted, key, ""));
            }
            else if (type is WatchEventType.Added or WatchEventType.Modified)
            {
                var one = new KubernetesListJson("v1", "NodeList");
                one.Add(KubernetesListJson.Element(new V1NodeList { Items = [node] }));
                tell(new(LeaseSource.Kubernetes, LeaseStoreEventKind.Set, key, one.Write()));
            }
        }

        if (problem is KubernetesException or HttpRequestException or IOException) throw problem;
        // a proxy that knows no watches answers with a list, which the client stumbles over
        if (problem is not null) throw new JsonException("the answer to watch nodes is none");
    }
}
