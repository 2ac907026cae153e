using System.Net;
using GravityNet.Parsing;
using GravityNet.Sources;

namespace GravityNet.Connecting;

/// <summary>
/// Finds the nodes of a cluster that nobody named: in Kubernetes, in the leases, and in what Gravity says of itself on a node.
/// </summary>
internal static class NodeDiscovery
{
    /// <summary>A node that was found.</summary>
    /// <param name="Name">Its name; empty where only its address is known.</param>
    /// <param name="Address">Its address.</param>
    /// <param name="Where">Who knows it, in words.</param>
    public sealed record Found(string Name, string Address, string Where);

    // The join token stands in the answer: it does not leave the node. Gravity's own exit code says only whether the cluster is well.
    private const string Status = """
        command -v gravity >/dev/null 2>&1 || exit 0
        gravity status --output=json 2>/dev/null | sed 's/"token":{[^}]*}/"token":{}/'
        """;

    /// <summary>Asks all that may know. A source that does not answer is told, and the others are asked.</summary>
    /// <param name="cluster">The cluster as far as it is connected to.</param>
    /// <param name="timeout">Time for a node's answer.</param>
    /// <param name="report">Told which sources did not answer.</param>
    /// <param name="cancel">Ends the asking.</param>
    /// <returns>Each node once, those that are connected to as well.</returns>
    public static async Task<IReadOnlyList<Found>> FindAsync(GravityCluster cluster, TimeSpan timeout, IOpeningReport report, CancellationToken cancel)
    {
        // reported as errors when the cluster is described
        var stores = cluster.ReadStoresAsync(problem => report.Verbose($"not asked for nodes: {problem.Message}"), cancel);
        var status = StatusAsync(cluster, timeout, report, cancel);
        var (leases, objects) = await stores.ConfigureAwait(false);
        var found = (objects.Nodes ?? []).Select(n => new Found(n.Name, n.InternalIP, "Kubernetes"))
            .Concat(leases.Leases.Select(l => new Found(l.Node, l.PublicIP, "its lease")))
            .Concat((await status.ConfigureAwait(false)).Select(s => new Found(s.Name, s.Address, "gravity status")));
        // what is no address came from a store that anybody may write to: it is not connected to
        return
        [
            .. found.Where(f => IPAddress.TryParse(f.Address, out _)).GroupBy(f => f.Address)
                .Select(g => new Found(g.Select(f => f.Name).FirstOrDefault(n => n.Length > 0, ""), g.Key, string.Join(", ", g.Select(f => f.Where).Distinct()))),
        ];
    }

    /// <summary>A found node as the user would have typed it: with the login name and port of the first node that was typed.</summary>
    public static string Typed(string first, string address)
    {
        var at = first.LastIndexOf('@');
        var host = first[(at + 1)..];
        var port = host.StartsWith('[') ? host[(host.IndexOf(']', StringComparison.Ordinal) + 1)..] : host.Count(c => c == ':') == 1 ? host[host.IndexOf(':', StringComparison.Ordinal)..] : "";
        var place = port.Length > 0 && address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        return first[..(at + 1)] + place + port;
    }

    // one node's answer is the cluster's
    private static async Task<IReadOnlyList<GravityStatus.Server>> StatusAsync(GravityCluster cluster, TimeSpan timeout, IOpeningReport report, CancellationToken cancel)
    {
        foreach (var source in cluster.Sources)
        {
            if (source.Shell is not { } shell) continue;
            try
            {
                var answer = await shell.RunAsync(Status, timeout, cancel).ConfigureAwait(false);
                if (GravityStatus.Parse(answer.Output) is { Count: > 0 } servers) return servers;
            }
            catch (SourceException e)
            {
                report.Verbose($"not asked for nodes: {e.Message}");
            }
        }

        return [];
    }
}
