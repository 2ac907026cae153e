using System.Text;

namespace GravityNet.Cmdlets;

/// <summary>
/// The text of <c>Get-NodeForwarding</c>'s default view: the line of <c>ip netconf</c>, and under it what the switches come to where that is something else.
/// </summary>
public static class ForwardingView
{
    private const string Indent = "    ";

    /// <summary>One interface in one family.</summary>
    public static string Of(NodeForwarding row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var text = new StringBuilder();
        text.Append(row.Node).Append(' ').Append(row);
        if (row.Status != "ok") text.Append(' ').Append(ViewText.Mark(row.Status, row.Status is "unknown"));
        foreach (var problem in row.Problems) Line(text, "! " + problem);
        var effective = Effective(row);
        if (effective.Length > 0) Line(text, $"in effect: {effective}");
        if (row.BridgeNf is { } crosses) Line(text, $"bridge-nf-call-{(row.Family == "inet" ? "iptables" : "ip6tables")} {Word(crosses)}");
        if (row is { Interface: "all", IpForward: { } forward }) Line(text, $"{(row.Family == "inet" ? "ip_forward" : "all.forwarding")} {Word(forward)}");
        foreach (var reason in row.Unknown) Line(text, "? " + reason);
        return text.ToString();
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

    private static void Line(StringBuilder text, string line) => text.Append('\n').Append(Indent).Append(line);
}
