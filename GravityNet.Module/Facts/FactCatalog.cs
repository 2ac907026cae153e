using System.Collections.Frozen;

namespace GravityNet.Facts;

/// <summary>
/// The facts that a node can be asked for and the command behind each. The names are those of the snapshot format, and of a
/// <c>gravity report</c> where that has the fact.
/// </summary>
public static class FactCatalog
{
    /// <summary>One fact's command.</summary>
    /// <param name="Name">The fact's name: the file name in a snapshot, without <c>.txt</c>.</param>
    /// <param name="Command">A POSIX shell command that only reads.</param>
    /// <param name="Package">The Debian package that brings the command's tool, for the remedy where it is missing.</param>
    public sealed record FactCommand(string Name, string Command, string Package)
    {
        /// <summary>The tool: the command's first word, unless a shell is needed around it.</summary>
        public string Tool { get => field ?? Command.Split(' ', 2)[0]; init; }

        /// <summary>
        /// The tool whose place this one may hold: the fact is asked where a node has this tool, and it is another program than that one. Null where it is always asked.
        /// </summary>
        public string? Beside { get; init; }

        /// <summary>Whether it is a file that only the host, or only Gravity's container on it, has; else a tool that is missing makes the difference.</summary>
        public bool IsFile { get; init; }

        /// <summary>
        /// Whether a node that lives can have nothing to print: no entry, no bridge, no connection, no message. Else the tool prints a header, or what every node has (lo
        /// and its routes, the three rules of the policy, a group that an interface listens to).
        /// </summary>
        public bool CanBeEmpty { get; init; }

        /// <summary>
        /// Commands that tell the same, or a part of it, on a node where the tool is missing or is another one (busybox), the best first. The parsers know their texts.
        /// A glob stands inside an <c>sh -c</c> of its own: it is for the network namespace that the command runs in.
        /// </summary>
        public IReadOnlyList<string> Otherwise { get; init; } = [];

        /// <summary>The command and those that stand in for it, in the order in which they are tried.</summary>
        public IEnumerable<string> Ways => Otherwise.Prepend(Command);
    }

    // sysctl -a walks all of /proc/sys, which takes seconds on a node with thousands of interfaces: name the subtrees that are needed.
    private const string Sysctl = "sysctl -a -r '^net\\.(ipv[46]\\.(conf\\.|ip_forward|neigh\\.default\\.gc_)|bridge\\.|netfilter\\.nf_conntrack_(max|count|buckets))'";

    // The kernel's own files for the same (proc(5), ip-sysctl): grep names each file that it prints. Its exit code 2 tells of files that are not there.
    private const string SysctlFiles = "sh -c 'grep -s . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/forwarding /proc/sys/net/ipv4/conf/*/rp_filter /proc/sys/net/bridge/* /proc/sys/net/netfilter/nf_conntrack_[mcb][aou]*; [ $? != 127 ]'";

    private const string ForwardingFiles = "sh -c 'grep -s . /proc/sys/net/ipv4/conf/*/forwarding /proc/sys/net/ipv4/conf/*/rp_filter; [ $? != 127 ]'";

    // The last lines: a log has no bound of its own. The tool's exit code is that of the whole, and so is the reason where it may not read.
    private const int LogLines = FlannelLogScript.Lines;

    private static readonly string Dmesg = $"sh -c 'log=$(dmesg) || exit; printf \"%s\\n\" \"$log\" | tail -n {LogLines}'";

    // each list has its name before its lines; a node without lists has an empty folder, or none
    private const string XtRecent = "sh -c 'grep -sH . /proc/net/xt_recent/*; [ $? != 127 ]'";

    // iptables-nft's tables may be a hundred megabytes as JSON: where only kube-proxy's are asked for, only these are listed
    private const string NftServices = """sh -c 't=$(nft -j list tables) || exit; printf "%s\n" "$t"; for f in ip ip6; do case $t in *"\"family\": \"$f\", \"name\": \"kube-proxy\""*) nft -j list table $f kube-proxy || exit ;; esac; done'""";

