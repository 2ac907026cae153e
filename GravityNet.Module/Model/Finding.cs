using GravityNet.Findings;

namespace GravityNet;

/// <summary>
/// Something in a node's state that breaks traffic or may, with the lines that prove it.
/// </summary>
public sealed record Finding
{
    /// <summary>What kind of finding: <c>forwarding-off</c>, <c>overlay-row</c>, ... Stable.</summary>
    public required string Id { get; init; }

    /// <summary><c>error</c>: it breaks traffic. <c>warning</c>: it may, or will.</summary>
    public required string Severity { get; init; }

    /// <summary>The node that has it.</summary>
    public required string Node { get; init; }

    /// <summary>The other node that it is about; empty for none.</summary>
    public string RemoteNode { get; init; } = "";

    /// <summary>The interface of the node that it is about; empty for none, or several.</summary>
    public string Interface { get; init; } = "";

    /// <summary>What it is, in one sentence that names the node.</summary>
    public required string Message { get; init; }

    /// <summary>What to do.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>The lines that prove it, as <c>NODE FACT:LINE: TEXT</c>.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>Which part of a packet's path it is on.</summary>
    internal PathPart Part { get; init; }

    internal bool IsError => Severity == "error";

    /// <summary>The finding in one line.</summary>
    public override string ToString() => $"{Node} {Severity} {Id}: {Message}";
}
