namespace GravityNet;

/// <summary>
/// The line that a record was read from: the proof of every claim made from it.
/// </summary>
/// <param name="Node">The node whose command printed the line, or an empty string for the cluster's own stores (etcd, Kubernetes).</param>
/// <param name="Fact">The fact's name, such as <c>ip-route</c>; inside a pod's network namespace <c>pods/NAMESPACE_NAME/ip-route</c>.</param>
/// <param name="Line">Number of the line in the fact's text, from 1; 0 where the fact has no lines (one JSON document).</param>
public sealed record SourceLine(string Node, string Fact, int Line)
{
    // a node with thousands of routes has thousands of these: the line is cut out of its text when somebody asks for the proof
    private readonly string _text = "";
    private readonly Range _part = Range.All;

    /// <summary>Creates a line that stands for itself.</summary>
    public SourceLine(string node, string fact, int line, string text) : this(node, fact, line) => _text = text;

    /// <summary>Creates a line of a larger text.</summary>
    internal SourceLine(FactText text, int line, Range part) : this(text.Node, text.Fact, line) => (_text, _part) = (text.Text, part);

    /// <summary>The line as printed, without its line end.</summary>
    public string Text => _text[_part];

    /// <summary>Whether the other is the same line of the same text.</summary>
    public bool Equals(SourceLine? other) => other is not null && Node == other.Node && Fact == other.Fact && Line == other.Line && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Node, Fact, Line);

    /// <summary>The line as a proof is quoted: <c>node-1 ip-route:3: 10.244.65.0/24 via ...</c>.</summary>
    public override string ToString()
    {
        var place = Line > 0 ? $"{Fact}:{Line}" : Fact;
        return Node.Length > 0 ? $"{Node} {place}: {Text.Trim()}" : $"{place}: {Text.Trim()}";
    }
}
