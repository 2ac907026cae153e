using System.Management.Automation;
using GravityNet.Overlay;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Get-VxlanFdb</c>: on each node, the FDB row, neighbor entry and route of every lease, and the node's own VXLAN device, compared with the leases.
/// </summary>
[Cmdlet(VerbsCommon.Get, "VxlanFdb")]
[OutputType(typeof(VxlanFdbEntry))]
public sealed class GetVxlanFdbCommand : NodeCmdlet
{
    private protected override async Task AnswerAsync(GravityCluster cluster, PipelineWriter writer, CancellationToken cancel)
    {
        var wanted = SelectNodes(cluster, NodeNames, writer);
        if (wanted.Count == 0) return;
        var stores = ReadStoresAsync(cluster, writer, cancel);

        // every node is asked, also where one is wanted: a remote device's real MAC tells which side of a difference is old
        var states = new Dictionary<string, NodeState>(StringComparer.Ordinal);
        await foreach (var state in AskAsync(cluster, [.. cluster.Nodes], VxlanFdb.Request, [], writer, cancel).ConfigureAwait(false)) states[state.Node] = state;
        var (leases, _) = await stores.ConfigureAwait(false);
        foreach (var node in cluster.Nodes.Where(n => wanted.Contains(n) && states.ContainsKey(n)))
        {
            foreach (var entry in VxlanFdb.Compare(states[node], leases, states)) writer.Write(entry);
        }
    }
}
