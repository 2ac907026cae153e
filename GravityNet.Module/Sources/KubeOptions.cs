namespace GravityNet.Sources;

/// <summary>Which Kubernetes API to ask, and as whom.</summary>
public sealed record KubeOptions
{
    /// <summary>The value of <see cref="Node"/> that asks no API at all.</summary>
    public const string NoNode = "none";

    /// <summary>
    /// The node to go through: with a kubeconfig that is found on it, or with its kubectl. Null for this machine's way; the files do not matter otherwise.
    /// </summary>
    public string? Node { get; init; }

    /// <summary>
    /// kubeconfig files, merged as kubectl merges them: the first that names a cluster, user, context or current context wins. Empty for those
    /// of the environment variable KUBECONFIG, or <c>~/.kube/config</c> where it is not set.
    /// </summary>
    public IReadOnlyList<string> ConfigFiles { get; init; } = [];

    /// <summary>A context of the files; null for the current one.</summary>
    public string? Context { get; init; }

    /// <summary>Whether to log in as the service account of the pod that this process runs in; the files do not matter then.</summary>
    public bool InCluster { get; init; }

    /// <summary>Time for an exec plugin to log in and, apart from that, for one asking to be answered.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
