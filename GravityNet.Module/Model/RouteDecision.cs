namespace GravityNet;

/// <summary>
/// The route that a node's kernel would choose for a packet, as <c>ip route get</c> asks for it, with the rule that led there (ip-rule(8), ip-route(8)).
/// </summary>
public sealed record RouteDecision
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The destination that was asked for.</summary>
    public required string Address { get; init; }

    /// <summary>The source that was given; empty for none.</summary>
    public string SourceAddress { get; init; } = "";

    /// <summary>The interface that the packet arrives on; empty for a packet of the node's own.</summary>
    public string InputInterface { get; init; } = "";

    /// <summary>The packet's mark.</summary>
    public uint Mark { get; init; }

    /// <summary>
    /// <c>unicast</c>, <c>local</c>, <c>broadcast</c>, <c>multicast</c> or <c>anycast</c>: a route of that type was found; <c>unreachable</c>, <c>prohibit</c> or <c>blackhole</c>: a
    /// route or a rule says so; <c>none</c>: no rule leads to a route; <c>invalid</c>: the node has no such source; <c>unknown</c>: see <see cref="Reason"/>.
    /// </summary>
#pragma warning disable CA1308 // the words are lower case as ip's own are
    public string Verdict => State.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>The table that the route is in; empty for none.</summary>
    public string Table => Route?.Table ?? "";

    /// <summary>The route's destination with its prefix length, or <c>default</c>; empty for none.</summary>
    public string Destination => Route?.Destination ?? "";

    /// <summary>The gateway; empty for none, and where several are possible.</summary>
    public string Gateway => TypedNexthops is [var only] ? only.Gateway : "";

    /// <summary>The interface that the packet leaves by; empty for none, and where several are possible.</summary>
    public string Interface => TypedNexthops is [var only] ? only.Interface : "";

    /// <summary>
    /// The source of a packet of the node's own: the route's, or for IPv4 the address of the interface that the kernel would take. Empty where unknown, where the nexthops
    /// differ, and for packets that arrive.
    /// </summary>
    public string PreferredSource { get; init; } = "";

    /// <summary>The route's metric; null where it has none.</summary>
    public long? Metric => Route?.Metric;

    /// <summary>The ways that are possible, as <c>ip</c> prints them: one, or those among which the kernel chooses as <see cref="Reason"/> says. In PowerShell they are records.</summary>
    public IReadOnlyList<string> Nexthops => [.. TypedNexthops.Select(n => n.ToString())];

    /// <summary>Why it is unknown, or what else is to be known about it; empty for nothing.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The rule that decided; null where none did.</summary>
    public PolicyRule? Rule { get; init; }

    /// <summary>The route; null for none.</summary>
    public Route? Route { get; init; }

    /// <summary>Each rule that the kernel asks on the way, in order, with what it said.</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];

    /// <summary>The lines that prove it, as <c>NODE FACT:LINE: TEXT</c>.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    internal RouteVerdict State { get; init; }

    internal IReadOnlyList<RouteNexthop> TypedNexthops { get; init; } = [];

    /// <summary>Whether the packet is sent out of an interface, or taken by the node.</summary>
    internal bool IsFound => State is RouteVerdict.Unicast or RouteVerdict.Local or RouteVerdict.Broadcast or RouteVerdict.Multicast or RouteVerdict.Anycast;

    /// <summary>The answer as <c>ip route get</c> prints it.</summary>
    public override string ToString()
    {
        var words = new List<string>();
        if (IsFound && State != RouteVerdict.Unicast) words.Add(Verdict);
        words.Add(Address);
        if (SourceAddress.Length > 0) words.Add($"from {SourceAddress}");
        if (!IsFound) words.Add(Verdict);
        if (Gateway.Length > 0) words.Add(Gateway.Contains(':', StringComparison.Ordinal) && !Address.Contains(':', StringComparison.Ordinal) ? $"via inet6 {Gateway}" : $"via {Gateway}");
        if (Interface.Length > 0) words.Add($"dev {Interface}");
        if (Table is not ("" or "main")) words.Add($"table {Table}");
        if (PreferredSource.Length > 0) words.Add($"src {PreferredSource}");
        if (InputInterface.Length > 0) words.Add($"iif {InputInterface}");
        return string.Join(' ', words);
    }
}
