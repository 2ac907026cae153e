using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// A bridge's spanning tree, as <c>brctl showstp</c> prints it (brctl(8)). Times are in seconds.
/// </summary>
public sealed record BridgeStp
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The bridge.</summary>
    public required string Interface { get; init; }

    /// <summary>The bridge's id: priority and MAC, <c>8000.caaf24bcc6e0</c>.</summary>
    public string Id { get; init; } = "";

    /// <summary>The id of the tree's root: priority and MAC; the bridge's own where it is the root itself.</summary>
    public string DesignatedRoot { get; init; } = "";

    /// <summary>The port that leads to the root; 0 where the bridge is the root. Null where not printed.</summary>
    public int? RootPort { get; init; }

    /// <summary>What the way to the root costs; 0 where the bridge is the root. Null where not printed.</summary>
    public int? PathCost { get; init; }

    /// <summary>Seconds after which the root counts as lost, as the root sets it. Null where not printed.</summary>
    public decimal? MaxAge { get; init; }

    /// <summary>The same, as this bridge would set it. Null where not printed.</summary>
    public decimal? BridgeMaxAge { get; init; }

    /// <summary>Seconds between two messages of the root, as the root sets it. Null where not printed.</summary>
    public decimal? HelloTime { get; init; }

    /// <summary>The same, as this bridge would set it. Null where not printed.</summary>
    public decimal? BridgeHelloTime { get; init; }

    /// <summary>Seconds that a port listens, and again learns, before it forwards, as the root sets it. Null where not printed.</summary>
    public decimal? ForwardDelay { get; init; }

    /// <summary>The same, as this bridge would set it. Null where not printed.</summary>
    public decimal? BridgeForwardDelay { get; init; }

    /// <summary>Seconds after which a station that is not heard is forgotten. Null where not printed.</summary>
    public decimal? AgeingTime { get; init; }

    /// <summary>Seconds until the next message. Null where not printed.</summary>
    public decimal? HelloTimer { get; init; }

    /// <summary>Seconds until the next notice of a topology change. Null where not printed.</summary>
    public decimal? TcnTimer { get; init; }

    /// <summary>Seconds until a topology change is over. Null where not printed.</summary>
    public decimal? TopologyChangeTimer { get; init; }

    /// <summary>Seconds until forgotten stations are cleared away. Null where not printed.</summary>
    public decimal? GcTimer { get; init; }

    /// <summary>TOPOLOGY_CHANGE, TOPOLOGY_CHANGE_DETECTED, CONFIG_PENDING, TOPOLOGY_CHANGE_ACK, ...; empty for none.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>The ports.</summary>
    public IReadOnlyList<BridgeStpPort> Ports { get; init; } = [];

    /// <summary>The first line that it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>Its lines: the labels and the places of the values.</summary>
    internal IReadOnlyList<StpLine> Lines { get; init; } = [];

    /// <summary>The lines as they were read, from the fields; without the empty lines between bridge and ports.</summary>
    public string Print() => string.Join('\n', Lines.Select(l => Grammar.Print(this, l.Form, l.Words)).Concat(Ports.Select(p => p.Print())));

    /// <summary>The bridge in short: <c>cni0 8000.caaf24bcc6e0 root 8000.caaf24bcc6e0</c>.</summary>
    public override string ToString() => $"{Interface} {Id} root {DesignatedRoot}";

    // each line has a place for a few of them: what a line has no place for stands on another
    internal static readonly LineGrammar<BridgeStp> Grammar = new(
        -1,
        new("", r => r.Interface) { IsImplied = _ => true },
        new("", r => Printed(r.Id)) { IsImplied = _ => true },
        new("", r => Printed(r.DesignatedRoot)) { IsImplied = _ => true },
        new("", r => Printed(r.RootPort)) { IsImplied = _ => true },
        new("", r => Printed(r.PathCost)) { IsImplied = _ => true },
        new("", r => Printed(r.MaxAge)) { IsImplied = _ => true },
        new("", r => Printed(r.BridgeMaxAge)) { IsImplied = _ => true },
        new("", r => Printed(r.HelloTime)) { IsImplied = _ => true },
        new("", r => Printed(r.BridgeHelloTime)) { IsImplied = _ => true },
        new("", r => Printed(r.ForwardDelay)) { IsImplied = _ => true },
        new("", r => Printed(r.BridgeForwardDelay)) { IsImplied = _ => true },
        new("", r => Printed(r.AgeingTime)) { IsImplied = _ => true },
        new("", r => Printed(r.HelloTimer)) { IsImplied = _ => true },
        new("", r => Printed(r.TcnTimer)) { IsImplied = _ => true },
        new("", r => Printed(r.TopologyChangeTimer)) { IsImplied = _ => true },
        new("", r => Printed(r.GcTimer)) { IsImplied = _ => true },
        new("", r => r.Flags.Count == 0 ? null : string.Join(' ', r.Flags)) { IsImplied = _ => true });

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Interface,
        Id,
        DesignatedRoot,
        RootPort,
        PathCost,
        MaxAge,
        BridgeMaxAge,
        HelloTime,
        BridgeHelloTime,
        ForwardDelay,
        BridgeForwardDelay,
        AgeingTime,
        HelloTimer,
        TcnTimer,
        TopologyChangeTimer,
        GcTimer,
        Flags,
    }
}
