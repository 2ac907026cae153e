namespace GravityNet.Labs.Plan;

/// <summary>One pod as it is planned.</summary>
/// <param name="Namespace">The Kubernetes namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Node">The name of the node that it runs on.</param>
/// <param name="Role">What runs in it.</param>
/// <param name="App">The value of the label that services select by.</param>
/// <param name="HostPort">The TCP port of the node that leads to the pod's web server, or null.</param>
public sealed record PodPlan(string Namespace, string Name, string Node, PodRole Role, string App, int? HostPort = null)
{
    /// <summary>Whether it takes new connections. Its process runs in any case.</summary>
    public PodCondition Condition { get; init; }

    /// <summary>More labels, each with the value <c>yes</c>.</summary>
    public IReadOnlyList<string> Marks { get; init; } = [];

    /// <summary>The label that <see cref="App"/> is the value of.</summary>
    public string AppLabel => Role == PodRole.Dns ? "k8s-app" : "app";

    /// <summary>The name of the ReplicaSet that would have made the pod, or null for a pod of its own.</summary>
    public string? ReplicaSet => Name.Count(c => c == '-') >= 2 && Role != PodRole.Shell ? Name[..Name.LastIndexOf('-')] : null;
}
