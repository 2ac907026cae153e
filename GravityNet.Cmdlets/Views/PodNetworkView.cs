using System.Text;

namespace GravityNet.Cmdlets;

/// <summary>
/// The text of <c>Get-PodNetwork</c>'s default view: what <c>ip addr</c>, <c>ip route</c> and <c>ip neighbor</c> print inside the pod, and under it the node's side.
/// </summary>
public static class PodNetworkView
{
    private const string Indent = "    ";

    /// <summary>One pod.</summary>
    public static string Of(PodNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var text = new StringBuilder();
        text.Append(network.Node).Append(' ').Append(network.Pod.Length > 0 ? $"{network.Namespace}/{network.Pod}" : "?").Append(' ');
        text.Append(ViewText.Mark(network.Status, network.Status is "ok" or "unknown"));
        foreach (var problem in network.Problems) Line(text, "! " + problem);
        foreach (var reason in network.Unknown) Line(text, "? " + reason);
        if (network.HostNetwork)
        {
            Line(text, $"hostNetwork: the network of {network.Node}{(network.Address.Length > 0 ? $", {network.Address}" : "")}");
            return text.ToString();
        }

        foreach (var link in network.Links) Link(text, link, Indent);
        foreach (var route in network.Routes.Where(r => r.Table is "main" or "")) Line(text, route.ToString());
        foreach (var neighbor in network.Neighbors) Line(text, neighbor.ToString());
        if (network.HostLink is { } host)
        {
            text.Append("\n  on ").Append(network.Node);
            Link(text, host, Indent);
            if (network.BridgeLink is { } bridge) Link(text, bridge, Indent);
        }

        return text.ToString();
    }

    private static void Link(StringBuilder text, Link link, string indent)
    {
        text.Append('\n').Append(indent).Append(link.ToString().Replace("\n", "\n" + indent, StringComparison.Ordinal));
        foreach (var address in link.Addresses) text.Append('\n').Append(indent).Append(Indent).Append(address.Family).Append(' ').Append(address);
    }

    private static void Line(StringBuilder text, string line) => text.Append('\n').Append(Indent).Append(line);
}
