using System.Globalization;
using System.Text;

namespace GravityNet.Cmdlets;

/// <summary>
/// The text of <c>Test-PodReachability</c>'s default view: ping's closing line for each pair, and under a failing one what was found out about it.
/// </summary>
public static class ReachabilityView
{
    private const string Indent = "    ";

    /// <summary>One result.</summary>
    public static string Of(ReachabilityResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder();
        text.Append(result.From).Append(" -> ").Append(Target(result)).Append(' ').Append(result.Protocol).Append(": ");
        text.Append(ViewText.Mark(result.Verdict, result.Verdict is "ok"));
        if (result.Sent > 0) text.Append(CultureInfo.InvariantCulture, $", {result.Sent} transmitted, {result.Received} received");
        if (result.RttMs is { } rtt) text.Append(CultureInfo.InvariantCulture, $", time {rtt:0.###} ms");
        if (result.Detail.Length > 0) text.Append(", ").Append(result.Detail);
        if (result.FirstBrokenHop.Length > 0) Line(text, $"first broken hop: {result.FirstBrokenHop}");
        else if (result.LostAt.Length > 0) Line(text, $"lost at: {result.LostAt}");
        if (result.Cause.Length > 0) Line(text, $"cause: {result.Cause}");
        foreach (var proof in result.Evidence) Line(text, Indent + proof);
        return text.ToString();
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

    private static void Line(StringBuilder text, string line) => text.Append('\n').Append(Indent).Append(line);
}
