namespace GravityNet.Routing;

/// <summary>
/// What the kernel knows of a packet when it looks for its route (flowi4 and flowi6 of the kernel; the parameters of <c>ip route get</c>, ip-route(8)).
/// </summary>
/// <param name="To">The destination's address.</param>
internal sealed record RouteQuery(string To)
{
    /// <summary>The source's address; empty for a packet of the node's own whose source the route will decide.</summary>
    public string From { get; init; } = "";

    /// <summary>The interface that the packet arrives on; empty for a packet of the node's own.</summary>
    public string InputInterface { get; init; } = "";

    /// <summary>The interface that the sending socket is bound to; empty for none.</summary>
    public string OutputInterface { get; init; } = "";

    /// <summary>The packet's mark; 0 is that of a packet that nobody marked.</summary>
    public uint Mark { get; init; }

    /// <summary>The TOS field: the DSCP in the upper six bits.</summary>
    public byte Tos { get; init; }

    /// <summary>The IP protocol's number; null where not given.</summary>
    public int? Protocol { get; init; }

    /// <summary>The source port; null where not given.</summary>
    public int? SourcePort { get; init; }

    /// <summary>The destination port; null where not given.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>The user whose socket sends; null where not given.</summary>
    public uint? Uid { get; init; }
}
