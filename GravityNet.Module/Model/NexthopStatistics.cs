using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// How many packets went one way of a nexthop group, as <c>ip -s nexthop</c> prints it under the group.
/// </summary>
public sealed record NexthopStatistics
{
    private static readonly LineGrammar<NexthopStatistics> Grammar = new(
        -1,
        new("id", s => Printed(s.Id)),
        new("packets", s => Printed(s.Packets)),
        new("packets_hw", s => Printed(s.HardwarePackets)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Id,
        Packets,
        HardwarePackets,
    }

    /// <summary>The member's id.</summary>
    public required long Id { get; init; }

    /// <summary>Packets, hardware included; null where not printed.</summary>
    public long? Packets { get; init; }

    /// <summary>Packets that a switch's hardware sent; null where not printed.</summary>
    public long? HardwarePackets { get; init; }

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its line; null for one that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>The line as it was read, from the fields.</summary>
    public string Print() => Grammar.Print(this, Form, Words);

    /// <summary>The line without its indent.</summary>
    public override string ToString() => Grammar.Print(this, null, Words);
}
