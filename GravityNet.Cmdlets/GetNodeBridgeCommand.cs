using System.Management.Automation;
using GravityNet.Overlay;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Get-NodeBridge</c>: the bridges of each node, their ports and the pod behind each port.
/// </summary>
[Cmdlet(VerbsCommon.Get, "NodeBridge")]
[OutputType(typeof(NodeBridge))]
public sealed class GetNodeBridgeCommand : NodeCmdlet
{
    // each gives only a detail, or what another gives too
    private static readonly string[] Optional = ["bridge-fdb", "brctl-show", "brctl-showmacs"];

    /// <summary>Names of bridges; wildcards work. All bridges unless given.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    public string[] Bridge { get; set; } = ["*"];

    private protected override async Task AnswerAsync(GravityCluster cluster, PipelineWriter writer, CancellationToken cancel)
    {
        var nodes = SelectNodes(cluster, NodeNames, writer);
        var stores = ReadStoresAsync(cluster, writer, cancel);
        var patterns = Bridge.Select(b => WildcardPattern.Get(b, WildcardOptions.IgnoreCase)).ToList();
        await foreach (var state in AskAsync(cluster, nodes, NodeBridges.Request, Optional, writer, cancel).ConfigureAwait(false))
        {
            if (state is { Fdb.IsKnown: false, BridgeMacs.IsKnown: false } && state.Facts.Get("bridge-fdb") is { Answered: false } unanswered) writer.Error(Errors.From(state.Node, unanswered));
            var (_, objects) = await stores.ConfigureAwait(false);
            var bridges = NodeBridges.Find(state, objects).ToList();
            foreach (var bridge in bridges.Where(b => patterns.Exists(p => p.IsMatch(b.Interface)))) writer.Write(bridge);
            foreach (var literal in Bridge.Where(b => !WildcardPattern.ContainsWildcardCharacters(b) && state.Links.IsKnown && !bridges.Exists(f => f.Interface == b)))
            {
                writer.Error(Errors.NotFound("bridge", $"{state.Node}/{literal}", bridges.Select(b => b.Interface)));
            }
        }
    }
}
