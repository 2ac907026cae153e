namespace GravityNet.Labs.Plan;

/// <summary>The cluster that the lab makes: names, addresses, pods and services.</summary>
/// <param name="options">How the lab differs from the default one.</param>
public sealed class ClusterPlan(LabOptions options)
{
    /// <summary>The network of all pods.</summary>
    public const string PodNetwork = "10.244.0.0/16";

    /// <summary>The network of service addresses.</summary>
    public const string ServiceNetwork = "10.100.0.0/16";

    /// <summary>The VXLAN network identifier.</summary>
    public const int Vni = 1;

    /// <summary>The UDP port of VXLAN: flannel's default, not the registered 4789.</summary>
    public const int VxlanPort = 8472;

    /// <summary>The MTU inside the overlay: 1500 less 50 bytes for outer Ethernet, IP, UDP and VXLAN headers.</summary>
    public const int OverlayMtu = 1450;

    /// <summary>The port of the Kubernetes API on the first node.</summary>
    public const int ApiPort = 6443;

    /// <summary>The client port of etcd on the first node.</summary>
    public const int EtcdPort = 2379;

    /// <summary>The TCP port that web pods listen on.</summary>
    public const int WebPort = 8080;

    /// <summary>The TCP port of the client that <c>--more-services</c> has a service for.</summary>
    public const int UplinkPort = 8088;

    /// <summary>The cluster's DNS domain.</summary>
    public const string Domain = "cluster.local";

    /// <summary>The cluster of a lab without options.</summary>
    public static ClusterPlan Default { get; } = new(new LabOptions());

    /// <summary>How the lab differs from the default one.</summary>
    public LabOptions Options => options;

    /// <summary>The client's address on the underlay.</summary>
    public string OutsideAddress { get; } = options.Underlay + ".1";

    /// <summary>The address on the underlay of a client that lives in another lab's outside namespace.</summary>
    public string SecondClientAddress { get; } = options.Underlay + ".2";

    /// <summary>The address on the underlay of the jump host, where there is one.</summary>
    public string JumpHostAddress { get; } = options.Underlay + ".5";

    /// <summary>The nodes; the first one also runs etcd and the API.</summary>
    public IReadOnlyList<NodePlan> Nodes { get; } =
    [
        new("node-1", options.Underlay + ".11", "10.244.19.0/24"),
        new("node-2", options.Underlay + ".12", "10.244.65.0/24"),
        new("node-3", options.Underlay + ".13", "10.244.92.0/24"),
    ];

    /// <summary>The pods, in the order in which they get their addresses.</summary>
    public IReadOnlyList<PodPlan> Pods { get; } = options.MoreServices ? [.. BasePods, .. MorePods] : BasePods;

    private static IReadOnlyList<PodPlan> BasePods =>
    [
        new("default", "shell-node-1", "node-1", PodRole.Shell, "shell"),
        new("default", "shell-node-2", "node-2", PodRole.Shell, "shell"),
        new("default", "shell-node-3", "node-3", PodRole.Shell, "shell"),
        new("kube-system", "coredns-6f4c59b8f7-2xk9p", "node-1", PodRole.Dns, "kube-dns"),
        new("kube-system", "coredns-6f4c59b8f7-7hq4m", "node-2", PodRole.Dns, "kube-dns"),
        new("kube-system", "coredns-6f4c59b8f7-zb8tn", "node-3", PodRole.Dns, "kube-dns"),
        new("default", "web-7d9c6b5f44-4kxl2", "node-1", PodRole.Web, "web"),
        new("default", "web-7d9c6b5f44-9wq7r", "node-2", PodRole.Web, "web"),
        new("default", "web-7d9c6b5f44-tm5zc", "node-3", PodRole.Web, "web"),
        new("default", "hostport-5c7bd", "node-1", PodRole.Web, "hostport", HostPort: 18080),
    ];

    // the first pod is behind all of the services that share, the last behind the one with seven endpoints only
    private static IReadOnlyList<PodPlan> MorePods =>
    [
        .. Enumerable.Range(1, 7).Select(i => new PodPlan("default", $"share-6b5d8f9c7d-{i}vxk{i}", $"node-{((i - 1) % 3) + 1}", PodRole.Web, "share")
        {
            Marks = [.. ShareCounts.Where(n => n >= i).Select(n => $"share-{n}")],
        }),
        new("default", "tide-79c4f6d8b5-h2mqs", "node-1", PodRole.Web, "tide"),
        new("default", "tide-79c4f6d8b5-k7wnd", "node-2", PodRole.Web, "tide") { Condition = PodCondition.NotReady },
        new("default", "tide-79c4f6d8b5-r9xzc", "node-3", PodRole.Web, "tide") { Condition = PodCondition.Terminating },
        new("default", "ebb-5f8c7b6d94-p4tjg", "node-2", PodRole.Web, "ebb") { Condition = PodCondition.Terminating },
    ];

    /// <summary>The numbers of endpoints for which <c>--more-services</c> has a service <c>share-N</c>.</summary>
    public static IReadOnlyList<int> ShareCounts => [1, 2, 3, 5, 7];

