using GravityNet.Labs.Parts;
using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

namespace GravityNet.Labs.Faults;

/// <summary>The running lab, as faults see it.</summary>
internal sealed class FaultScene(LabStatus status)
{
    private readonly ClusterPlan _cluster = new(status.Options);

    /// <summary>What runs.</summary>
    public LabStatus Status => status;

    /// <summary>A way into a node.</summary>
    public NodeHost Node(string name) => new(_cluster, _cluster.Nodes.Single(n => n.Name == name), status.Node(name).Pid);

    /// <summary>The nodes other than this one.</summary>
    public IEnumerable<NodeHost> Others(string name) => _cluster.Nodes.Where(n => n.Name != name).Select(n => Node(n.Name));

    /// <summary>The leases of the nodes other than this one, when nothing is broken.</summary>
    public IEnumerable<Lease> LeasesOfOthers(string name) => _cluster.Nodes.Where(n => n.Name != name).Select(n => Lease(n.Name));

    private LeaseStore Store => new(new StateFolder(status.StateDirectory), Node(_cluster.Nodes[0].Name));

    /// <summary>Runs shell lines in the outside network namespace, stopping at the first that fails.</summary>
    public Task OutsideAsync(string script, CancellationToken cancellationToken) =>
        Command.RunAsync(Namespaces.Network(status.OutsidePid, "sh", "-eu"), script, cancellationToken: cancellationToken);

    /// <summary>Makes a node's flannel.1 anew and programs its peers.</summary>
    public Task RemakeDeviceAsync(string node, string kind, int mtu, CancellationToken cancellationToken) =>
        Flannel.RemakeDeviceAsync(Node(node), Lease(node).VtepMac, LeasesOfOthers(node), kind, mtu, cancellationToken);

    /// <summary>Stores a lease.</summary>
    public Task PutAsync(Lease lease, CancellationToken cancellationToken) =>
        Store.PutAsync(lease, cancellationToken);

    /// <summary>Removes a lease.</summary>
    public Task DeleteAsync(Lease lease, CancellationToken cancellationToken) => Store.DeleteAsync(lease, cancellationToken);

    /// <summary>The lease that a node holds when nothing is broken.</summary>
    public Lease Lease(string node) => new(status.Node(node).Subnet, status.Node(node).Address, status.Node(node).VtepMac);
}
