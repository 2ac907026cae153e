namespace GravityNet;

/// <summary>
/// A bridge of a node with its ports, the pods behind them, the MACs that it learned and the node's neighbors on it.
/// </summary>
public sealed record NodeBridge
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The bridge, <c>cni0</c>.</summary>
    public required string Interface { get; init; }

    /// <summary>Its address with prefix length; empty for none.</summary>
    public string Address { get; init; } = "";

    /// <summary>Its MAC.</summary>
    public string Mac { get; init; } = "";

    /// <summary>Its MTU in bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>Its operational state.</summary>
    public string State { get; init; } = "";

    /// <summary>Its ports.</summary>
    public IReadOnlyList<BridgePort> Ports { get; init; } = [];

    /// <summary>The MACs that it knows, with their ages where brctl tells them.</summary>
    public IReadOnlyList<BridgeStation> Macs { get; init; } = [];

    /// <summary>The node's neighbor entries on it.</summary>
    public IReadOnlyList<BridgeNeighbor> Neighbors { get; init; } = [];

    /// <summary>What could not be told, and why; empty for nothing.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    internal Link? Link { get; init; }

    /// <summary>The bridge in one line.</summary>
    public override string ToString() => $"{Node} {Interface} {Address} mtu {Mtu} state {State}";
}
