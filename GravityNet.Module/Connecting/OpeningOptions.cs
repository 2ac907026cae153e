using GravityNet.Overlay;
using GravityNet.Sources;

namespace GravityNet.Connecting;

/// <summary>How a live cluster is opened: what was asked for, before anything is known of the cluster.</summary>
internal sealed record OpeningOptions
{
    /// <summary>How to log in to the nodes.</summary>
    public required SshOptions Ssh { get; init; }

    /// <summary>The nodes as the user typed them.</summary>
    public IReadOnlyList<string> Typed { get; init; } = [];

    /// <summary>Whether the cluster's other nodes are looked for and connected to.</summary>
    public bool Discover { get; init; }

    /// <summary>etcd's client URLs, as seen from here or, where there are <see cref="EtcdNodes"/>, from those; empty for what is found on the nodes.</summary>
    public IReadOnlyList<Uri> Etcd { get; init; } = [];

    /// <summary>The nodes through which etcd is asked; empty for none in particular.</summary>
    public IReadOnlyList<string> EtcdNodes { get; init; } = [];

    /// <summary>Certificates for etcd; null for those of the node that it is found on, else the machine's trusted authorities and no client certificate.</summary>
    public EtcdTlsFiles? EtcdTls { get; init; }

    /// <summary>The home to read flannel's leases from.</summary>
    public LeaseSource LeaseSource { get; init; }

    /// <summary>Which Kubernetes API to ask; null for the one that a node leads to.</summary>
    public KubeOptions? Kube { get; init; }

    /// <summary>How many nodes are worked on at a time.</summary>
    public int Throttle { get; init; } = 32;

    /// <summary>Time for one asking of a node.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
