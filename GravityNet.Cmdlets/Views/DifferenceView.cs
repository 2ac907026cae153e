namespace GravityNet.Cmdlets;

/// <summary>
/// The text of <c>Compare-ClusterSnapshot</c>'s default view: what was after a <c>-</c>, what is after a <c>+</c>, under a heading for each node and kind.
/// </summary>
public static class DifferenceView
{
    /// <summary>The heading: the node and the kind, or the kind alone.</summary>
    public static string Heading(ClusterDifference difference)
    {
        ArgumentNullException.ThrowIfNull(difference);
        return $"{difference.Node} {difference.Kind}".Trim();
    }

    /// <summary>The first line.</summary>
    public static string Head(ClusterDifference difference) => Lines(difference)[0];

    /// <summary>The lines under it.</summary>
    public static IReadOnlyList<string> Body(ClusterDifference difference) => Lines(difference)[1..];

    private static List<string> Lines(ClusterDifference difference)
    {
        ArgumentNullException.ThrowIfNull(difference);
        // an object of Kubernetes is not in the words that tell how it is
        var name = difference.Node.Length == 0 && difference.Kind is not ("Lease" or "Network") ? $"{ViewText.Named(difference.Namespace, difference.Object).TrimStart('/')} " : "";
        List<string> lines =
        [
            .. Side(difference.Before).Select(line => ViewColor.Bad($"- {name}{line}")),
            .. Side(difference.After).Select(line => ViewColor.Added($"+ {name}{line}")),
        ];
        return lines.Count > 0 ? lines : [$"{difference.Change} {name}{difference.Object}"];
    }

    private static string[] Side(string text) => text.Length == 0 ? [] : text.Split('\n');
}
