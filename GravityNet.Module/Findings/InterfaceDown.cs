namespace GravityNet.Findings;

/// <summary>A node whose VXLAN device or pod bridge is administratively down.</summary>
internal sealed class InterfaceDown : IDetector
{
    private static readonly (string Name, PathPart Part)[] Parts = [("cni0", PathPart.Node), ("flannel.1", PathPart.Overlay)];

    public string Id => "interface-down";

    public IEnumerable<Finding> Find(ClusterState state) =>
        from node in state.Nodes
        from part in Parts
        let link = node.Link(part.Name)
        where link is { IsUp: false }
        select new Finding
        {
            Id = Id,
            Severity = "error",
            Node = node.Node,
            Message = $"{part.Name} of {node.Node} is down",
            Evidence = [link.Source.ToString()],
            Remedy = $"On {node.Node}: ip link set {part.Name} up. Flannel programs its routes anew when it is restarted.",
            Part = part.Part,
        };
}
