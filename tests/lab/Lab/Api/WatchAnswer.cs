using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GravityNet.Labs.Api;

/// <summary>
/// A watch, by the rules of "Efficient detection of changes" in the Kubernetes API concepts: one JSON object a line for each change after
/// a version, until the time that the client asked for, or the client, ends it. Where the version is too old it says so and ends.
/// </summary>
internal static class WatchAnswer
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // as long as a real server's shortest watch
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>Sends changes until it ends.</summary>
    /// <param name="context">The request.</param>
    /// <param name="store">Where the objects are.</param>
    /// <param name="resource">The resource to watch.</param>
    /// <param name="empty">An object of its kind with nothing but its kind, for bookmarks.</param>
    /// <param name="fits">Whether the client asked for an object.</param>
    public static async Task SendAsync(HttpContext context, ObjectStore store, string resource, JsonObject empty, Func<JsonObject, bool> fits)
    {
        var query = context.Request.Query;
        var stop = context.RequestAborted;
        var limit = int.TryParse(query["timeoutSeconds"], CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : Longest;
        var clock = Stopwatch.StartNew();
        context.Response.ContentType = "application/json";
        // without a version, or with 0, it begins with what is there
        if (!long.TryParse(query["resourceVersion"], CultureInfo.InvariantCulture, out var version) || version == 0)
        {
            (var items, version) = store.List(resource);
            foreach (var item in items.Where(fits))
                await WriteAsync(context, "ADDED", item);
        }

        // the head of the answer goes out before anything has changed
        await context.Response.Body.FlushAsync(stop);
        try
        {
            while (clock.Elapsed < limit)
            {
                if (store.Since(resource, version) is not { } news)
                {
                    await WriteAsync(context, "ERROR", Expired(version));
                    return;
                }

                version = news.Version;
                foreach (var change in news.Changes)
                    await SendAsync(context, change, fits);
                await Task.Delay(Look, stop);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (query["allowWatchBookmarks"] == "true")
        {
            empty["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null };
            await WriteAsync(context, "BOOKMARK", empty);
        }
    }

    // to a client that asked for some objects only, one that no longer fits is gone, and one that does now is new
    private static Task SendAsync(HttpContext context, ObjectStore.Change change, Func<JsonObject, bool> fits)
    {
        var before = change.Before is not null && fits(change.Before);
        var after = change.After is not null && fits(change.After);
        return (before, after) switch
        {
            (false, true) => WriteAsync(context, "ADDED", change.After!),
            (true, true) => WriteAsync(context, "MODIFIED", change.After!),
            (true, false) => WriteAsync(context, "DELETED", change.After ?? change.Before!),
            _ => Task.CompletedTask,
        };
    }

    private static JsonObject Expired(long version) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = $"too old resource version: {version.ToString(CultureInfo.InvariantCulture)}",
        ["reason"] = "Expired",
        ["code"] = 410,
    };

    private static async Task WriteAsync(HttpContext context, string type, JsonObject item)
    {
        var line = new JsonObject { ["type"] = type, ["object"] = item.DeepClone() }.ToJsonString() + "\n";
        await context.Response.WriteAsync(line, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
