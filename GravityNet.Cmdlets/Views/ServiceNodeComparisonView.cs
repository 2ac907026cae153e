using System.Globalization;

namespace GravityNet.Cmdlets;

/// <summary>
/// The text of <c>Get-ServiceNatChain -AllNodes</c>: how a service port stands, and where nodes differ, what each one's rules lead to and what is wrong, with the line that
/// proves it.
/// </summary>
public static class ServiceNodeComparisonView
{
    /// <summary>The first line: which service port, how it stands, and on which nodes.</summary>
    public static string Head(ServiceNodeComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var name = comparison.Service.Length > 0 ? $"{comparison.Namespace}/{comparison.Service}" : "?";
        var place = comparison.Address.Length > 0 ? Netfilter.Addresses.Join(comparison.Address, comparison.Port) : "?";
        var nodes = comparison.Status == "ok" ? comparison.Node.Count == 1 ? "on 1 node" : string.Create(CultureInfo.InvariantCulture, $"on {comparison.Node.Count} nodes") : Behind(comparison);
        return $"{name}{ViewText.Word(":", comparison.PortName)} {comparison.Protocol} {place} {ViewColor.Status(comparison.Status)} {nodes}".TrimEnd();
    }

    /// <summary>The lines under it.</summary>
    public static IReadOnlyList<string> Body(ServiceNodeComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var lines = new List<string>();
        if (comparison.Status != "ok")
        {
            lines.AddRange(comparison.Nodes.Select(n => ViewText.Indent + n));
            lines.AddRange(comparison.Differences.SelectMany(d => new[] { ViewText.Indent + ViewColor.Bad("! " + Sentence(d)), ViewText.Indent + ViewText.Indent + d.Evidence }.Where(l => l.Trim().Length > 0)));
            if (comparison.NotKnown.Length > 0) lines.AddRange(ViewText.Sentences(comparison.NotKnown).Split('\n').Select(why => ViewText.Indent + ViewColor.Doubt("! " + why)));
        }

        lines.AddRange(comparison.NotCompared.Select(why => ViewText.Indent + ViewColor.Doubt($"! not compared: {why}")));
        return lines;
    }

    /// <summary>The nodes whose rules differ; empty where none does, or it is not known whose are right.</summary>
    public static string Behind(ServiceNodeComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return comparison.Status == "lagging" ? string.Join(", ", comparison.Node) : "";
    }

    /// <summary>Why, one sentence a line, in the colour of its status.</summary>
    public static string Reasons(ServiceNodeComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var text = ViewText.Sentences(comparison.Reason);
        return comparison.Status == "unknown" ? ViewColor.Doubt(text) : ViewColor.Bad(text);
    }

    /// <summary>What differs, each with the line that proves it.</summary>
    public static string Differences(ServiceNodeComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return ViewText.Lines(comparison.Differences.SelectMany(d => new[] { $"{d.Kind}: {Sentence(d)}", ViewText.Indent + d.Evidence }.Where(l => l.Trim().Length > 0)));
    }

    private static string Sentence(ServiceNodeDifference difference) =>
        difference.Since is { } since ? $"{difference.Reason}, since {ViewText.Time(since)} at the latest" : difference.Reason;
}
