namespace GravityNet;

/// <summary>
/// A line under a link that is kept as it stands: virtual functions, BPF programs, VLAN priorities, and what no parser knows.
/// </summary>
/// <param name="Text">The line as printed.</param>
public sealed record LinkLine(string Text)
{
    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The line.</summary>
    public override string ToString() => Text.Trim();
}
