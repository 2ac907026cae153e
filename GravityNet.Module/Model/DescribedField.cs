namespace GravityNet;

/// <summary>
/// A line of <c>kubectl describe</c>: a field and its value, or a further value of the field above it, or a row of a table under it.
/// </summary>
/// <param name="Key">The field's name; empty for a line that goes on with the field above.</param>
/// <param name="Value">The value; empty where it stands in the lines under it.</param>
public sealed record DescribedField(string Key, string Value)
{
    /// <summary>What stands before the name.</summary>
    internal string Indent { get; init; } = "";

    /// <summary>What stands between name and value, without the colon.</summary>
    internal string Gap { get; init; } = " ";

    /// <summary>Whether the field belongs to one above it (<c>Addresses</c> of <c>Subsets</c>).</summary>
    public bool IsInner => Indent.Length > 0;

    /// <summary>The line as it was printed.</summary>
    public string Print() => Key.Length > 0 ? $"{Indent}{Key}:{Gap}{Value}" : Indent + Value;

    /// <summary>Name and value.</summary>
    public override string ToString() => Print().Trim();
}
