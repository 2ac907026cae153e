namespace GravityNet;

/// <summary>
/// A neighbor (ARP or NDP) entry, as <c>ip neighbor</c> prints it (ip-neighbour(8)).
/// </summary>
public sealed record Neighbor
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The neighbor's IP address.</summary>
    public required string Address { get; init; }

    /// <summary>The interface; empty where the command named it (<c>ip neighbor show dev cni0</c>) and so did not print it.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The MAC address; empty for none (FAILED, INCOMPLETE).</summary>
    public string Mac { get; init; } = "";

    /// <summary>PERMANENT, REACHABLE, STALE, DELAY, PROBE, FAILED, INCOMPLETE, NOARP.</summary>
    public string State { get; init; } = "";

    /// <summary>Words that have no field of their own, in order (router, proxy, extern_learn, ...).</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>Whether the entry gives a MAC to send to.</summary>
    public bool IsUsable => Mac.Length > 0 && State is not ("FAILED" or "INCOMPLETE");

    /// <summary>The entry as <c>ip neighbor</c> prints it.</summary>
    public override string ToString() => string.Join(' ', new[]
    {
        Address,
        Interface.Length > 0 ? $"dev {Interface}" : "",
        Mac.Length > 0 ? $"lladdr {Mac}" : "",
        string.Join(' ', Words),
        State,
    }.Where(part => part.Length > 0));
}
