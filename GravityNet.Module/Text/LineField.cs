namespace GravityNet.Text;

/// <summary>
/// A typed field of a line: the word that announces it, and how a record says its value.
/// </summary>
/// <param name="Keyword">The word before the value (<c>via</c>), or the word itself where it has no value (<c>onlink</c>); empty where the value stands alone.</param>
/// <param name="Value">The value as printed: null where the record has none, empty where the keyword says it all.</param>
internal sealed record LineField<T>(string Keyword, Func<T, string?> Value)
{
    /// <summary>Whether the value is what the tool means by printing nothing; it is then printed only where the form has it.</summary>
    public Func<T, bool> IsImplied { get; init; } = _ => false;
}
