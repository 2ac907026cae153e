namespace GravityNet;

/// <summary>
/// A MAC that a bridge knows, as <c>brctl showmacs</c> prints it (brctl(8)).
/// </summary>
/// <param name="PortNumber">The bridge's port number.</param>
/// <param name="Mac">The MAC address.</param>
/// <param name="IsLocal">Whether it is the port's own MAC; else a station behind the port was heard with it.</param>
/// <param name="AgeSeconds">Seconds since it was heard; 0 for local ones.</param>
public sealed record BridgeMac(int PortNumber, string Mac, bool IsLocal, double AgeSeconds)
{
    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }
}
