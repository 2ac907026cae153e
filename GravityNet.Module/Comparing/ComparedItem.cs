namespace GravityNet.Comparing;

/// <summary>
/// One thing of one side, as it is compared.
/// </summary>
/// <param name="Key">What it is: the same on both sides.</param>
/// <param name="Text">How it is, without what changes by itself.</param>
/// <param name="Source">The line that it was read from; null where no line is.</param>
internal sealed record ComparedItem(string Key, string Text, SourceLine? Source)
{
    /// <summary>The namespace of a Kubernetes object.</summary>
    public string Namespace { get; init; } = "";
}
