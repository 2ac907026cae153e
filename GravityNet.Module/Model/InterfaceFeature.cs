namespace GravityNet;

/// <summary>
/// A feature of an interface that the kernel can switch, as <c>ethtool -k</c> prints it (ethtool(8)).
/// </summary>
public sealed record InterfaceFeature
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The interface; empty where the text has no heading.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The feature: <c>tx-checksumming</c>, <c>tx-udp_tnl-segmentation</c>, ...</summary>
    public required string Name { get; init; }

    /// <summary>The feature that this one is a part of; empty for none.</summary>
    public string Group { get; init; } = "";

    /// <summary>Whether it is on.</summary>
    public required bool IsOn { get; init; }

    /// <summary>Whether it cannot be switched.</summary>
    public bool IsFixed { get; init; }

    /// <summary>What was asked for where that is another state: <c>requested on</c>, <c>not requested</c>; else empty.</summary>
    public string Requested { get; init; } = "";

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>What stands before the name: a tab for a part of a group.</summary>
    internal string Indent { get; init; } = "";

    /// <summary>The line as it was printed.</summary>
    public string Print() => $"{Indent}{Name}: {(IsOn ? "on" : "off")}{(IsFixed ? " [fixed]" : "")}{(Requested.Length > 0 ? $" [{Requested}]" : "")}";

    /// <summary>The feature in short.</summary>
    public override string ToString() => Print().Trim();
}
