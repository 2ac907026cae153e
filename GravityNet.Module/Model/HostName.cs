namespace GravityNet;

/// <summary>What <c>hostname</c> prints.</summary>
/// <param name="Node">The node.</param>
/// <param name="Name">What it calls itself.</param>
/// <param name="Source">The line it was read from.</param>
public sealed record HostName(string Node, string Name, SourceLine Source)
{
    /// <summary>The line as it was printed.</summary>
    public string Print() => Name;

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Reads the text of a fact.</summary>
    internal static Parsing.Parsed<HostName> Parse(string node, string fact, string text) =>
        Parsing.FactParser.EachLine<HostName>(node, fact, text, (name, ref lines) => lines.Number == 1 ? new(name, lines.Current.ToString(), lines.Source()) : null);
}
