using System.Management.Automation;
using GravityNet.Comparing;
using GravityNet.Overlay;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Compare-ClusterSnapshot</c>: what is not the same in two states of a cluster, each a snapshot or a connection.
/// </summary>
[Cmdlet(VerbsData.Compare, "ClusterSnapshot")]
[OutputType(typeof(ClusterDifference))]
public sealed class CompareClusterSnapshotCommand : ClusterCmdlet
{
    /// <summary>The state to compare with: the path of a snapshot, what Export-ClusterSnapshot gave, or a connection.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The path of a snapshot, or a connection.")]
    [ValidateNotNullOrEmpty]
    public object Reference { get; set; } = "";

    /// <summary>The state that is compared: as the reference; the current connection unless given.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public object? Difference { get; set; }

    /// <summary>The nodes to compare; wildcards work. All nodes, and what is the cluster's, unless given.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public string[] Node { get; set; } = [];

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var (before, after) = (Side(Reference), Side(Difference ?? Connection));
        Run(async (writer, cancel) =>
        {
            var was = before as GravityCluster ?? SavedCluster.Open((string)before, LeaseSource.Auto, writer, cancel);
            var now = after as GravityCluster ?? SavedCluster.Open((string)after, LeaseSource.Auto, writer, cancel);
            await CompareAsync(was, now, writer, cancel).ConfigureAwait(false);
        });
    }

    // a connection, or a path
    private object Side(object side) => side switch
    {
        PSObject { BaseObject: var inner } => Side(inner),
        GravityCluster cluster => cluster,
        ClusterSnapshotFile file => file.Path,
        FileSystemInfo file => file.FullName,
        _ => Paths.Resolve(this, $"{side}"),
    };

    private async Task CompareAsync(GravityCluster was, GravityCluster now, PipelineWriter writer, CancellationToken cancel)
    {
        var patterns = Array.ConvertAll(Node, n => WildcardPattern.Get(n, WildcardOptions.IgnoreCase));
        var known = was.Nodes.Union(now.Nodes).ToList();
        foreach (var literal in Node.Where(n => !WildcardPattern.ContainsWildcardCharacters(n) && !known.Contains(n, StringComparer.OrdinalIgnoreCase))) writer.Error(Errors.NodeNotFound(now, literal, known));
        var unknown = new UnknownParts();
        if (Node.Length == 0)
        {
            var before = ReadStoresAsync(was, writer, cancel);
            var after = ReadStoresAsync(now, writer, cancel);
            foreach (var difference in ClusterComparison.CompareNames(Names(was), Names(now))) writer.Write(difference);
            foreach (var difference in ClusterComparison.CompareStores(await before.ConfigureAwait(false), await after.ConfigureAwait(false), (kind, why) => unknown.Add(kind, "", why))) writer.Write(difference);
        }

        // both sides of a node are held until it is compared, and no longer
        var both = known.Where(n => was.Nodes.Contains(n) && now.Nodes.Contains(n) && (patterns.Length == 0 || patterns.Any(p => p.IsMatch(n)))).Order(StringComparer.Ordinal).ToList();
        var batch = Math.Max(was.Throttle, now.Throttle);
        foreach (var names in both.Chunk(batch))
        {
            var (befores, afters) = (await StatesAsync(was, names, writer, cancel).ConfigureAwait(false), await StatesAsync(now, names, writer, cancel).ConfigureAwait(false));
            foreach (var name in names.Where(n => befores.ContainsKey(n) && afters.ContainsKey(n)))
            {
                cancel.ThrowIfCancellationRequested();
                foreach (var difference in new NodeComparison(befores[name], afters[name], (kind, why) => unknown.Add(kind, name, why)).Compare()) writer.Write(difference);
            }
        }

        foreach (var text in unknown.Texts) writer.Warning(text);
    }

    private static IEnumerable<(string Name, string Address)> Names(GravityCluster cluster) => cluster.Sources.Select(s => (s.Name, s.Address));

    private static async Task<Dictionary<string, NodeState>> StatesAsync(GravityCluster cluster, string[] names, PipelineWriter writer, CancellationToken cancel)
    {
        var states = new Dictionary<string, NodeState>(StringComparer.Ordinal);
        // what is missing is told once for all nodes, when all have been compared
        await foreach (var answer in AskEachAsync(cluster, [.. names], NodeComparison.Request, writer, cancel).ConfigureAwait(false))
        {
            if (answer.State is { } state) states[answer.Node] = state;
        }

        return states;
    }

    // one text for each kind and reason, whatever the number of nodes
    private sealed class UnknownParts
    {
        private readonly List<(string Kind, string Node, string Why)> _all = [];

        public IEnumerable<string> Texts => _all.GroupBy(u => (u.Kind, Side: u.Why.Split(':')[0])).Select(group =>
        {
            var nodes = group.Select(u => u.Node).Where(n => n.Length > 0).Distinct().ToList();
            var of = nodes.Count == 0 ? "" : $" of {string.Join(", ", nodes.Take(3))}{(nodes.Count > 3 ? $" and {nodes.Count - 3} more" : "")}";
            return $"{group.Key.Kind} is not compared{of}: unknown in {group.First().Why}.";
        });

        public void Add(string kind, string node, string why) => _all.Add((kind, node, why.TrimEnd('.')));
    }
}
