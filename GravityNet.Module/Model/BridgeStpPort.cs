using System.Globalization;
using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// A bridge's port in the spanning tree, as <c>brctl showstp</c> prints it (brctl(8)). Times are in seconds.
/// </summary>
public sealed record BridgeStpPort
{
    /// <summary>The port.</summary>
    public required string Interface { get; init; }

    /// <summary>The port's number.</summary>
    public required int Number { get; init; }

    /// <summary>Priority and number of the port in hexadecimal digits.</summary>
    public string PortId { get; init; } = "";

    /// <summary>disabled, listening, learning, forwarding, blocking.</summary>
    public string State { get; init; } = "";

    /// <summary>The id of the tree's root.</summary>
    public string DesignatedRoot { get; init; } = "";

    /// <summary>What the way over the port costs. Null where not printed.</summary>
    public int? PathCost { get; init; }

    /// <summary>The bridge that serves the port's segment.</summary>
    public string DesignatedBridge { get; init; } = "";

    /// <summary>Seconds until the message last heard is too old. Null where not printed.</summary>
    public decimal? MessageAgeTimer { get; init; }

    /// <summary>The port of the designated bridge that serves the segment.</summary>
    public string DesignatedPort { get; init; } = "";

    /// <summary>Seconds until the port goes on to the next state. Null where not printed.</summary>
    public decimal? ForwardDelayTimer { get; init; }

    /// <summary>What the designated bridge's way to the root costs. Null where not printed.</summary>
    public int? DesignatedCost { get; init; }

    /// <summary>Seconds until the port may send again. Null where not printed.</summary>
    public decimal? HoldTimer { get; init; }

    /// <summary>TOPOLOGY_CHANGE, TOPOLOGY_CHANGE_DETECTED, CONFIG_PENDING, TOPOLOGY_CHANGE_ACK, ...; empty for none.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>The first line that it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>Its lines: the labels and the places of the values.</summary>
    internal IReadOnlyList<StpLine> Lines { get; init; } = [];

    /// <summary>The lines as they were read, from the fields.</summary>
    public string Print() => string.Join('\n', Lines.Select(l => Grammar.Print(this, l.Form, l.Words)));

    /// <summary>The port in short: <c>veth1 (1) forwarding</c>.</summary>
    public override string ToString() => $"{Interface} ({Printed(Number)}) {State}";

    // each line has a place for a few of them: what a line has no place for stands on another
    internal static readonly LineGrammar<BridgeStpPort> Grammar = new(
        -1,
        new("", r => r.Interface) { IsImplied = _ => true },
        new("", r => string.Create(CultureInfo.InvariantCulture, $"({r.Number})")) { IsImplied = _ => true },
        new("", r => Printed(r.PortId)) { IsImplied = _ => true },
        new("", r => Printed(r.State)) { IsImplied = _ => true },
        new("", r => Printed(r.DesignatedRoot)) { IsImplied = _ => true },
        new("", r => Printed(r.PathCost)) { IsImplied = _ => true },
        new("", r => Printed(r.DesignatedBridge)) { IsImplied = _ => true },
        new("", r => Printed(r.MessageAgeTimer)) { IsImplied = _ => true },
        new("", r => Printed(r.DesignatedPort)) { IsImplied = _ => true },
        new("", r => Printed(r.ForwardDelayTimer)) { IsImplied = _ => true },
        new("", r => Printed(r.DesignatedCost)) { IsImplied = _ => true },
        new("", r => Printed(r.HoldTimer)) { IsImplied = _ => true },
        new("", r => r.Flags.Count == 0 ? null : string.Join(' ', r.Flags)) { IsImplied = _ => true });

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Interface,
        Number,
        PortId,
        State,
        DesignatedRoot,
        PathCost,
        DesignatedBridge,
        MessageAgeTimer,
        DesignatedPort,
        ForwardDelayTimer,
        DesignatedCost,
        HoldTimer,
        Flags,
    }
}
