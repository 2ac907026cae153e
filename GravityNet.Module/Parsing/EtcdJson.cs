using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GravityNet.Parsing;

/// <summary>
/// Reads flannel's keys out of what etcd answers: the v2 API's JSON and <c>etcdctl get -w json</c> of v3.
/// </summary>
public static class EtcdJson
{
    /// <summary>One key.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Value">The value as stored.</param>
    /// <param name="Expires">When it ends (v2); null for never or unknown.</param>
    /// <param name="Ttl">Seconds to its end when it was read (v2).</param>
    public sealed record Entry(string Key, string Value, DateTimeOffset? Expires, long? Ttl);

    /// <summary>
    /// Reads the body of <c>GET /v2/keys/...?recursive=true</c>. A body that says <c>Key not found</c> (errorCode 100) is an answer with no keys.
    /// </summary>
    /// <param name="text">The body.</param>
    /// <param name="reason">Why it could not be read; empty when it was.</param>
    public static IReadOnlyList<Entry> ParseV2(string text, out string reason)
    {
        var entries = new List<Entry>();
        reason = "";
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.TryGetProperty("errorCode", out var code))
            {
                if (code.GetInt32() != 100) reason = $"etcd answered error {code.GetInt32()}: {String(root, "message")}";
            }
            else if (root.TryGetProperty("node", out var node))
            {
                Walk(node, entries);
            }
            else
            {
                reason = "the text is not an answer of etcd's v2 API: it has no 'node'";
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            reason = $"the text is not an answer of etcd's v2 API: {e.Message}";
        }

        return entries;
    }

    /// <summary>Reads the JSON of <c>etcdctl get --prefix -w json</c>. No <c>kvs</c> means no keys.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="reason">Why it could not be read; empty when it was.</param>
    public static IReadOnlyList<Entry> ParseV3(string text, out string reason)
    {
        var entries = new List<Entry>();
        reason = "";
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.TryGetProperty("kvs", out var kvs) && kvs.ValueKind == JsonValueKind.Array)
            {
                foreach (var kv in kvs.EnumerateArray()) entries.Add(new(Base64(kv, "key"), Base64(kv, "value"), null, null));
            }
            else if (!document.RootElement.TryGetProperty("header", out _))
            {
                reason = "the text is not an answer of etcdctl: it has no 'header'";
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            reason = $"the text is not an answer of etcdctl: {e.Message}";
        }

        return entries;
    }

    private static void Walk(JsonElement node, List<Entry> entries)
    {
        if (node.TryGetProperty("nodes", out var nodes))
        {
            foreach (var child in nodes.EnumerateArray()) Walk(child, entries);
        }

        if (!node.TryGetProperty("value", out var value)) return;
        var expires = DateTimeOffset.TryParse(String(node, "expiration"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : (DateTimeOffset?)null;
        entries.Add(new(String(node, "key"), value.GetString() ?? "", expires, node.TryGetProperty("ttl", out var ttl) ? ttl.GetInt64() : null));
    }

    private static string String(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static string Base64(JsonElement element, string name) => Encoding.UTF8.GetString(Convert.FromBase64String(String(element, name)));
}
