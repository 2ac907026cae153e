namespace GravityNet.Findings;

/// <summary>
/// An interface whose forwarding is off: the kernel does not route onwards what arrives there (ip-sysctl, <c>conf/*/forwarding</c>). The switch of the interface that a
/// packet arrives on alone decides; <c>ip_forward</c> is not asked again, but writing it sets all of them.
/// </summary>
internal sealed class ForwardingOff : IDetector
{
    private static readonly (string Interface, string From)[] OnPath = [("cni0", "the pods"), ("flannel.1", "the overlay")];

    public string Id => "forwarding-off";

    public IEnumerable<Finding> Find(ClusterState state) => state.Nodes.SelectMany(Find);

    private IEnumerable<Finding> Find(NodeState node)
    {
        var off = OnPath.Select(i => (i.Interface, i.From, Proof: ProofOfOff(node, i.Interface))).Where(i => i.Proof is not null).ToList();
        var global = SysctlLines.FindZero(node, "net.ipv4.ip_forward");
        if (global is not null && off.Count == OnPath.Length)
        {
            yield return Error(node, $"forwarding is off on {node.Node} (net.ipv4.ip_forward = 0): nothing is routed between pods and overlay",
                [global, .. off.Select(i => i.Proof!)], "sysctl -w net.ipv4.ip_forward=1");
            yield break;
        }

        foreach (var (name, from, proof) in off)
        {
            yield return Error(node, $"forwarding is off on {name} of {node.Node}: what arrives from {from} is not routed onwards",
                [proof!], $"sysctl -w net.ipv4.conf.{Key(name)}.forwarding=1") with { Interface = name };
        }

        if (global is not null && off.Count == 0)
        {
            yield return Error(node, $"net.ipv4.ip_forward is 0 on {node.Node}: interfaces made from now on do not route", [global], "sysctl -w net.ipv4.ip_forward=1") with { Severity = "warning" };
        }
    }

    private Finding Error(NodeState node, string message, IEnumerable<SourceLine> proof, string remedy) => new()
    {
        Id = Id,
        Severity = "error",
        Node = node.Node,
        Message = message,
        Evidence = [.. proof.Select(p => p.ToString())],
        Remedy = $"On {node.Node}: {remedy}",
        Part = PathPart.Node,
    };

    // netconf is asked first, as the training does; sysctl tells the same where ip has no netconf
    private static SourceLine? ProofOfOff(NodeState node, string name)
    {
        if (node.Forwarding.Records.FirstOrDefault(f => f.Interface == name && f.Family == "inet" && f.Forwarding is not null) is { } netconf) return netconf.Forwarding == false ? netconf.Source : null;
        return SysctlLines.FindZero(node, $"net.ipv4.conf.{Key(name)}.forwarding");
    }

    // sysctl swaps the dot of a name and its own separator
    private static string Key(string name) => name.Replace('.', '/');
}
