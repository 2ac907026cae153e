namespace GravityNet.Facts;

/// <summary>
/// What a question needs of a node, asked in one go.
/// </summary>
/// <param name="NodeFacts">Names of node facts, see <see cref="FactCatalog.All"/>.</param>
/// <param name="PodFacts">Names of facts wanted inside each pod's network namespace, see <see cref="FactCatalog.PodFacts"/>.</param>
public sealed record FactRequest(IReadOnlyList<string> NodeFacts, IReadOnlyList<string> PodFacts)
{
    /// <summary>A request for node facts alone.</summary>
    public FactRequest(params string[] nodeFacts) : this(nodeFacts, [])
    {
    }

    /// <summary>Both requests as one, each fact once.</summary>
    public FactRequest With(FactRequest other) =>
        new([.. NodeFacts.Union(other.NodeFacts)], [.. PodFacts.Union(other.PodFacts)]);
}
