namespace GravityNet.Labs.Plan;

/// <summary>What runs in a pod.</summary>
public enum PodRole
{
    /// <summary>A process that only waits: the place to type commands from.</summary>
    Shell,

    /// <summary>A DNS server that answers for cluster.local.</summary>
    Dns,

    /// <summary>An HTTP server that answers with its pod's name.</summary>
    Web,
}
