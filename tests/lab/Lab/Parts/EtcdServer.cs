using System.Text;
using System.Text.Json.Nodes;
using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

namespace GravityNet.Labs.Parts;

/// <summary>A real etcd on the first node, and flannel's keys in its v2 or v3 API.</summary>
internal static class EtcdServer
{
    /// <summary>The folder of flannel's keys.</summary>
    public const string Prefix = "/coreos.com/network";

    /// <summary>How long flannel's leases last.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromHours(24);

    /// <summary>The URL of etcd on a node.</summary>
    public static string Url(NodeHost node) => $"{Scheme(node.Cluster)}://{node.Plan.Address}:{ClusterPlan.EtcdPort}";

    /// <summary>The scheme of etcd's URLs.</summary>
    public static string Scheme(ClusterPlan cluster) => cluster.Options.EtcdTls ? "https" : "http";

    /// <summary>Starts etcd; <see cref="WaitAsync"/> tells when it answers.</summary>
    public static Task StartAsync(NodeHost node, CancellationToken cancellationToken) =>
        node.StartServiceAsync("etcd", $"""
            etcd --name {node.Plan.Name} --data-dir /run/etcd --enable-v2={(HasV2(node.Cluster) ? "true" : "false")} {TlsOptions(node.Cluster)} \
                --listen-client-urls {Url(node)},{Scheme(node.Cluster)}://127.0.0.1:{ClusterPlan.EtcdPort} --advertise-client-urls {Url(node)} \
                --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
                --initial-cluster {node.Plan.Name}=http://127.0.0.1:2380 --heartbeat-interval 50 --election-timeout 500
            """, cancellationToken);

    /// <summary>Waits until etcd has a leader and answers.</summary>
    public static Task WaitAsync(NodeHost node, CancellationToken cancellationToken) =>
        Wait.ForAsync("etcd's answer", TimeSpan.FromSeconds(15), async () =>
        {
            var health = await CurlAsync(node, [$"{Url(node)}/health"], cancellationToken);
            return health.Output.Contains("true", StringComparison.Ordinal) ? health : null;
        }, cancellationToken);

    /// <summary>Writes a key of the v2 API.</summary>
    /// <param name="node">The node that etcd runs on.</param>
    /// <param name="key">The key below <see cref="Prefix"/>.</param>
    /// <param name="value">Its value.</param>
    /// <param name="lifetime">After which it vanishes, or null for never.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LabException">etcd refused.</exception>
    public static async Task PutAsync(NodeHost node, string key, string value, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        string[] ttl = lifetime is { } time ? ["-d", $"ttl={time.TotalSeconds:0}"] : [];
        var answer = await CurlAsync(node, ["-X", "PUT", KeyUrl(node, key), "--data-urlencode", "value=" + value, .. ttl], cancellationToken);
        if (!answer.Succeeded)
            throw new LabException($"etcd did not take {Prefix}/{key}: {answer.Error}{answer.Output}");
    }

    /// <summary>Removes a key of the v2 API, where it is there.</summary>
    /// <exception cref="LabException">etcd refused.</exception>
    public static async Task DeleteAsync(NodeHost node, string key, CancellationToken cancellationToken)
    {
        var answer = await CurlAsync(node, ["--output", "/dev/null", "--write-out", "%{http_code}", "-X", "DELETE", KeyUrl(node, key)], cancellationToken);
        if (!answer.Succeeded && !answer.Output.Contains("404", StringComparison.Ordinal))
            throw new LabException($"etcd did not remove {Prefix}/{key}: {answer.Error}{answer.Output}");
    }

    /// <summary>Reads a key of the v2 API with everything below it, as JSON.</summary>
    /// <exception cref="LabException">etcd has no such key, or no answer.</exception>
    public static async Task<string> GetAsync(NodeHost node, string key, CancellationToken cancellationToken)
    {
        var answer = await CurlAsync(node, [KeyUrl(node, key) + "?recursive=true"], cancellationToken);
        return answer.Succeeded ? answer.Output : throw new LabException($"etcd did not give {Prefix}/{key}: {answer.Error}{answer.Output}");
    }

    /// <summary>Writes a key of the v3 API, under a lease of its own where it has a lifetime.</summary>
    /// <exception cref="LabException">etcd refused.</exception>
    public static async Task PutV3Async(NodeHost node, string key, string value, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        var put = new JsonObject { ["key"] = Base64($"{Prefix}/{key}"), ["value"] = Base64(value) };
        if (lifetime is { } time)
            put["lease"] = (string)(await AskV3Async(node, "lease/grant", new JsonObject { ["TTL"] = (long)time.TotalSeconds }, cancellationToken))["ID"]!;
        await AskV3Async(node, "kv/put", put, cancellationToken);
    }

    /// <summary>Removes a key of the v3 API, where it is there.</summary>
    /// <exception cref="LabException">etcd refused.</exception>
    public static Task DeleteV3Async(NodeHost node, string key, CancellationToken cancellationToken) =>
        AskV3Async(node, "kv/deleterange", new JsonObject { ["key"] = Base64($"{Prefix}/{key}") }, cancellationToken);

    /// <summary>Reads the leases of the v3 API.</summary>
    /// <exception cref="LabException">etcd gave no answer.</exception>
    public static async Task<IReadOnlyList<Lease>> GetV3Async(NodeHost node, CancellationToken cancellationToken)
    {
        // the end of a range over a folder is its name with the next character after the slash
        var range = new JsonObject { ["key"] = Base64(Prefix + "/subnets/"), ["range_end"] = Base64(Prefix + "/subnets0") };
        var answer = await AskV3Async(node, "kv/range", range, cancellationToken);
        return [.. (answer["kvs"]?.AsArray() ?? []).Select(kv => Lease.Parse(Text(kv!["key"]), Text(kv["value"])))];
    }

    private static async Task<JsonNode> AskV3Async(NodeHost node, string method, JsonObject question, CancellationToken cancellationToken)
    {
        var answer = await CurlAsync(node, ["--data", question.ToJsonString(), $"{Url(node)}/v3/{method}"], cancellationToken);
        return answer.Succeeded ? JsonNode.Parse(answer.Output)! : throw new LabException($"etcd refused {method}: {answer.Error}{answer.Output}");
    }

    private static bool HasV2(ClusterPlan cluster) => cluster.Options.Leases is LeaseHome.V2 or LeaseHome.Both;

    private static string TlsOptions(ClusterPlan cluster) => cluster.Options.EtcdTls
        ? $"--client-cert-auth --trusted-ca-file {Planet.Secrets}/root.cert --cert-file {Planet.Secrets}/etcd.cert --key-file {Planet.Secrets}/etcd.key"
        : "";

    private static string[] CurlOptions(ClusterPlan cluster) => cluster.Options.EtcdTls
        ? ["--cacert", $"{Planet.Secrets}/root.cert", "--cert", $"{Planet.Secrets}/etcd.cert", "--key", $"{Planet.Secrets}/etcd.key"]
        : [];

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Text(JsonNode? base64) => Encoding.UTF8.GetString(Convert.FromBase64String((string)base64!));

    private static string KeyUrl(NodeHost node, string key) => $"{Url(node)}/v2/keys{Prefix}/{key}";

    private static Task<CommandResult> CurlAsync(NodeHost node, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        Command.TryAsync(
            Namespaces.Node(node.Pid, ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", "5", .. CurlOptions(node.Cluster), .. arguments]),
            cancellationToken: cancellationToken);
}
