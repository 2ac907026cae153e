using GravityNet.Findings;

namespace GravityNet.Probing;

/// <summary>
/// Where the stages say that a path is broken.
/// </summary>
/// <param name="Hop">The place in words; empty where the stages cannot tell.</param>
/// <param name="LostAt">The node; empty where it lies between two, or where the stages cannot tell.</param>
/// <param name="Part">The part of the path whose findings can be the cause; null where no finding is about it.</param>
/// <param name="Nodes">The nodes whose findings can be the cause.</param>
internal sealed record BrokenSpot(string Hop, string LostAt, PathPart? Part, IReadOnlyList<string> Nodes)
{
    /// <summary>Nothing can be told.</summary>
    public static BrokenSpot Nowhere { get; } = new("", "", null, []);
}
