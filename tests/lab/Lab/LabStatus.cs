using GravityNet.Labs.Plan;

namespace GravityNet.Labs;

/// <summary>Everything that one needs to know to use a running lab; `lab status` prints it as JSON.</summary>
public sealed record LabStatus
{
    /// <summary>The folder that holds the lab's files.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>How the lab differs from the default one.</summary>
    public required LabOptions Options { get; init; }

    /// <summary>When the lab was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The user to log in as, but on a node whose logins say otherwise.</summary>
    public string User { get; init; } = "root";

    /// <summary>The private key that every node's sshd accepts.</summary>
    public required string KeyFile { get; init; }

    /// <summary>The known_hosts file with every node's host key.</summary>
    public required string KnownHosts { get; init; }

    /// <summary>The URL of etcd, reachable from the outside namespace.</summary>
    public required string Etcd { get; init; }

    /// <summary>What a client of etcd needs, where etcd asks for certificates; else null.</summary>
    public EtcdTlsStatus? EtcdTls { get; init; }

    /// <summary>The URL of the Kubernetes API, reachable from the outside namespace.</summary>
    public required string Api { get; init; }

    /// <summary>The kubeconfig file for the API.</summary>
    public required string KubeConfig { get; init; }

    /// <summary>The kubeconfig file for the API with a client certificate instead of a token.</summary>
    public required string KubeConfigWithCertificate { get; init; }

    /// <summary>The kubeconfig file of someone who may read nodes only.</summary>
    public required string KubeConfigForNodes { get; init; }

    /// <summary>The kubeconfig file on the first node, in Planet where that node has it. It holds only for who is on the node.</summary>
    public required string NodeKubeConfig { get; init; }

    /// <summary>The process that holds the outside network namespace.</summary>
    public required int OutsidePid { get; init; }

    /// <summary>The client's address on the underlay.</summary>
    public required string OutsideAddress { get; init; }

    /// <summary>The nodes.</summary>
    public required IReadOnlyList<NodeStatus> Nodes { get; init; }

    /// <summary>The pods.</summary>
    public required IReadOnlyList<PodStatus> Pods { get; init; }

    /// <summary>The services.</summary>
    public required IReadOnlyList<ServiceStatus> Services { get; init; }

    /// <summary>The node of this name.</summary>
    /// <exception cref="LabException">There is none; the message lists the names.</exception>
    public NodeStatus Node(string name) =>
        Nodes.FirstOrDefault(n => n.Name == name)
        ?? throw new LabException($"no node '{name}'; the nodes are {string.Join(", ", Nodes.Select(n => n.Name))}");

    /// <summary>The pod of this name.</summary>
    /// <exception cref="LabException">There is none; the message lists the names.</exception>
    public PodStatus Pod(string name) =>
        Pods.FirstOrDefault(p => p.Name == name)
        ?? throw new LabException($"no pod '{name}'; the pods are {string.Join(", ", Pods.Select(p => p.Name))}");

    /// <summary>The service of this name.</summary>
    /// <exception cref="LabException">There is none; the message lists the names.</exception>
    public ServiceStatus Service(string name) =>
        Services.FirstOrDefault(s => s.Name == name)
        ?? throw new LabException($"no service '{name}'; the services are {string.Join(", ", Services.Select(s => s.Name))}");
}