    private static readonly FactCommand[] NodeFacts =
    [
        new("hostname", "hostname", "hostname") { Otherwise = ["cat /proc/sys/kernel/hostname"] },
        new("uname", "uname -a", "coreutils"),
        // busybox knows no -d, and of -d's words none; 'neigh' is its one word for neighbors
        new("ip-addr", "ip -d addr show", "iproute2") { Otherwise = ["ip addr show"] },
        new("ip-link", "ip -d link show", "iproute2") { Otherwise = ["ip link show"] },
        new("ip-route", "ip -d route show table all", "iproute2") { Otherwise = ["ip route show table all"] },
        new("ip-rule", "ip -d rule show", "iproute2") { Otherwise = ["ip rule show"] },
        // nexthop objects came with Linux 5.3
        new("ip-nexthop", "ip -d nexthop show", "iproute2") { CanBeEmpty = true },
        // without a family it tells those of IPv4 alone
        new("ip6-rule", "ip -6 -d rule show", "iproute2") { Otherwise = ["ip -6 rule show"], CanBeEmpty = true },
        new("ip-neighbor", "ip -d neighbor show", "iproute2") { Otherwise = ["ip neigh show", "cat /proc/net/arp"], CanBeEmpty = true },
        new("ip-netconf", "ip -d netconf show", "iproute2") { Otherwise = [ForwardingFiles] },
        new("ip-stats", "ip -s -s link show", "iproute2") { Otherwise = ["cat /proc/net/dev"] },
        // the rows of a VXLAN device come over netlink alone: no file of the kernel's has them
        new("bridge-fdb", "bridge fdb show", "iproute2"),
        new("bridge-link", "bridge -d link show", "iproute2") { CanBeEmpty = true },
        new("bridge-vlan", "bridge vlan show", "iproute2") { CanBeEmpty = true },
        new("brctl-show", "brctl show", "bridge-utils") { Otherwise = ["sh -c 'ls -l /sys/class/net/*/brport/bridge'"] },
        new("brctl-showmacs", "brctl showmacs cni0", "bridge-utils") { Otherwise = ["od -An -v -tx1 -w16 /sys/class/net/cni0/brforward"], CanBeEmpty = true },
        new("iptables", "iptables-save -c", "iptables") { CanBeEmpty = true },
        new("iptables-legacy", "iptables-legacy-save -c", "iptables") { Beside = "iptables-save", CanBeEmpty = true },
        new("iptables-nft", "iptables-nft-save -c", "iptables") { Beside = "iptables-save", CanBeEmpty = true },
        new("ip6tables", "ip6tables-save -c", "iptables") { CanBeEmpty = true },
        new("conntrack", "conntrack -L", "conntrack") { Otherwise = ["cat /proc/net/nf_conntrack"], CanBeEmpty = true },
        new("conntrack-stats", "conntrack -S", "conntrack") { Otherwise = ["cat /proc/net/stat/nf_conntrack"] },
        new("nstat", "nstat -asz", "iproute2") { Otherwise = ["cat /proc/net/snmp /proc/net/netstat"] },
        new("sysctl", Sysctl, "procps") { Otherwise = [SysctlFiles] },
        new("ss-udp", "ss -uanp", "iproute2") { Otherwise = ["cat /proc/net/udp /proc/net/udp6"] },
        new("ss-tcp", "ss -tlnp", "iproute2") { Otherwise = ["cat /proc/net/tcp /proc/net/tcp6"] },
        new("ethtool-k", "ethtool -k flannel.1", "ethtool"),
        new("ethtool-i", "ethtool -i flannel.1", "ethtool"),
        new("subnet-env", "cat /run/flannel/subnet.env", "coreutils") { IsFile = true, CanBeEmpty = true },
        new("brctl-showstp", "brctl showstp cni0", "bridge-utils") { CanBeEmpty = true },
        new("nft", "nft -j list ruleset", "nftables"),
        new(NftKubeProxy, NftServices, "nftables") { Tool = "nft", CanBeEmpty = true },
        new("ipset", "ipset save", "ipset") { CanBeEmpty = true },
        new("ipvs", "ipvsadm -Sn", "ipvsadm") { CanBeEmpty = true },
        new("xt-recent", XtRecent, "grep") { Tool = "grep", CanBeEmpty = true },
        new("lsmod", "lsmod", "kmod") { Otherwise = ["cat /proc/modules"] },
        new("dmesg", Dmesg, "util-linux") { Tool = "dmesg", Otherwise = [$"journalctl -q -k -o short-iso --no-pager -n {LogLines}"], CanBeEmpty = true },
        new("flanneld-log", FlannelLogScript.Journal, "systemd") { Tool = "journalctl", IsFile = true, Otherwise = [FlannelLogScript.Pod, FlannelLogScript.Rancher], CanBeEmpty = true },
        // sockets in the state LISTEN (proc(5)); a node may have a hundred thousand others
        new("tcp-listeners", "grep -hs ' 0A ' /proc/net/tcp /proc/net/tcp6", "grep") { CanBeEmpty = true },
        new("etcd-files", "ls -d " + string.Join(' ', EtcdFiles.Known.Select(f => f.Cert)), "coreutils") { CanBeEmpty = true },
    ];

