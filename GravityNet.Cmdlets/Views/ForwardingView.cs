namespace GravityNet.Cmdlets;

/// <summary>
/// The text of <c>Get-NodeForwarding</c>'s default view: the line of <c>ip netconf</c>, and under it what the switches come to where that is something else.
/// </summary>
public static class ForwardingView
{
    /// <summary>The first line: the node and netconf's words.</summary>
    public static string Head(NodeForwarding row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return $"{row.Node} {row}{(row.Status == "ok" ? "" : $" {ViewColor.Status(row.Status)}")}";
    }

    /// <summary>The lines under it.</summary>
    public static IReadOnlyList<string> Body(NodeForwarding row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var lines = new List<string>();
        lines.AddRange(row.Problems.Select(problem => ViewColor.Bad("! " + problem)));
        var effective = Effective(row);
        if (effective.Length > 0) lines.Add($"in effect: {effective}");
        if (row.BridgeNf is { } crosses) lines.Add($"bridge-nf-call-{(row.Family == "inet" ? "iptables" : "ip6tables")} {Word(crosses)}");
        if (row is { Interface: "all", IpForward: { } forward }) lines.Add($"{(row.Family == "inet" ? "ip_forward" : "all.forwarding")} {Word(forward)}");
        lines.AddRange(row.Unknown.Select(reason => ViewColor.Doubt("? " + reason)));
        return lines.ConvertAll(line => ViewText.Indent + line);
    }

    /// <summary>What is in effect and differs from what is set on the interface, in netconf's words; empty where nothing does.</summary>
    public static string Effective(NodeForwarding row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var words = new List<string>();
        if (row.EffectiveForwarding is { } forwarding && forwarding != row.Forwarding) words.Add($"forwarding {Word(forwarding)}");
        if (row.EffectiveRpFilter.Length > 0 && row.EffectiveRpFilter != row.RpFilter) words.Add($"rp_filter {row.EffectiveRpFilter}");
        if (row.EffectiveProxyNeigh is { } proxy && proxy != row.ProxyNeigh) words.Add($"proxy_neigh {Word(proxy)}");
        return string.Join(' ', words);
    }

    /// <summary>A switch in the words of <c>ip</c>; empty where it is unknown.</summary>
    public static string Word(bool? value) => value switch { true => "on", false => "off", _ => "" };
}
