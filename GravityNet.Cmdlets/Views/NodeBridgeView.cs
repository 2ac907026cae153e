using System.Globalization;

namespace GravityNet.Cmdlets;

/// <summary>
/// The text of <c>Get-NodeBridge</c>'s default view: <c>ip addr</c>'s words for the bridge and each port, with the pod behind it. What is down is in red.
/// </summary>
public static class NodeBridgeView
{
    /// <summary>The first line: the node, and the bridge's.</summary>
    public static string Head(NodeBridge bridge)
    {
        ArgumentNullException.ThrowIfNull(bridge);
        return $"{bridge.Node} {LinkLines(bridge)[0]}";
    }

    /// <summary>The lines under it.</summary>
    public static IReadOnlyList<string> Body(NodeBridge bridge)
    {
        ArgumentNullException.ThrowIfNull(bridge);
        const string indent = ViewText.Indent;
        var lines = new List<string>();
        lines.AddRange(LinkLines(bridge).Skip(1).Select(l => indent + l));
        lines.AddRange((bridge.Link?.Addresses ?? []).Select(a => $"{indent}{indent}{a.Family} {a}"));
        foreach (var port in bridge.Ports)
        {
            var peer = port.Link is { Peer.Length: > 0 } link ? $"@{link.Peer}" : "";
            lines.Add($"{indent}{port.Index}: {port.Interface}{peer}: mtu {port.Mtu} state {ViewColor.Status(port.State)} link/ether {port.Mac}");
            var pod = ViewText.Named(port.Namespace, port.Pod);
            lines.Add($"{indent}{indent}pod {(pod.Length > 0 ? pod : ViewColor.Doubt("?"))}{ViewText.Word(" ", port.PodInterface)}");
            if (port.PodMac.Length > 0) lines.Add($"{indent}{indent}{ViewText.Word("inet ", port.Address)}{ViewText.Word(" link/ether ", port.PodMac)}{Age(port.AgeSeconds)}");
        }

        lines.AddRange(bridge.Unknown.Select(reason => indent + ViewColor.Doubt("? " + reason)));
        return lines;
    }

    /// <summary>How many of a bridge's ports have a pod that is known: <c>4 of 5</c>.</summary>
    public static string Pods(NodeBridge bridge)
    {
        ArgumentNullException.ThrowIfNull(bridge);
        return string.Create(CultureInfo.InvariantCulture, $"{bridge.Ports.Count(p => p.Pod.Length > 0)} of {bridge.Ports.Count}");
    }

    private static string[] LinkLines(NodeBridge bridge) =>
        bridge.Link is { } link ? ViewColor.Differing(link.ToString(), $"state {link.State}", "state UP").Split('\n') : [bridge.Interface];

    private static string Age(double? seconds) => seconds is { } age ? string.Create(CultureInfo.InvariantCulture, $" age {age:0.00}") : "";
}
