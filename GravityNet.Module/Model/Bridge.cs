namespace GravityNet;

/// <summary>
/// A bridge and its ports, as <c>brctl show</c> prints them (brctl(8)).
/// </summary>
/// <param name="Node">The node.</param>
/// <param name="Interface">The bridge's name.</param>
/// <param name="Id">The bridge id: priority and MAC, <c>8000.caaf24bcc6e0</c>.</param>
/// <param name="Stp">Whether the spanning tree protocol is on.</param>
/// <param name="Ports">The names of its ports.</param>
public sealed record Bridge(string Node, string Interface, string Id, bool Stp, IReadOnlyList<string> Ports)
{
    /// <summary>The first line it was read from.</summary>
    public required SourceLine Source { get; init; }
}
