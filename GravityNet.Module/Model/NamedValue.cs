namespace GravityNet;

/// <summary>
/// A name and its value, of a text that has one on each line: <c>driver: vxlan</c> of <c>ethtool -i</c> (ethtool(8)), <c>FLANNEL_MTU=1450</c> of flannel's subnet.env.
/// </summary>
public sealed record NamedValue
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The name, as printed.</summary>
    public required string Name { get; init; }

    /// <summary>The value; empty for none.</summary>
    public string Value { get; init; } = "";

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>What stands between both.</summary>
    internal string Separator { get; init; } = "=";

    /// <summary>The line as it was printed.</summary>
    public string Print() => Name + Separator + Value;

    /// <summary>Name and value.</summary>
    public override string ToString() => Print();
}
