using System.Globalization;
using System.Text;

namespace GravityNet.Cmdlets;

/// <summary>
/// The text of <c>Test-PodReachability</c>'s default view: ping's closing line for each pair, and under a failing one what was found out about it.
/// </summary>
public static class ReachabilityView
{
    /// <summary>The first line: ping's closing line.</summary>
    public static string Head(ReachabilityResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder();
        text.Append(result.From).Append(" -> ").Append(Target(result)).Append(' ').Append(result.Protocol).Append(": ");
        text.Append(ViewColor.Status(result.Verdict));
        if (result.Sent > 0) text.Append(CultureInfo.InvariantCulture, $", {result.Sent} transmitted, {result.Received} received");
        if (result.RttMs is { } rtt) text.Append(", time ").Append(ViewText.Number(rtt)).Append(" ms");
        if (result.Detail.Length > 0) text.Append(", ").Append(result.Detail);
        return text.ToString();
    }

    /// <summary>The lines under it: where the path is broken, why, and the proof.</summary>
    public static IReadOnlyList<string> Body(ReachabilityResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        const string indent = ViewText.Indent;
        var lines = new List<string>();
        if (result.FirstBrokenHop.Length > 0) lines.Add($"{indent}first broken hop: {ViewColor.Bad(result.FirstBrokenHop)}");
        else if (result.LostAt.Length > 0) lines.Add($"{indent}lost at: {ViewColor.Bad(result.LostAt)}");
        if (result.Cause.Length > 0) lines.Add($"{indent}cause: {result.Cause}");
        lines.AddRange(result.Evidence.Select(proof => indent + indent + proof));
        return lines;
    }

    /// <summary>The target in a column: <c>node-1 cni0</c>, <c>pod:default/web</c>.</summary>
    public static string To(ReachabilityResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Target is "flannel.1" or "cni0" ? $"{result.ToNode} {result.Target}" : result.To;
    }

    /// <summary>The target in words: <c>flannel.1 of node-1 (10.244.19.0)</c>, <c>pod:default/web (10.244.19.2)</c>.</summary>
    public static string Target(ReachabilityResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var port = result.Port is { } number ? string.Create(CultureInfo.InvariantCulture, $":{number}") : "";
        return result.Target switch
        {
            "flannel.1" or "cni0" => $"{result.Target} of {result.ToNode} ({result.Address})",
            _ when result.To == result.Address => result.Address + port,
            _ => $"{result.To} ({result.Address}{port})",
        };
    }
}
