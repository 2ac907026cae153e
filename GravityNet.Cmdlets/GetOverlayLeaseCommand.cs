using System.Management.Automation;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Get-OverlayLease</c>: every subnet lease of flannel's, from whichever home they live in.
/// </summary>
[Cmdlet(VerbsCommon.Get, "OverlayLease", DefaultParameterSetName = "Lease")]
[OutputType(typeof(OverlayLease), ParameterSetName = ["Lease"])]
[OutputType(typeof(OverlayConfig), ParameterSetName = ["Config"])]
public sealed class GetOverlayLeaseCommand : ClusterCmdlet
{
    private readonly List<string> _nodes = [];

    /// <summary>The nodes whose leases are wanted; wildcards work. All unless given.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = "Lease")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public string[]? Node { get; set; }

    /// <summary>The network's configuration instead of the leases.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Config")]
    public SwitchParameter Config { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _nodes.AddRange(Node ?? []);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (MyInvocation.ExpectingInput && _nodes.Count == 0) return;
        var cluster = Connection;
        Run(async (writer, cancel) =>
        {
            if (cluster is { Etcd.Length: 0, KubernetesApi.Length: 0 })
            {
                writer.Error(NotThere(Config ? "network configuration" : "lease", cluster));
                return;
            }

            var (table, _) = await ReadStoresAsync(cluster, writer, cancel).ConfigureAwait(false);
            foreach (var problem in table.Problems)
            {
                writer.Error(Errors.Create(
                    new InvalidOperationException(problem), "LeaseUnreadable", ErrorCategory.InvalidData, cluster.Name, problem, "Look at the key in the store; the other leases are shown."));
            }

            foreach (var split in table.Splits) writer.Warning($"{split}. Flannel on a node reads one home: find out which, and take the other away.");
            if (Config)
            {
                foreach (var config in table.Configs) writer.Write(config);
                if (table.Configs.Count == 0) writer.Error(NotThere("network configuration", cluster));
                return;
            }

            if (table is { Leases.Count: 0, Problems.Count: 0 }) writer.Error(NotThere("lease", cluster));
            var names = table.Leases.Select(l => l.Node).Where(n => n.Length > 0).Union(cluster.Nodes).ToList();
            foreach (var literal in _nodes.Where(n => !WildcardPattern.ContainsWildcardCharacters(n) && !names.Contains(n, StringComparer.OrdinalIgnoreCase)))
            {
                writer.Error(Errors.NodeNotFound(cluster, literal, names));
            }

            var patterns = _nodes.ConvertAll(n => WildcardPattern.Get(n, WildcardOptions.IgnoreCase));
            foreach (var lease in table.Leases.Where(l => patterns.Count == 0 || patterns.Exists(p => p.IsMatch(l.Node)))) writer.Write(lease);
        });
    }

    private static ErrorRecord NotThere(string what, GravityCluster cluster)
    {
        var asked = string.Join(" and ", new[] { cluster.Etcd, cluster.KubernetesApi }.Where(s => s.Length > 0).Distinct());
        return Errors.Create(
            new ItemNotFoundException($"No {what} was found."),
            "LeaseNotFound",
            ErrorCategory.ObjectNotFound,
            cluster.Name,
            asked.Length > 0 ? $"No {what} of flannel's is in {asked}." : $"No {what} was found: the connection has no store of leases.",
            cluster.ChosenHome != LeaseSource.Auto ? $"The connection was told to read one home alone (-LeaseSource {cluster.LeaseSource}): connect without it." :
            "Leases live in etcd's v2 store, in its v3 store, or as node annotations in Kubernetes: connect with -Etcd, or with -KubeConfig or -KubeNode, whichever holds them.");
    }
}
