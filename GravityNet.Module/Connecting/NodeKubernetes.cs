using System.Collections.Concurrent;
using GravityNet.Facts;
using GravityNet.Sources;

namespace GravityNet.Connecting;

/// <summary>
/// Finds the Kubernetes API through a connected node: with a kubeconfig that is on the node and a connection that starts there, or else with the
/// node's kubectl. The API must know the nodes: a kubeconfig on a node may lead to another cluster.
/// </summary>
internal sealed class NodeKubernetes(ITransportFactory transports, OpeningOptions options, IOpeningReport report)
{
    // What each distribution writes for its administrator: kubeadm, k3s, RKE2, k0s, MicroK8s, Gravity (its kubectl is a link into Planet's image, and
    // the kubeconfig beside it is the one for the host), and then whatever the login uses.
    private const string Look = """
        kubectl=$(command -v kubectl) && kubectl=$(readlink -f "$kubectl" 2>/dev/null)
        planet=
        case $kubectl in */rootfs/usr/local/bin/kubectl) planet=${kubectl%/usr/local/bin/kubectl}/etc/kubernetes/kubectl-host.kubeconfig ;; esac
        for file in "$KUBECONFIG" "$planet" /etc/kubernetes/admin.conf /etc/rancher/k3s/k3s.yaml /etc/rancher/rke2/rke2.yaml /var/lib/k0s/pki/admin.conf \
            /var/snap/microk8s/current/credentials/client.config "$HOME/.kube/config"; do
          [ -f "$file" ] || continue
          if [ -r "$file" ]; then printf 'file %s\n' "$file"; break; fi
          printf 'closed %s\n' "$file"
        done
        has() { command -v "$1" >/dev/null 2>&1; }
        if has gravity; then echo 'tool gravity exec kubectl'
        elif has kubectl; then echo 'tool kubectl'
        elif has k3s; then echo 'tool k3s kubectl'
        elif has /var/lib/rancher/rke2/bin/kubectl; then echo 'tool /var/lib/rancher/rke2/bin/kubectl'
        elif has k0s; then echo 'tool k0s kubectl'
        elif has microk8s; then echo 'tool microk8s kubectl'
        fi
        exit 0
        """;

    private const string GravityTool = PlanetScript.Command + " kubectl";

    private static readonly string[] Tools = ["kubectl", "k3s kubectl", "/var/lib/rancher/rke2/bin/kubectl", "k0s kubectl", "microk8s kubectl", GravityTool];

    private readonly KubeOptions _kube = options.Kube ?? new() { Timeout = options.Timeout };

    /// <summary>Goes through the node that is asked for.</summary>
    /// <param name="nodes">The connected nodes, with the name that each was given by.</param>
    /// <param name="name">The node's name, the name that it was given by, or its address.</param>
    /// <param name="cancel">Ends the looking.</param>
    /// <exception cref="SourceException">There is no such node, or no way through it.</exception>
    public async Task<IClusterSource?> OpenAsync(IReadOnlyList<(LiveNode Node, string Given)> nodes, string name, CancellationToken cancel)
    {
        var node = nodes.FirstOrDefault(n => name.Equals(n.Node.Name, StringComparison.OrdinalIgnoreCase) || name.Equals(n.Given, StringComparison.OrdinalIgnoreCase) || name == n.Node.Address).Node
            ?? throw new SourceException(
                SourceFailure.BadAnswer, name, $"'{name}' is not one of the nodes that are connected to: {string.Join(", ", nodes.Select(n => n.Node.Name))}.", "Name one of them with -KubeNode, or connect to it too.");
        var way = await LookAsync(node, cancel).ConfigureAwait(false);
        return await OpenAsync(node, way, cancel).ConfigureAwait(false) is { Source: { } source }
            ? source
            : throw new SourceException(
                SourceFailure.BadAnswer,
                node.Name,
                $"{node.Name} has neither a kubeconfig that may be read nor kubectl{(way.Closed.Count > 0 ? $" ({string.Join(", ", way.Closed)} may not be read)" : "")}.",
                "Name a control plane node with -KubeNode and log in as a user that may read its kubeconfig, or name a kubeconfig of this machine with -KubeConfig.");
    }

