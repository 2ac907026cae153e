namespace GravityNet;

/// <summary>
/// A pod as the Kubernetes API knows it.
/// </summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
public sealed record Pod(string Namespace, string Name)
{
    /// <summary>The node that it was scheduled to; empty before that.</summary>
    public string Node { get; init; } = "";

    /// <summary><c>status.podIP</c>; empty before the pod has a network. With <see cref="HostNetwork"/> it is the node's address.</summary>
    public string Address { get; init; } = "";

    /// <summary><c>status.podIPs</c>: one an IP family.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Pending, Running, Succeeded, Failed or Unknown.</summary>
    public string Phase { get; init; } = "";

    /// <summary>Whether the pod shares the node's network namespace.</summary>
    public bool HostNetwork { get; init; }

    /// <summary>The ports that its containers declare.</summary>
    public IReadOnlyList<ContainerPort> ContainerPorts { get; init; } = [];

    /// <summary>The words of its containers' commands and arguments, as far as the pod sets them.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>The pod's condition <c>Ready</c> is <c>True</c>.</summary>
    public bool Ready { get; init; }

    /// <summary>Whether the pod is being deleted (it has a deletionTimestamp).</summary>
    public bool Terminating { get; init; }

    /// <summary>The pod's labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = NoLabels;

    /// <summary>What this was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>
    /// Whether the pod still owns its address. A pod that succeeded or failed keeps its address in the API while the node may have handed
    /// it to another pod.
    /// </summary>
    public bool IsAlive => Phase is not ("Succeeded" or "Failed");

    internal static IReadOnlyDictionary<string, string> NoLabels { get; } = new Dictionary<string, string>();
}
