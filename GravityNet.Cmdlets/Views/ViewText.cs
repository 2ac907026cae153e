using System.Globalization;
using System.Text;

namespace GravityNet.Cmdlets;

/// <summary>
/// The text of the default views: what <c>ip</c>, <c>bridge</c> and <c>brctl</c> would print, with what was found beside it.
/// The format files call it; it returns lines without a closing line end, because the view adds one.
/// </summary>
public static class ViewText
{
    private const string Indent = "    ";

    /// <summary>A row of <c>Get-VxlanFdb</c>: who reaches whom and how it stands, then the lines of bridge, ip neighbor, ip route and the lease.</summary>
    public static string Of(VxlanFdbEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var text = new StringBuilder();
        var remote = entry.RemoteNode.Length > 0 ? entry.RemoteNode : "?";
        var subnet = entry.Subnet.Length > 0 ? $" {entry.Subnet}" : "";
        text.Append(entry.IsOwn ? $"{entry.Node} own{subnet} " : $"{entry.Node} -> {remote}{subnet} ");
        text.Append(Mark(entry.Status, entry.Status is "ok"));
        foreach (var reason in entry.Reason.Split("; ", StringSplitOptions.RemoveEmptyEntries)) Line(text, "! " + reason);
        if (entry is { IsOwn: true, Device: { } device })
        {
            Line(text, $"{device.Interface}: mtu {device.Mtu} state {device.State} link/{device.LinkLayer} {device.Mac}");
            if (device.Vxlan is { } vxlan) Line(text, $"vxlan id {vxlan.Vni} local {vxlan.Local} dev {vxlan.Interface} dstport {vxlan.Port}{(vxlan.Learning ? "" : " nolearning")}");
            foreach (var address in device.Inet) Line(text, $"inet {address}");
        }

        if (entry.Fdb is not null) Line(text, entry.Fdb.ToString());
        if (entry.Neighbor is not null) Line(text, entry.Neighbor.ToString());
        if (entry.Route is not null) Line(text, entry.Route.ToString());
        if (entry.Lease is { } lease) Line(text, $"lease {lease.Subnet} PublicIP {lease.PublicIP} VtepMAC {lease.VtepMAC}");
        return text.ToString();
    }

    /// <summary>A bridge of <c>Get-NodeBridge</c>: <c>ip addr</c>'s words for the bridge and each port, with the pod behind it.</summary>
    public static string Of(NodeBridge bridge)
    {
        ArgumentNullException.ThrowIfNull(bridge);
        var text = new StringBuilder();
        text.Append(bridge.Node).Append(' ').Append(bridge.Link?.ToString().Replace("\n", "\n" + Indent, StringComparison.Ordinal) ?? bridge.Interface);
        foreach (var address in bridge.Link?.Addresses ?? []) Line(text, $"{Indent}{address.Family} {address}");
        foreach (var port in bridge.Ports)
        {
            var peer = port.Link is { Peer.Length: > 0 } link ? $"@{link.Peer}" : "";
            Line(text, $"{port.Index}: {port.Interface}{peer}: mtu {port.Mtu} state {port.State} link/ether {port.Mac}");
            var pod = port.Pod.Length > 0 ? $"{port.Namespace}/{port.Pod}" : "?";
            Line(text, $"{Indent}pod {pod}{Word(" ", port.PodInterface)}");
            if (port.PodMac.Length > 0) Line(text, $"{Indent}{Word("inet ", port.Address)}{Word(" link/ether ", port.PodMac)}{Age(port.AgeSeconds)}");
        }

        foreach (var reason in bridge.Unknown) Line(text, "? " + reason);
        return text.ToString();
    }

    /// <summary>A service of <c>Get-ServiceNatChain</c>: the rules as iptables-save prints them, in the order that a packet meets them, then each endpoint's share.</summary>
    public static string Of(ServiceNatChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var text = new StringBuilder();
        var name = chain.Service.Length > 0 ? $"{chain.Namespace}/{chain.Service}" : "?";
        var nodePort = chain.NodePort is { } number ? $" nodePort {number}" : "";
        text.Append(CultureInfo.InvariantCulture, $"{chain.Node} {name}{Word(":", chain.PortName)} {chain.Protocol} {chain.Address}:{chain.Port}{nodePort} {Mark(chain.Status, chain.Status is "ok")}{(chain.Flavor.Length > 0 ? $" ({chain.Flavor})" : "")}");
        foreach (var reason in chain.Reason.Split("; ", StringSplitOptions.RemoveEmptyEntries)) Line(text, "! " + reason);
        foreach (var rule in chain.Rules) text.Append('\n').Append(rule with { Packets = null, Bytes = null });
        foreach (var endpoint in chain.Endpoints) Line(text, Endpoint(endpoint));
        foreach (var endpoint in chain.Missing) Line(text, Endpoint(endpoint));
        if (chain.AffinitySeconds is { } seconds) Line(text, string.Create(CultureInfo.InvariantCulture, $"a client keeps its endpoint for {seconds} s"));
        return text.ToString();
    }

    /// <summary>A packet of <c>Invoke-NodeCapture</c>: where it was seen, then tcpdump's words.</summary>
    public static string Of(CapturedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        return $"{packet.Node} {packet.Interface} {packet}";
    }

    /// <summary>The time to a lease's end in words: <c>23h51m</c>; empty for none.</summary>
    public static string Duration(long? seconds) => seconds switch
    {
        null => "",
        < 0 => "ended",
        < 60 => $"{seconds}s",
        < 3600 => $"{seconds / 60}m",
        _ => $"{seconds / 3600}h{seconds / 60 % 60:00}m",
    };

    /// <summary>A status, in red where it is not good. PowerShell takes the colour away where output is redirected or NO_COLOR is set.</summary>
    public static string Mark(string status, bool good) => good ? status : $"\u001b[91m{status}\u001b[0m";

    private static string Endpoint(ServiceChainEndpoint endpoint)
    {
        var pod = endpoint.Pod.Length > 0 ? $" {endpoint.Namespace}/{endpoint.Pod}" : "";
        return $"{endpoint.ShareText.PadRight(5)} {endpoint.Address}:{endpoint.Port} {Mark(endpoint.State, endpoint.State is "live" or "unknown")}{Word(" on ", endpoint.Node)}{pod}";
    }

    private static void Line(StringBuilder text, string line) => text.Append('\n').Append(Indent).Append(line);

    private static string Word(string before, string word) => word.Length > 0 ? before + word : "";

    private static string Age(double? seconds) => seconds is { } age ? string.Create(CultureInfo.InvariantCulture, $" age {age:0.00}") : "";
}
