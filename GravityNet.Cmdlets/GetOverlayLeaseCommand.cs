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

            var failed = new List<Sources.SourceException>();
            var (table, _) = await cluster.ReadStoresAsync(Tell, cancel).ConfigureAwait(false);
            foreach (var problem in table.Problems.Except(table.Unheard))
                writer.Error(Errors.Create(new InvalidOperationException(problem), "LeaseUnreadable", ErrorCategory.InvalidData, cluster.Name, problem, "Look at the key in the store; the other leases are shown."));
            foreach (var unheard in table.Unheard)
            {
                // a store that failed has its error, and that says enough of why there are no leases
                if (failed.Count > 0) writer.Verbose(unheard);
                else writer.Error(Unheard(unheard, cluster));
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

            void Tell(Sources.SourceException problem)
            {
                failed.Add(problem);
                writer.Error(problem);
            }
        });
    }

    private static ErrorRecord Unheard(string what, GravityCluster cluster) => Errors.Create(
        new InvalidOperationException(what),
        "LeaseHomeUnknown",
        ErrorCategory.ResourceUnavailable,
        cluster.Name,
        $"{char.ToUpperInvariant(what[0])}{what[1..].TrimEnd('.')}.",
        "Leases that this home may hold are unknown. " + (cluster.IsLive ? "Connect with -Etcd, or with -KubeConfig or -KubeNode, whichever holds them, or name one home with -LeaseSource." : "The snapshot does not have them; -LeaseSource names one home to read."));

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
