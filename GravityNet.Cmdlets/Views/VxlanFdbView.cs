namespace GravityNet.Cmdlets;

/// <summary>
/// The text of <c>Get-VxlanFdb</c>'s default view: who reaches whom and how it stands, then the lines of bridge, ip neighbor, ip route and the lease. What the
/// lease has otherwise is in red.
/// </summary>
public static class VxlanFdbView
{
    /// <summary>The first line: who reaches whom, and how it stands.</summary>
    public static string Head(VxlanFdbEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var remote = entry.IsOwn ? "own" : $"-> {(entry.RemoteNode.Length > 0 ? entry.RemoteNode : "?")}";
        return $"{entry.Node} {remote}{ViewText.Word(" ", entry.Subnet)} {ViewColor.Status(entry.Status)}";
    }

    /// <summary>The lines under it.</summary>
    public static IReadOnlyList<string> Body(VxlanFdbEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var lines = new List<string>();
        var lease = entry.Lease;
        var (mac, address, underlay) = (lease?.VtepMAC ?? "", lease?.Address ?? "", lease?.PublicIP ?? "");
        if (entry.Reason.Length > 0) lines.AddRange(ViewText.Sentences(entry.Reason).Split('\n').Select(why => Colour(entry, "! " + why)));
        if (entry is { IsOwn: true, Device: { } device }) lines.AddRange(Own(device, mac, underlay));
        if (entry.Fdb is { } fdb) lines.Add(ViewColor.Differing(ViewColor.Differing(fdb.ToString(), fdb.Mac, mac), fdb.Destination, underlay));
        if (entry.Neighbor is { } neighbor)
        {
            var line = ViewColor.Differing(neighbor.ToString(), neighbor.Mac, mac);
            lines.Add(neighbor.IsUsable ? line : ViewColor.Differing(line, neighbor.State, "PERMANENT"));
        }

        if (entry.Route is { } route)
        {
            var line = ViewColor.Differing(route.ToString(), $"via {route.Gateway}", ViewText.Word("via ", address));
            lines.Add(ViewColor.Differing(line, $"dev {route.Interface}", ViewText.Word("dev ", entry.Interface)));
        }

        if (lease is not null) lines.Add($"lease {lease.Subnet} PublicIP {lease.PublicIP} VtepMAC {lease.VtepMAC}");
        return lines.ConvertAll(l => ViewText.Indent + l);
    }

    /// <summary>Why a row is not right, one sentence a line, in the colour of its status.</summary>
    public static string Reasons(VxlanFdbEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Colour(entry, ViewText.Sentences(entry.Reason));
    }

    private static IEnumerable<string> Own(Link device, string mac, string underlay)
    {
        // UNKNOWN is what the kernel says of every VXLAN device that is up
        var state = device.State == "UNKNOWN" ? device.State : ViewColor.Status(device.State);
        yield return ViewColor.Differing($"{device.Interface}: mtu {device.Mtu} state {state} link/{device.LinkLayer} {device.Mac}", device.Mac, mac);
        if (device.Vxlan is { } vxlan)
        {
            var line = $"vxlan id {vxlan.Vni}{ViewText.Word(" local ", vxlan.Local)}{ViewText.Word(" dev ", vxlan.Interface)} dstport {vxlan.Port}{(vxlan.Learning ? "" : " nolearning")}";
            yield return ViewColor.Differing(line, vxlan.Local, underlay);
        }

        foreach (var inet in device.Inet) yield return $"inet {inet}";
    }

    private static string Colour(VxlanFdbEntry entry, string text) => entry.Status == "unknown" ? ViewColor.Doubt(text) : ViewColor.Bad(text);
}
