namespace GravityNet.Findings;

/// <summary>
/// A node that does not translate what pods send to services: nat PREROUTING leads into no chain of kube-proxy's, or bridged packets do not cross iptables, so that the
/// answer of a pod to a pod of its own node is not translated back (br_netfilter, <c>bridge-nf-call-iptables</c>).
/// </summary>
internal sealed class ServiceTranslation : IDetector
{
    private const string Services = "KUBE-SERVICES";
    private const string BridgeSwitch = "net.bridge.bridge-nf-call-iptables";

    public string Id => "service-translation";

    public IEnumerable<Finding> Find(ClusterState state) => state.Nodes.SelectMany(Find);

    private IEnumerable<Finding> Find(NodeState node)
    {
        // without kube-proxy's chains something else serves the services
        var tables = node.Iptables.Records.Where(r => r.HasServices).Select(r => r.Table("nat")!).ToList();
        if (tables.Count == 0) yield break;
        // what is not in a text that was cut short may be there, and so may what is in rules that were not read
        if (node.Iptables.IsKnown && tables.TrueForAll(t => t.IsComplete && !t.Rules.Any(r => r.Target == Services && r.Chain != "OUTPUT"))
            && tables[0].Chain("PREROUTING") is { } hook)
        {
            yield return Error(node, $"no jump to {Services} is in nat PREROUTING of {node.Node}: what its pods send to services is not translated",
                hook.Origin.ToSourceLine(), "restart kube-proxy: it writes the jump again");
        }

        if (node.Link("cni0") is not null && SysctlLines.FindZero(node, BridgeSwitch) is { } off)
        {
            yield return Error(node, $"{node.Node} does not filter bridged packets ({BridgeSwitch} = 0): a pod that a service leads to a pod of its own node gets an answer from a stranger",
                off, $"sysctl -w {BridgeSwitch}=1");
        }
    }

    private Finding Error(NodeState node, string message, SourceLine proof, string remedy) => new()
    {
        Id = Id,
        Severity = "error",
        Node = node.Node,
        Message = message,
        Evidence = [proof.ToString()],
        Remedy = $"On {node.Node}: {remedy}.",
        Part = PathPart.Services,
    };
}