    /// <summary>Goes through the first of the nodes that leads to the API that knows them.</summary>
    /// <returns>The API; null where no node leads there, which is no mistake.</returns>
    public async Task<IClusterSource?> FindAsync(IReadOnlyList<LiveNode> nodes, CancellationToken cancel)
    {
        var ways = new ConcurrentDictionary<string, Way>(StringComparer.Ordinal);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Throttle, CancellationToken = cancel };
        await Parallel.ForEachAsync(nodes, parallel, async (node, stop) =>
        {
            try
            {
                ways[node.Name] = await LookAsync(node, stop).ConfigureAwait(false);
            }
            catch (SourceException e)
            {
                report.Verbose(e.Message);
            }
        }).ConfigureAwait(false);

        // kubectl without a kubeconfig is on many a machine that has no cluster; Gravity's has one inside Planet
        SourceException? problem = null;
        foreach (var node in nodes.Where(n => ways.TryGetValue(n.Name, out var way) && (way.File is not null || way.Tool == GravityTool)))
        {
            try
            {
                var (source, known) = await OpenAsync(node, ways[node.Name], cancel).ConfigureAwait(false);
                if (source is null) continue;
                if (known is null || known.Any(k => nodes.Any(n => IsSame(k, n)))) return source;
                report.Verbose($"{source.Place} knows none of these nodes: it is not used");
            }
            catch (SourceException e)
            {
                report.Verbose(e.Message);
                if (ways[node.Name].File is not null) problem ??= e;
            }
        }

        if (problem is not null) report.Warning($"The Kubernetes API is not asked: {problem.Message} {problem.Remedy}");
        return null;
    }

    /// <summary>Whether a node of the API's is a connected one: by its name, with or without a domain, or by its address.</summary>
    public static bool IsSame(KubeNode known, INodeSource node) =>
        known.Name.Equals(node.Name, StringComparison.OrdinalIgnoreCase)
        || known.Name.Split('.')[0].Equals(node.Name, StringComparison.OrdinalIgnoreCase)
        || (known.InternalIP.Length > 0 && known.InternalIP == node.Address);

    private async Task<Way> LookAsync(LiveNode node, CancellationToken cancel)
    {
        var result = await node.Shell!.RunAsync(Look, options.Timeout, cancel).ConfigureAwait(false);
        var lines = result.Output.Split('\n');
        return new(Said("file ").FirstOrDefault(), [.. Said("closed ")], Said("tool ").FirstOrDefault(Tools.Contains));

        IEnumerable<string> Said(string word) => lines.Where(l => l.StartsWith(word, StringComparison.Ordinal)).Select(l => l[word.Length..]);
    }

    // A way that gives no answer is none. The nodes are asked for, because they tell whose API it is.
    private async Task<(IClusterSource? Source, IReadOnlyList<KubeNode>? Known)> OpenAsync(LiveNode node, Way way, CancellationToken cancel)
    {
        SourceException? problem = null;
        if (way.File is { } file)
        {
            try
            {
                return await TryAsync(await transports.OpenKubernetesAsync(node.Shell!, file, _kube, report.Warning, cancel).ConfigureAwait(false)).ConfigureAwait(false);
            }
            catch (SourceException e)
            {
                problem = e;
            }
        }

        try
        {
            if (way.Tool is { } tool) return await TryAsync(new NodeKubectl(node, tool, way.File, _kube)).ConfigureAwait(false);
        }
        catch (SourceException e)
        {
            throw problem ?? e;
        }

        return problem is null ? (null, null) : throw problem;

        async Task<(IClusterSource?, IReadOnlyList<KubeNode>?)> TryAsync(IClusterSource source)
        {
            var objects = KubeObjects.From(await source.CollectAsync(["kube-nodes"], cancel).ConfigureAwait(false));
            if (problem is not null) report.Verbose($"{problem.Message} {source.Place} is asked instead.");
            return (source, objects.Nodes);
        }
    }

    /// <summary>What a node has for reaching the API.</summary>
    /// <param name="File">The kubeconfig that can be read; null for none.</param>
    /// <param name="Closed">kubeconfigs that are there and may not be read.</param>
    /// <param name="Tool">The command that is kubectl; null for none.</param>
    private sealed record Way(string? File, IReadOnlyList<string> Closed, string? Tool);
}
