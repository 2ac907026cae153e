namespace GravityNet.Routing;

/// <summary>What one table says to a packet.</summary>
/// <param name="Route">The route; null where none fits.</param>
/// <param name="Nexthops">Its ways that are alive.</param>
/// <param name="Note">What the choice among several ways depends on; empty for one way.</param>
/// <param name="Unknown">Why the table's answer is not known; empty where it is.</param>
internal sealed record TableAnswer(Route? Route, IReadOnlyList<RouteNexthop> Nexthops, string Note = "", string Unknown = "")
{
    /// <summary>No route of the table fits.</summary>
    public static TableAnswer Nothing { get; } = new(null, []);

    /// <summary>The table's answer cannot be told.</summary>
    public static TableAnswer NotKnown(string reason) => new(null, [], Unknown: reason);

    /// <summary>Whether the kernel goes on with the next rule (a table without a route for it, or one that says <c>throw</c>).</summary>
    public bool GoesOn => Unknown.Length == 0 && Route is null or { Type: "throw" };
}