    /// <summary>The API's own service.</summary>
    public ServicePlan Kubernetes { get; } =
        new("default", "kubernetes", "10.100.0.1", null, null, [new("https", "TCP", 443, ApiPort)], [options.Underlay + ".11"]);

    /// <summary>The cluster's DNS service, over UDP and TCP.</summary>
    public static ServicePlan Dns { get; } =
        new("kube-system", "kube-dns", "10.100.214.177", "k8s-app", "kube-dns", [new("dns", "UDP", 53, 53), new("dns-tcp", "TCP", 53, 53)], []);

    /// <summary>The web service, also on a port of every node.</summary>
    public static ServicePlan Web { get; } =
        new("default", "web", "10.100.45.9", "app", "web", [new("http", "TCP", 3009, WebPort, NodePort: 32009)], []);

    /// <summary>A service that no pod is behind: connections to it are refused.</summary>
    public static ServicePlan Orphan { get; } =
        new("kube-system", "gravity-site", "10.100.77.7", "app", "gravity-site", [new("web", "TCP", 3009, 3009)], []);

    /// <summary>All services.</summary>
    public IReadOnlyList<ServicePlan> Services => options.MoreServices
        ? [Kubernetes, Web, Dns, Orphan, WebHeadless, Sticky, Local, Balanced, Outer, Inner, Edge, Vacant, Named, Uplink, Signal, Tide, Ebb, .. Shares]
        : [Kubernetes, Web, Dns, Orphan];

    /// <summary>Addresses that are no node's: the client's packets for them go to the first node.</summary>
    public IReadOnlyList<string> RoutedAddresses => [.. Services.SelectMany(s => s.ExternalIps.Append(s.LoadBalancerIp).OfType<string>())];

    private static ServicePlan WebHeadless { get; } =
        new("default", "web-headless", ServicePlan.Headless, "app", "web", [new("http", "TCP", WebPort, WebPort)], []);

    // Kubernetes' own time for affinity: three hours
    private static ServicePlan Sticky { get; } =
        new("default", "sticky", "10.100.60.1", "app", "web", [new("http", "TCP", 3010, WebPort)], []) { AffinitySeconds = 10800 };

    // its only pod is on node-1
    private static ServicePlan Local { get; } =
        new("default", "local", "10.100.60.2", "app", "hostport", [new("http", "TCP", 3011, WebPort, NodePort: 32011)], []) { IsExternalLocal = true };

    // the first client may, the second not
    private ServicePlan Balanced => new("default", "balanced", "10.100.60.3", "app", "web", [new("http", "TCP", 3012, WebPort, NodePort: 32012)], [])
    {
        LoadBalancerIp = options.Underlay + ".200",
        SourceRanges = [OutsideAddress + "/32", PodNetwork],
    };

    private ServicePlan Outer =>
        new("default", "outer", "10.100.60.4", "app", "web", [new("http", "TCP", 3013, WebPort)], []) { ExternalIps = [options.Underlay + ".201"] };

    // as Local, for the cluster's own traffic
    private static ServicePlan Inner { get; } =
        new("default", "inner", "10.100.60.5", "app", "hostport", [new("http", "TCP", 3014, WebPort)], []) { IsInternalLocal = true };

    // what a load balancer asks each node for: only node-1 has the pod
    private ServicePlan Edge => new("default", "edge", "10.100.60.6", "app", "hostport", [new("http", "TCP", 3015, WebPort, NodePort: 32015)], [])
    {
        IsExternalLocal = true,
        LoadBalancerIp = options.Underlay + ".202",
        HealthCheckNodePort = 32115,
    };

    // no pod is behind it, by whatever way one comes
    private ServicePlan Vacant => new("default", "vacant", "10.100.60.7", "app", "vacant", [new("http", "TCP", 3016, WebPort, NodePort: 32016)], [])
    {
        LoadBalancerIp = options.Underlay + ".203",
        ExternalIps = [options.Underlay + ".204"],
    };

    private static ServicePlan Named { get; } = new("default", "named", "", null, null, [], []) { ExternalName = "www.example.com" };

    // endpoints that somebody wrote by hand: the client, outside the cluster. Its only port has no name
    private ServicePlan Uplink => new("default", "uplink", "10.100.60.8", null, null, [new("", "TCP", 3017, UplinkPort)], [OutsideAddress]);

    // rules only: nothing here speaks SCTP
    private static ServicePlan Signal { get; } =
        new("default", "signal", "10.100.60.9", "app", "web", [new("sctp", "SCTP", 3868, 3868)], []);

    // of its pods one is ready, one not, and one is going
    private static ServicePlan Tide { get; } =
        new("default", "tide", "10.100.60.10", "app", "tide", [new("http", "TCP", 3018, WebPort)], []);

    // its last pod is going: it gets what comes until it is gone
    private static ServicePlan Ebb { get; } =
        new("default", "ebb", "10.100.60.11", "app", "ebb", [new("http", "TCP", 3019, WebPort)], []);

    private static IReadOnlyList<ServicePlan> Shares =>
    [
        .. ShareCounts.Select(n => new ServicePlan(
            "default", $"share-{n}", $"10.100.61.{n}", $"share-{n}", "yes", [new("http", "TCP", 3100, WebPort, NodePort: 32100 + n)], [])),
    ];
}
