using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

namespace GravityNet.Labs.Parts;

/// <summary>A real etcd on the first node, and flannel's keys in its v2 API.</summary>
internal static class EtcdServer
{
    /// <summary>The folder of flannel's keys.</summary>
    public const string Prefix = "/coreos.com/network";

    /// <summary>How long flannel's leases last.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromHours(24);

    /// <summary>The URL of etcd on a node.</summary>
    public static string Url(NodeHost node) => $"http://{node.Plan.Address}:{ClusterPlan.EtcdPort}";

    /// <summary>Starts etcd; <see cref="WaitAsync"/> tells when it answers.</summary>
    public static Task StartAsync(NodeHost node, CancellationToken cancellationToken) =>
        node.StartServiceAsync("etcd", $"""
            etcd --name {node.Plan.Name} --data-dir /run/etcd --enable-v2 \
                --listen-client-urls {Url(node)},http://127.0.0.1:{ClusterPlan.EtcdPort} --advertise-client-urls {Url(node)} \
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

    private static string KeyUrl(NodeHost node, string key) => $"{Url(node)}/v2/keys{Prefix}/{key}";

    private static Task<CommandResult> CurlAsync(NodeHost node, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        Command.TryAsync(
            Namespaces.Node(node.Pid, ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", "5", .. arguments]),
            cancellationToken: cancellationToken);
}
