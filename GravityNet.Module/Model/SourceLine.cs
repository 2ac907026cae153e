namespace GravityNet;

/// <summary>
/// The line that a record was read from: the proof of every claim made from it.
/// </summary>
/// <param name="Node">The node whose command printed the line, or an empty string for the cluster's own stores (etcd, Kubernetes).</param>
/// <param name="Fact">The fact's name, such as <c>ip-route</c>; inside a pod's network namespace <c>pods/NAMESPACE_NAME/ip-route</c>.</param>
/// <param name="Line">Number of the line in the fact's text, from 1; 0 where the fact has no lines (one JSON document).</param>
/// <param name="Text">The line as printed, without its line end.</param>
public sealed record SourceLine(string Node, string Fact, int Line, string Text)
{
    /// <summary>The line as a proof is quoted: <c>node-1 ip-route:3: 10.244.65.0/24 via ...</c>.</summary>
    public override string ToString()
    {
        var place = Line > 0 ? $"{Fact}:{Line}" : Fact;
        return Node.Length > 0 ? $"{Node} {place}: {Text.Trim()}" : $"{place}: {Text.Trim()}";
    }
}