    // as the API serves them: no discovery of its types comes before, and nothing is kept in the node's ~/.kube
    private static readonly FactCommand[] KubeFacts =
    [
        new("kube-nodes", "kubectl get --raw /api/v1/nodes", "kubernetes-client"),
        new("kube-pods", "kubectl get --raw /api/v1/pods", "kubernetes-client"),
        new("kube-services", "kubectl get --raw /api/v1/services", "kubernetes-client"),
        new("kube-endpoints", "kubectl get --raw /api/v1/endpoints", "kubernetes-client"),
        new("kube-endpointslices", "kubectl get --raw /apis/discovery.k8s.io/v1/endpointslices", "kubernetes-client")
        {
            // clusters from 1.17 to 1.20
            Otherwise = ["kubectl get --raw /apis/discovery.k8s.io/v1beta1/endpointslices"],
        },
    ];

    private static readonly FrozenDictionary<string, FactCommand> ByName = NodeFacts.Concat(KubeFacts).ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    /// <summary>Facts of the cluster's own stores, as a snapshot names them.</summary>
    public static IReadOnlyList<string> ClusterFacts { get; } =
        ["etcd-v2", "etcd-v3", "kube-nodes", "kube-pods", "kube-services", "kube-endpoints", "kube-endpointslices"];

    /// <summary>
    /// The facts that hold the IPv4 packet filter's rules: those of the node's default <c>iptables-save</c>, then those of either flavour. A packet passes the rules of
    /// both flavours, and the tools of each show its own alone (iptables(8), xtables-nft(8)).
    /// </summary>
    public static IReadOnlyList<string> IptablesFacts { get; } = ["iptables", "iptables-legacy", "iptables-nft"];

    /// <summary>kube-proxy's own tables of nf_tables, a part of the fact <c>nft</c> that costs less where other tables are large.</summary>
    public const string NftKubeProxy = "nft-kube-proxy";

    /// <summary>What tells of kube-proxy's other modes than iptables: its tables of nf_tables, the kernel's load balancer with the sets of its rules, and the node's addresses.</summary>
    public static IReadOnlyList<string> ServiceModeFacts { get; } = [NftKubeProxy, "ipvs", "ipset", "ip-addr"];

    /// <summary>Facts read inside each pod's network namespace.</summary>
    public static IReadOnlyList<string> PodFacts { get; } = ["ip-addr", "ip-route", "ip-neighbor", "iptables", "ss-tcp", "ss-udp", "sysctl"];

    /// <summary>Every fact that a node can be asked for.</summary>
    public static IReadOnlyList<FactCommand> All => NodeFacts;

    /// <summary>The command of a fact.</summary>
    /// <exception cref="ArgumentException">No fact has that name.</exception>
    public static FactCommand Get(string name) =>
        ByName.TryGetValue(name, out var fact) ? fact : throw new ArgumentException($"No fact is named '{name}'.", nameof(name));

    /// <summary>The tool behind a fact; the fact's own name where it has no command.</summary>
    public static string ToolOf(string name) => ByName.TryGetValue(LastPart(name), out var fact) ? fact.Tool : name;

    /// <summary>Whether a fact's text can rightly be empty; so it is of one that has no command.</summary>
    public static bool CanBeEmpty(string name) => !ByName.TryGetValue(LastPart(name), out var fact) || fact.CanBeEmpty;

    /// <summary>The Debian package that brings a fact's tool; null where the fact has no command.</summary>
    public static string? PackageOf(string name) => ByName.TryGetValue(LastPart(name), out var fact) ? fact.Package : null;

    private static string LastPart(string name) => name[(name.LastIndexOf('/') + 1)..];
}
