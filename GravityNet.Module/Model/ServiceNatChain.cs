using System.Globalization;
using GravityNet.Netfilter;

namespace GravityNet;

/// <summary>
/// How one node translates the traffic of one service port: the rules from the hooks to the endpoints, each endpoint's effective share, and how both
/// agree with the Kubernetes API.
/// </summary>
public sealed record ServiceNatChain
{
    /// <summary>The node whose rules these are.</summary>
    public required string Node { get; init; }

    /// <summary>The service's namespace; empty where the rules carry no comment and the API is not known.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The service's name; empty as <see cref="Namespace"/>.</summary>
    public string Service { get; init; } = "";

    /// <summary>The service port's name; empty where it has none.</summary>
    public string PortName { get; init; } = "";

    /// <summary>tcp, udp or sctp.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>The cluster address; empty where the service has none.</summary>
    public string Address { get; init; } = "";

    /// <summary>The port at the cluster address; 0 where only a node port is known.</summary>
    public int Port { get; init; }

    /// <summary>The port on every node; null where there is none.</summary>
    public int? NodePort { get; init; }

    /// <summary>External addresses and load balancer addresses.</summary>
    public IReadOnlyList<string> ExternalAddresses { get; init; } = [];

    /// <summary>ClusterIP, NodePort, LoadBalancer or ExternalName.</summary>
    public string Type { get; init; } = "ClusterIP";

    /// <summary>The name that DNS gives for a service of type ExternalName; empty for others.</summary>
    public string ExternalName { get; init; } = "";

    /// <summary>Cluster or Local, for traffic to the cluster address; empty where the API is not known.</summary>
    public string InternalTrafficPolicy { get; init; } = "";

    /// <summary>Cluster or Local, for traffic from outside; empty where the API is not known.</summary>
    public string ExternalTrafficPolicy { get; init; } = "";

    /// <summary>The port on every node where a load balancer asks whether the node has endpoints; null where there is none.</summary>
    public int? HealthCheckPort { get; init; }

    /// <summary>Seconds that a client keeps its endpoint, as the rules say; null without affinity.</summary>
    public int? AffinitySeconds { get; init; }

    /// <summary>How kube-proxy works there: <c>iptables</c>, <c>nftables</c> or <c>ipvs</c>.</summary>
    public string Mode { get; init; } = "iptables";

    /// <summary>The iptables flavour that the rules are in: <c>nf_tables</c> or <c>legacy</c>; empty where the text does not tell.</summary>
    public string Flavor { get; init; } = "";

    /// <summary>The chain that spreads the cluster address's traffic: KUBE-SVC-..., or KUBE-SVL-... for endpoints of this node alone; empty where there is none.</summary>
    public string Chain { get; init; } = "";

    /// <summary>
    /// The ways into the service port on this node (cluster address, node port, external addresses, health-check port, host ports), from each sender that makes a
    /// difference, or from <see cref="From"/> alone: what the rules do with a new connection.
    /// </summary>
    public IReadOnlyList<ServiceChainEntry> Entries { get; init; } = [];

    /// <summary>The sender that was asked for; empty for the usual ones: a pod of the node, the node itself, somebody outside.</summary>
    public string From { get; init; } = "";

    /// <summary>The endpoints of the chain, in the rules' order.</summary>
    public IReadOnlyList<ServiceChainEndpoint> Endpoints { get; init; } = [];

    /// <summary>Ready endpoints of the API that have no rule here.</summary>
    public IReadOnlyList<ServiceChainEndpoint> Missing { get; init; } = [];

    /// <summary>
    /// <c>ok</c>, <c>stale</c> (traffic goes to an address that is no ready endpoint), <c>missing</c> (a ready endpoint gets none), <c>noendpoints</c>
    /// (refused or dropped), <c>nojump</c> (traffic does not come to the chain), <c>flawed</c> (traffic goes where it should, and <see cref="Problems"/> tells what is wrong
    /// with the chains), <c>ghost</c> (chains of a service port that the API does not have) or <c>unknown</c>; for a service that is no matter of rules, as it has no
    /// address of its own, <c>headless</c> or <c>externalname</c>.
    /// </summary>
#pragma warning disable CA1308 // the words are lower case as the tools' own are
    public string Status => State.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>Why, in one sentence for each part that is not right; empty when all are.</summary>
    public string Reason { get; init; } = "";

    /// <summary>
    /// The rules in walk order: the hooks, KUBE-SERVICES, KUBE-NODEPORTS, the service's chains and in them those of its endpoints, then what refuses packets, then what happens
    /// to those that leave. For one sender those that its packets meet; else all of the service's own chains.
    /// </summary>
    public IReadOnlyList<IptablesRule> Rules { get => WalkedRules?.Value ?? field; init; } = [];

    /// <summary>The rules, put in order when somebody looks at them.</summary>
    internal Lazy<IReadOnlyList<IptablesRule>>? WalkedRules { get; init; }

    /// <summary>What is wrong with the service's chains: ghost chains, chains without a jump, jumps without a chain, doubled rules, wrong comments.</summary>
    public IReadOnlyList<ServiceChainProblem> Problems { get; init; } = [];

    /// <summary>
    /// Tracked connections that the service's rules once translated and that still lead to an endpoint which the API does not have, as <c>conntrack -L</c> prints them:
    /// UDP above all, where a client that keeps sending never comes to the rules again. TCP connections that are over are left out.
    /// </summary>
    public IReadOnlyList<string> StaleConnections => [.. TypedStaleConnections.Select(c => c.Print())];

    /// <summary>What was not looked for, with the fact that it needs; empty where all was.</summary>
    public string NotChecked { get; init; } = "";

    internal IReadOnlyList<Connection> TypedStaleConnections { get; init; } = [];

    /// <summary>In nftables mode, the chains and maps in the order that a packet meets them, with the rules and elements that have a part in the service's traffic; else empty.</summary>
    public IReadOnlyList<NftObject> NftObjects { get; init; } = [];

    /// <summary>In IPVS mode, the entries of sets by which rules know the service and its endpoints; else empty.</summary>
    public IReadOnlyList<IpsetEntry> SetEntries { get; init; } = [];

    /// <summary>In IPVS mode, the virtual servers of the cluster address, the other addresses and the node port; else empty.</summary>
    public IReadOnlyList<IpvsService> VirtualServers { get; init; } = [];

    internal ServiceChainStatus State { get; init; }

    /// <summary>What a client asks for: the address with the port, or what takes its place.</summary>
    internal string Place => Address.Length > 0 ? Addresses.Join(Address, Port) : ExternalName.Length > 0 ? ExternalName
        : State == ServiceChainStatus.Headless ? string.Create(CultureInfo.InvariantCulture, $"None:{Port}") : "?";

    /// <summary>One line: who, what, how it stands.</summary>
    public override string ToString() =>
        $"{Node} {Namespace}/{Service}{(PortName.Length > 0 ? ":" + PortName : "")} {Protocol} {Place} {Status}{(Reason.Length > 0 ? $": {Reason}" : "")}";
}
