using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Parts;

/// <summary>A pod that has its network: what CNI answered for it.</summary>
/// <param name="Plan">What it should be.</param>
/// <param name="Node">The node that it is on.</param>
/// <param name="ContainerId">The id under which CNI knows it.</param>
/// <param name="NetNs">The name of its network namespace.</param>
/// <param name="Ip">Its address.</param>
/// <param name="Mac">The MAC of its eth0.</param>
/// <param name="HostInterface">The node's end of its veth pair.</param>
/// <param name="CniResult">The bridge plugin's whole answer, which the next plugin wants to see.</param>
internal sealed record PodHost(
    PodPlan Plan, NodeHost Node, string ContainerId, string NetNs, string Ip, string Mac, string HostInterface, string CniResult)
{
    /// <summary>The folder with the pod's files on its node.</summary>
    public string Folder => FolderOf(ContainerId);

    /// <summary>The folder of a pod's files on its node.</summary>
    public static string FolderOf(string containerId) => "/run/pods/" + containerId[..12];
}
