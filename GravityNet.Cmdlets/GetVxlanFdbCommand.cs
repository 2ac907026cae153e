using System.Management.Automation;
using GravityNet.Facts;
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
        if (!cluster.IsLive)
        {
            await AnswerSavedAsync(cluster, wanted, (await stores.ConfigureAwait(false)).Leases, writer, cancel).ConfigureAwait(false);
            return;
        }

        // every node is asked, also where one is wanted: a remote device's real MAC tells which side of a difference is old
        var states = new Dictionary<string, NodeState>(StringComparer.Ordinal);
        await foreach (var state in AskAsync(cluster, [.. cluster.Nodes], VxlanFdb.Request, [], writer, cancel).ConfigureAwait(false)) states[state.Node] = state;
        var (leases, _) = await stores.ConfigureAwait(false);
        foreach (var node in cluster.Nodes.Where(n => wanted.Contains(n) && states.ContainsKey(n)))
        {
            foreach (var entry in VxlanFdb.Compare(states[node], leases, states)) writer.Write(entry);
        }
    }

    // A saved node can be asked twice: of all that there are the devices are held, and of a few at a time the tables, which have a row for each other node.
    private static async Task AnswerSavedAsync(GravityCluster cluster, HashSet<string> wanted, LeaseTable leases, PipelineWriter writer, CancellationToken cancel)
    {
        var others = await StatesAsync(VxlanFdb.DeviceRequest).ConfigureAwait(false);
        // their entries are needed where a device is not what its lease says
        if (others.Values.Any(s => VxlanFdb.IsAgainstLease(s, leases))) others = await StatesAsync(VxlanFdb.DeviceRequest.With(new("ip-neighbor"))).ConfigureAwait(false);

        var written = Task.CompletedTask;
        var done = 0;
        foreach (var names in cluster.Nodes.Where(wanted.Contains).Chunk(Math.Max(2, Environment.ProcessorCount)))
        {
            writer.Progress("Comparing nodes", $"{done} of {wanted.Count}: {names[0]}", done * 100 / wanted.Count);
            var states = new List<NodeState>();
            await foreach (var state in AskAsync(cluster, [.. names], VxlanFdb.Request, [], writer, cancel).ConfigureAwait(false)) states.Add(state);
            var rows = await Task.WhenAll(states.OrderBy(s => Array.IndexOf(names, s.Node)).Select(s => Task.Run(() => VxlanFdb.Compare(s, leases, others).ToList(), cancel))).ConfigureAwait(false);
            // not more than one step before who reads them
            await written.WaitAsync(cancel).ConfigureAwait(false);
            written = writer.WriteAllAsync([.. rows.SelectMany(r => r)]);
            done += names.Length;
        }

        await written.WaitAsync(cancel).ConfigureAwait(false);

        // who does not answer is told when the tables are asked for
        async Task<Dictionary<string, NodeState>> StatesAsync(FactRequest request)
        {
            var states = new Dictionary<string, NodeState>(StringComparer.Ordinal);
            await foreach (var answer in cluster.AskAsync(cluster.Nodes, request, cancel).ConfigureAwait(false))
            {
                if (answer.State is { } state) states[answer.Node] = state;
            }

            return states;
        }
    }
}
