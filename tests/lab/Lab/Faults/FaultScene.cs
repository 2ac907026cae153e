using GravityNet.Labs.Parts;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Faults;

/// <summary>The running lab, as faults see it.</summary>
internal sealed class FaultScene(LabStatus status)
{
    /// <summary>What runs.</summary>
    public LabStatus Status => status;

    /// <summary>The node that etcd runs on.</summary>
    public NodeHost Master => Node(ClusterPlan.Nodes[0].Name);

    /// <summary>A way into a node.</summary>
    public NodeHost Node(string name) => new(ClusterPlan.Nodes.Single(n => n.Name == name), status.Node(name).Pid);

    /// <summary>The lease that a node holds when nothing is broken.</summary>
    public Lease Lease(string node) => new(status.Node(node).Subnet, status.Node(node).Address, status.Node(node).VtepMac);
}
