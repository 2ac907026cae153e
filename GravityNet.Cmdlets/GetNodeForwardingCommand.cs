using System.Management.Automation;
using GravityNet.Routing;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Get-NodeForwarding</c>: which interfaces of each node route onwards what arrives there, and their reverse-path filters, as they are set and in effect.
/// </summary>
[Cmdlet(VerbsCommon.Get, "NodeForwarding")]
[OutputType(typeof(NodeForwarding))]
public sealed class GetNodeForwardingCommand : NodeCmdlet
{
    // each switch is told by the one or the other, and what neither tells is shown as unknown
    private static readonly string[] Optional = ["sysctl", "ip-route"];

    private readonly InterfaceSelection _wanted = new();

    /// <summary>Names of interfaces; wildcards work. All interfaces unless given.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [AllowEmptyString]
    public string[] Interface { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        _wanted.Add(Node, Interface);
    }

    private protected override async Task AnswerAsync(GravityCluster cluster, PipelineWriter writer, CancellationToken cancel)
    {
        var nodes = SelectNodes(cluster, NodeNames, writer);
        if (nodes.Count == 0) return;
        var stores = ReadStoresAsync(cluster, writer, cancel);
        await foreach (var state in AskAsync(cluster, nodes, NodeForwardings.Request, Optional, writer, cancel).ConfigureAwait(false))
        {
            var (leases, objects) = await stores.ConfigureAwait(false);
            var rows = NodeForwardings.Find(state, new([state], leases, objects)).ToList();
            foreach (var row in rows.Where(r => _wanted.Contains(r.Node, r.Interface))) writer.Write(row);
            if (rows.Count > 0) _wanted.TellMissing(state.Node, [.. rows.Select(r => r.Interface).Distinct()], writer);
        }
    }
}
