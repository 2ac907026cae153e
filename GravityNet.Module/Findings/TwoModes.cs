using GravityNet.Netfilter;

namespace GravityNet.Findings;

/// <summary>
/// A node on which kube-proxy's services stand in more than one of its modes. kube-proxy clears what other modes wrote only when it is told to (<c>--cleanup</c>): what
/// was left behind still catches packets, and is not changed any more when endpoints come and go.
/// </summary>
internal sealed class TwoModes : IDetector
{
    public string Id => "kube-proxy-two-modes";

    public IEnumerable<Finding> Find(ClusterState state) =>
        from node in state.Nodes
        let modes = ServiceModes.Of(node)
        where modes.Count > 1
        select new Finding
        {
            Id = Id,
            Severity = "warning",
            Node = node.Node,
            Message = MessageFor(node.Node, modes),
            Evidence = [.. modes],
            Remedy = $"On {node.Node}: find out in which mode kube-proxy works (its configuration's 'mode'), and remove what the other wrote, with 'kube-proxy --cleanup' or by restarting the node.",
            Part = PathPart.Services,
        };

    /// <summary>What is to be said of such a node.</summary>
    public static string MessageFor(string node, IReadOnlyList<string> modes) =>
        $"kube-proxy's services are there in more than one of its modes on {node} ({string.Join(", ", modes)}): a packet passes all of them, and one of them may be a leftover";
}
