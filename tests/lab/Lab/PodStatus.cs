using GravityNet.Labs.Plan;

namespace GravityNet.Labs;

/// <summary>One running pod.</summary>
/// <param name="Namespace">Its Kubernetes namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Node">The name of its node.</param>
/// <param name="Ip">Its address.</param>
/// <param name="Pid">Its process, as the node numbers it.</param>
/// <param name="HostPid">The same process, as the machine numbers it.</param>
/// <param name="Mac">The MAC of its eth0.</param>
/// <param name="HostInterface">The node's end of its veth pair, a port of cni0.</param>
/// <param name="NetNs">The name of its network namespace in the node's /var/run/netns.</param>
/// <param name="ContainerId">The id under which CNI knows it.</param>
/// <param name="App">The value of the label that services select by.</param>
public sealed record PodStatus(
    string Namespace,
    string Name,
    string Node,
    string Ip,
    int Pid,
    int HostPid,
    string Mac,
    string HostInterface,
    string NetNs,
    string ContainerId,
    string App)
{
    /// <summary>What the API says of its readiness.</summary>
    public PodCondition Condition { get; init; }
}
