namespace GravityNet;

/// <summary>
/// A pod's network as its own namespace tells it, with the cable to the node: the veth pair, the bridge that it is plugged into, and whether the two sides fit.
/// </summary>
public sealed record PodNetwork
{
    /// <summary>The node that the pod runs on.</summary>
    public required string Node { get; init; }

    /// <summary>The pod's namespace in Kubernetes; empty where unknown.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The pod; empty where unknown.</summary>
    public string Pod { get; init; } = "";

    /// <summary>The pod's address as its interface has it; as Kubernetes has it where the inside is not known. Empty where unknown.</summary>
    public string Address { get; init; } = "";

    /// <summary>Whether the pod shares the node's network: then it has no interfaces, routes or neighbors of its own.</summary>
    public bool HostNetwork { get; init; }

    /// <summary>The bridge that the node's end is a port of; empty for none, or where unknown.</summary>
    public string Bridge { get; init; } = "";

    /// <summary>The bridge's address with prefix length; empty for none, or where unknown.</summary>
    public string BridgeAddress { get; init; } = "";

    /// <summary>The bridge's MAC; empty where unknown.</summary>
    public string BridgeMac { get; init; } = "";

    /// <summary>The node's end of the veth pair; empty where unknown.</summary>
    public string Interface { get; init; } = "";

    /// <summary>Its index on the node.</summary>
    public int? Index { get; init; }

    /// <summary>Its MAC.</summary>
    public string Mac { get; init; } = "";

    /// <summary>Its MTU in bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>The pod's end, <c>eth0</c>; empty where unknown.</summary>
    public string PodInterface { get; init; } = "";

    /// <summary>Its index inside the pod.</summary>
    public int? PodIndex { get; init; }

    /// <summary>Its MAC.</summary>
    public string PodMac { get; init; } = "";

    /// <summary>Its MTU in bytes.</summary>
    public int? PodMtu { get; init; }

    /// <summary>How the ends were found to be one cable: <c>veth</c> (each names the other's index), <c>mac</c> (the pod's MAC was heard on the port), or empty.</summary>
    public string PairedBy { get; init; } = "";

    /// <summary>The gateway of the pod's default route for IPv4; empty for none, or where unknown.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>The MAC that the pod knows its gateway by; empty where it has not asked for it, or where that is unknown.</summary>
    public string GatewayMac { get; init; } = "";

    /// <summary>The interfaces inside, as <c>ip</c> prints them; in PowerShell they are records with their addresses.</summary>
    public IReadOnlyList<string> Links => [.. TypedLinks.Select(l => l.ToString())];

    /// <summary>The routes inside, of all tables, as <c>ip</c> prints them; in PowerShell they are records.</summary>
    public IReadOnlyList<string> Routes => [.. TypedRoutes.Select(r => r.ToString())];

    /// <summary>The neighbor entries inside, as <c>ip</c> prints them; in PowerShell they are records.</summary>
    public IReadOnlyList<string> Neighbors => [.. TypedNeighbors.Select(n => n.ToString())];

    /// <summary><c>ok</c>, <c>unknown</c> or <c>fault</c>.</summary>
#pragma warning disable CA1308 // the words are lower case as ip's own are
    public string Status => Standing.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>What does not fit, in one sentence each; empty where everything does.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What could not be told, and why; empty for nothing.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>The lines that prove it, as <c>NODE FACT:LINE: TEXT</c>.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    internal QuestionStatus Standing => Problems.Count > 0 ? QuestionStatus.Fault : Unknown.Count > 0 ? QuestionStatus.Unknown : QuestionStatus.Ok;

    internal IReadOnlyList<Link> TypedLinks { get; init; } = [];

    internal IReadOnlyList<Route> TypedRoutes { get; init; } = [];

    internal IReadOnlyList<Neighbor> TypedNeighbors { get; init; } = [];

    internal Link? HostLink { get; init; }

    internal Link? BridgeLink { get; init; }

    /// <summary>The pod and its cable in one line.</summary>
    public override string ToString()
    {
        var pod = Pod.Length > 0 ? $"{Namespace}/{Pod}" : "?";
        return HostNetwork ? $"{Node} {pod} {Address} hostNetwork" : $"{Node} {pod} {Address} {PodInterface} {Interface} {Bridge} {Status}";
    }
}
