using System.Management.Automation;
using GravityNet.Facts;
using GravityNet.Overlay;
using GravityNet.Sources;

namespace GravityNet.Cmdlets;

/// <summary>
/// A cmdlet that asks a cluster: the connection given, or the runspace's current one.
/// </summary>
public abstract class ClusterCmdlet : WorkerCmdlet
{
    /// <summary>The connection to ask, or its name; the current one unless given.</summary>
    [Parameter(HelpMessage = "A connection of Connect-GravityCluster, or its name; the current one unless given.")]
    [ValidateNotNull]
    [ClusterName]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public GravityCluster? Cluster { get; set; }

    /// <summary>The connection. Ends the command where there is none.</summary>
    private protected GravityCluster Connection
    {
        get
        {
            if ((Cluster ?? Connections.Of(this).Current) is { } cluster) return cluster;
            ThrowTerminatingError(Errors.Create(
                new InvalidOperationException("There is no connection to a cluster."),
                "NotConnected",
                ErrorCategory.ConnectionError,
                null,
                "There is no connection to a cluster.",
                "Run Connect-GravityCluster first, or give -Cluster."));
            return null!;
        }
    }

    /// <summary>
    /// The nodes that the patterns name. A literal name that no node has is an error; a pattern that matches none is not.
    /// </summary>
    private protected static HashSet<string> SelectNodes(GravityCluster cluster, IReadOnlyCollection<string> patterns, PipelineWriter writer)
    {
        var nodes = cluster.Nodes;
        if (patterns.Count == 0) return [.. nodes];
        var selected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in patterns.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            var matches = nodes.Where(n => pattern.IsMatch(n)).ToList();
            selected.UnionWith(matches);
            if (matches.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) writer.Error(Errors.NodeNotFound(cluster, name, nodes));
        }

        return selected;
    }

    /// <summary>Reads leases and Kubernetes objects; a store that does not answer is an error, and what it holds is unknown.</summary>
    private protected static Task<(LeaseTable Leases, KubeObjects Objects)> ReadStoresAsync(GravityCluster cluster, PipelineWriter writer, CancellationToken cancel) =>
        cluster.ReadStoresAsync(writer.Error, cancel);

    /// <summary>
    /// Asks the nodes side by side and hands over each state as it comes. A node that does not answer is an error, and so is each fact that the question
    /// cannot do without; the rest comes. A row tells itself that a fact of <c>told</c> was not collected.
    /// </summary>
    private protected static async IAsyncEnumerable<NodeState> AskAsync(
        GravityCluster cluster,
        HashSet<string> nodes,
        FactRequest request,
        IReadOnlyCollection<string> optional,
        PipelineWriter writer,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel,
        IReadOnlyCollection<string>? told = null)
    {
        await foreach (var answer in AskEachAsync(cluster, nodes, request, writer, cancel).ConfigureAwait(false))
        {
            if (answer.State is not { } state) continue;
            var denied = new HashSet<string?>(StringComparer.Ordinal);
            foreach (var fact in state.Facts.Facts.Values)
            {
                // what is denied to one tool of a package is to its others too: that is one error
                if (fact.Damage.Length > 0) writer.Error(Errors.Damaged(state.Node, fact));
                if (!fact.Answered && !optional.Contains(fact.Fact) && (!fact.IsDenied || denied.Add(FactCatalog.PackageOf(fact.Fact)))) writer.Error(Errors.From(state.Node, fact));
            }

            // what a snapshot lacks would else look like a node that has none of it. Rules come in several flavours and logs from several places: who asks for those tells of them.
            foreach (var name in request.NodeFacts.Where(f => state.Facts.Get(f) is null && !optional.Contains(f) && told?.Contains(f) != true && !FactCatalog.IptablesFacts.Contains(f) && !FactCatalog.Get(f).IsFile))
                writer.Error(Errors.NotCollected(cluster, state.Node, name));

            yield return state;
            foreach (var line in state.Unread) writer.Verbose($"not read: {line}");
        }
    }

    /// <summary>Asks the nodes side by side and hands over each answer as it comes. A node that does not answer is an error.</summary>
    private protected static async IAsyncEnumerable<NodeAnswer> AskEachAsync(
        GravityCluster cluster,
        HashSet<string> nodes,
        FactRequest request,
        PipelineWriter writer,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var done = 0;
        writer.Progress("Asking nodes", $"0 of {nodes.Count}", 0);
        await foreach (var answer in cluster.AskAsync(nodes, request, cancel).ConfigureAwait(false))
        {
            done++;
            writer.Progress("Asking nodes", $"{done} of {nodes.Count}: {answer.Node}", done * 100 / Math.Max(1, nodes.Count));
            if (answer.Problem is { } problem) writer.Error(problem);
            foreach (var fact in answer.State?.Facts.Facts.Values ?? [])
            {
                var time = fact.Elapsed is { } elapsed ? $" {elapsed.TotalMilliseconds:F0} ms" : "";
                var code = fact.ExitCode is { } exit and not 0 ? $" exit code {exit}" : "";
                writer.Verbose($"{answer.Node}: {(fact.Command.Length > 0 ? fact.Command : fact.Fact)}{time}{code}");
            }

            yield return answer;
        }
    }
}
