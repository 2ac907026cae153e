using System.Management.Automation;
using GravityNet.Overlay;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Get-PodNetwork</c>: the interfaces, routes and neighbors inside a pod, and its cable to the node: veth pair, bridge port, MACs and MTUs of both ends.
/// </summary>
[Cmdlet(VerbsCommon.Get, "PodNetwork")]
[OutputType(typeof(PodNetwork))]
public sealed class GetPodNetworkCommand : ClusterCmdlet
{
    // each gives only a detail, or what another gives too
    private static readonly string[] Optional = ["ip-neighbor", "bridge-fdb", "brctl-show", "brctl-showmacs"];

    private readonly List<Wanted> _wanted = [];

    /// <summary>The pods, by name or as <c>namespace/name</c>; wildcards work. All unless given.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PodCompleter))]
    [AllowEmptyString]
    public string[] Pod { get; set; } = ["*"];

    /// <summary>The pods' namespaces; wildcards work. All unless given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [AllowEmptyString]
    public string[] Namespace { get; set; } = [];

    /// <summary>The nodes that the pods run on; wildcards work. All nodes unless given.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeCompleter))]
    [AllowEmptyString]
    public string[] Node { get; set; } = [];

    /// <summary>A result of Test-PodReachability: the pods at its two ends.</summary>
    [Parameter(ValueFromPipeline = true)]
    public ReachabilityResult? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is { } result)
        {
            foreach (var (end, node) in new[] { (result.From, result.Node), (result.To, result.ToNode) })
            {
                if (end.StartsWith("pod:", StringComparison.Ordinal)) Want(end["pod:".Length..], [], node.Length > 0 ? [node] : []);
            }

            return;
        }

        // an object whose pod is not known asks about none
        foreach (var pod in Pod.Where(p => p.Length > 0)) Want(pod, [.. Namespace.Where(n => n.Length > 0)], [.. Node.Where(n => n.Length > 0)]);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_wanted.Count == 0) return;
        var cluster = Connection;
        Run(async (writer, cancel) =>
        {
            var nodes = SelectNodes(cluster, _wanted.Exists(w => w.Nodes.Length == 0) ? [] : [.. _wanted.SelectMany(w => w.Nodes).Distinct(StringComparer.OrdinalIgnoreCase)], writer);
            if (nodes.Count == 0) return;
            var stores = ReadStoresAsync(cluster, writer, cancel);
            var found = new HashSet<Wanted>();
            var names = new SortedSet<string>(StringComparer.Ordinal);
            await foreach (var state in AskAsync(cluster, nodes, PodNetworks.Request, Optional, writer, cancel).ConfigureAwait(false))
            {
                var (_, objects) = await stores.ConfigureAwait(false);
                var isAny = false;
                foreach (var network in PodNetworks.Find(state, objects))
                {
                    isAny = true;
                    if (network.Pod.Length > 0) names.Add($"{network.Namespace}/{network.Pod}");
                    var fitting = _wanted.Where(w => w.Fits(network)).ToList();
                    found.UnionWith(fitting);
                    if (fitting.Count > 0) writer.Write(network);
                }

                if (!isAny && state.Facts.PodsUnknown.Length > 0) writer.Warning($"{state.Node}: its pods are unknown: {state.Facts.PodsUnknown}.");
            }

            if (!cluster.IsLive && found.Count > 0 && (await stores.ConfigureAwait(false)).Objects is { Pods: null } unknown) writer.Warning($"Only pods that were looked into are shown: {unknown.Unknown.GetValueOrDefault("kube-pods")}.");
            foreach (var wanted in _wanted.Where(w => !found.Contains(w) && !WildcardPattern.ContainsWildcardCharacters(w.Name)).DistinctBy(w => w.Name)) writer.Error(Errors.NotFound("pod", wanted.Name, names));
        });
    }

    private void Want(string pod, string[] namespaces, string[] nodes)
    {
        // a namespace in the name is stronger than -Namespace
        var slash = pod.IndexOf('/', StringComparison.Ordinal);
        var (spaces, name) = slash < 0 ? (namespaces, pod) : ([pod[..slash]], pod[(slash + 1)..]);
        _wanted.Add(new(pod, name, spaces, nodes));
    }

    private sealed record Wanted(string Name, string Pod, string[] Namespaces, string[] Nodes)
    {
        public bool Fits(PodNetwork network) => Fits([Pod], network.Pod) && Fits(Namespaces, network.Namespace) && Fits(Nodes, network.Node);

        private static bool Fits(string[] patterns, string name) => patterns.Length == 0 || Array.Exists(patterns, p => WildcardPattern.Get(p, WildcardOptions.IgnoreCase).IsMatch(name));
    }
}
