namespace GravityNet.Cmdlets;

/// <summary>
/// The text of <c>Get-PodNetwork</c>'s default view: what <c>ip addr</c>, <c>ip route</c> and <c>ip neighbor</c> print inside the pod, and under it the node's side.
/// </summary>
public static class PodNetworkView
{
    /// <summary>The first line: where the pod is, and how its network stands.</summary>
    public static string Head(PodNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return $"{network.Node} {(network.Pod.Length > 0 ? ViewText.Named(network.Namespace, network.Pod) : "?")} {ViewColor.Status(network.Status)}";
    }

    /// <summary>The lines under it.</summary>
    public static IReadOnlyList<string> Body(PodNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        const string indent = ViewText.Indent;
        var lines = new List<string>();
        lines.AddRange(network.Problems.Select(problem => indent + ViewColor.Bad("! " + problem)));
        lines.AddRange(network.Unknown.Select(reason => indent + ViewColor.Doubt("? " + reason)));
        if (network.HostNetwork)
        {
            lines.Add($"{indent}hostNetwork: the network of {network.Node}{ViewText.Word(", ", network.Address)}");
            return lines;
        }

        lines.AddRange(network.TypedLinks.SelectMany(Link));
        lines.AddRange(network.TypedRoutes.Where(r => r.Table is "main" or "").Select(route => indent + route));
        lines.AddRange(network.TypedNeighbors.Select(neighbor => indent + neighbor));
        if (network.HostLink is { } host)
        {
            lines.Add($"  on {network.Node}");
            lines.AddRange(Link(host));
            if (network.BridgeLink is { } bridge) lines.AddRange(Link(bridge));
        }

        return lines;
    }

    private static IEnumerable<string> Link(Link link)
    {
        const string indent = ViewText.Indent;
        // a VXLAN device or lo that is up is UNKNOWN
        var text = link.State is "UNKNOWN" ? link.ToString() : ViewColor.Differing(link.ToString(), $"state {link.State}", "state UP");
        return text.Split('\n').Select(line => indent + line).Concat(link.Addresses.Select(a => $"{indent}{indent}{a.Family} {a}"));
    }
}
