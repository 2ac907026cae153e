namespace GravityNet.Probing;

/// <summary>
/// A name that the user gave: <c>node:NAME</c>, <c>pod:NAMESPACE/NAME</c>, <c>NAMESPACE/NAME</c>, <c>service:NAMESPACE/NAME</c>, or an address. What wildcards mean is the caller's matter.
/// </summary>
/// <param name="Text">The text as given.</param>
/// <param name="IsLiteral">Whether it names one thing: then it is an error when there is none.</param>
/// <param name="IsMatch">Whether a full name (<c>pod:default/web</c>) is meant. It is asked with and without the part before the colon.</param>
internal sealed record NamePattern(string Text, bool IsLiteral, Func<string, bool> IsMatch)
{
    /// <summary>A pattern that means one name.</summary>
    public static NamePattern Literal(string text) => new(text, true, name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it means this: a kind and a name.</summary>
    public bool Means(string kind, string name) => IsMatch($"{kind}:{name}") || (!Text.Contains(':', StringComparison.Ordinal) && IsMatch(name));
}
