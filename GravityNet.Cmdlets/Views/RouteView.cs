namespace GravityNet.Cmdlets;

/// <summary>
/// The text of the default view of <c>Get-NodeRoute -To</c>: what <c>ip route get</c> prints, and under it the rule and the route that led there.
/// </summary>
public static class RouteView
{
    /// <summary>The first line: the node and the answer.</summary>
    public static string Head(RouteDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var answer = decision.ToString();
        return $"{decision.Node} {(decision.IsFound ? answer : answer.Replace($" {decision.Verdict}", $" {Verdict(decision)}", StringComparison.Ordinal))}";
    }

    /// <summary>The lines under it.</summary>
    public static IReadOnlyList<string> Body(RouteDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var lines = new List<string>();
        // what else is to be known about an answer is no more than a doubt
        if (decision.Reason.Length > 0) lines.Add(decision.IsFound || decision.Verdict == "unknown" ? ViewColor.Doubt("? " + decision.Reason) : ViewColor.Bad("! " + decision.Reason));
        if (decision.TypedNexthops.Count > 1) lines.AddRange(decision.Nexthops);
        if (decision.Rule is { } rule) lines.Add(rule.ToString());
        if (decision.Route is { } route) lines.Add(route.ToString());
        return lines.ConvertAll(line => ViewText.Indent + line);
    }

    /// <summary>The verdict: plain where there is a route, yellow where it is unknown, else red.</summary>
    public static string Verdict(RouteDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return decision.IsFound ? decision.Verdict : ViewColor.Status(decision.Verdict);
    }
}
