using GravityNet.Facts;
using GravityNet.Findings;
using GravityNet.Overlay;

namespace GravityNet.Routing;

/// <summary>
/// Puts together what each interface of a node does with packets that are for others: <c>ip netconf</c>, sysctl where that says more, and what the two come to.
/// </summary>
internal static class NodeForwardings
{
    private const string All = "all";
    private const string Default = "default";
    private static readonly string[] Filters = ["off", "strict", "loose"];

    /// <summary>What it needs of each node.</summary>
    public static FactRequest Request { get; } = new("ip-netconf", "sysctl", "ip-addr", "ip-route");

    /// <summary>The rows of one node, in netconf's order.</summary>
    /// <param name="node">The node.</param>
    /// <param name="cluster">The cluster that it is one of: its leases tell which reverse path is the right one.</param>
    public static IEnumerable<NodeForwarding> Find(NodeState node, ClusterState cluster)
    {
        var switches = new Switches(node);
        var bridges = NodeBridges.LinksOf(node).ToDictionary(b => b.Interface);
        var own = cluster with { Nodes = [node] };
        var findings = new IDetector[] { new ForwardingOff(), new ReversePath() }.SelectMany(d => d.Find(own)).Where(f => f.IsError).ToList();
        foreach (var (family, name) in switches.Rows) yield return Of(node, cluster, switches, family, name, bridges.GetValueOrDefault(name), findings);
    }

    private static NodeForwarding Of(NodeState node, ClusterState cluster, Switches switches, string family, string name, Link? bridge, List<Finding> findings)
    {
        var unknown = new List<string>();
        var proof = new List<SourceLine>();
        var isIPv4 = family == "inet";
        var isReal = name is not (All or Default);
        var here = switches.Read(family, name, proof);
        var all = isReal ? switches.Read(family, All, proof) : here;
        if (here.Forwarding is null) unknown.Add($"forwarding: {switches.Reason}");
        if (isIPv4 && here.RpFilter.Length == 0) unknown.Add($"rp_filter: {switches.Reason}");
        else if (isReal && isIPv4 && all.RpFilter.Length == 0) unknown.Add($"rp_filter in effect: that of 'all' is unknown, {switches.Reason}");
        if (!isIPv4 && isReal && all.Forwarding is null) unknown.Add($"forwarding in effect: that of 'all' is unknown, {switches.Reason}");
        var filter = isReal && isIPv4 ? Larger(here.RpFilter, all.RpFilter) : "";
        var bridgeNf = bridge is null ? null : BridgeNf(bridge, switches, isIPv4 ? "iptables" : "ip6tables", proof, unknown);
        var lines = proof.Distinct().Select(p => p.ToString()).ToList();
        if (filter == "strict" && !cluster.Leases.IsKnown && VxlanFdb.DeviceOf(node)?.Interface == name) unknown.Add("whether the strict rp_filter drops anything: the leases are unknown");
        return new()
        {
            Node = node.Node,
            Interface = name,
            Family = family,
            Forwarding = here.Forwarding,
            RpFilter = here.RpFilter,
            McForwarding = here.McForwarding,
            ProxyNeigh = here.ProxyNeigh,
            IgnoreRoutesWithLinkdown = here.IgnoreRoutesWithLinkdown,
            EffectiveForwarding = name == Default ? null : isIPv4 || !isReal ? here.Forwarding : all.Forwarding == true || switches.IsForced(name, proof) ? true : all.Forwarding,
            EffectiveRpFilter = filter,
            EffectiveProxyNeigh = isReal ? Either(here.ProxyNeigh, all.ProxyNeigh) : null,
            BridgeNf = bridgeNf,
            IpForward = switches.IpForward(family),
            // what a finding about the whole node rests on is the line of the row
            Problems = isIPv4 && isReal ? [.. findings.Where(f => f.Interface == name || (f.Interface.Length == 0 && here.Source is { } line && f.Evidence.Contains(line.ToString()))).Select(f => f.Message)] : [],
            Unknown = unknown,
            Evidence = lines,
        };
    }

    private static string Larger(string one, string other)
    {
        var (a, b) = (Array.IndexOf(Filters, one), Array.IndexOf(Filters, other));
        // loose is the largest there is, whatever the other says
        return a == 2 || b == 2 ? Filters[2] : a < 0 || b < 0 ? "" : Filters[Math.Max(a, b)];
    }

    private static bool? Either(bool? one, bool? other) => one == true || other == true ? true : one is null || other is null ? null : false;

    // br_netfilter asks the namespace's switch, then the bridge's own
    private static bool? BridgeNf(Link bridge, Switches switches, string tool, List<SourceLine> proof, List<string> unknown)
    {
        var key = $"net.bridge.bridge-nf-call-{tool}";
        var node = switches.Line(key);
        if (node is not null) proof.Add(node.Source);
        if (node is not null && node.Value != "0") return true;
        if (node is null)
        {
            unknown.Add(switches.HasSysctl
                ? $"{key}: it is not in sysctl's answer; it exists only while br_netfilter is loaded"
                : $"{key}: {switches.SysctlReason}");
            return null;
        }

        var own = bridge.Device as BridgeDevice;
        if ((tool == "iptables" ? own?.CallsIptables : own?.CallsIp6tables) is not { } calls)
        {
            unknown.Add($"nf_call_{tool} of {bridge.Interface}: 'ip -d addr' does not print it");
            return null;
        }

        if (bridge.KindSource is { } line) proof.Add(line);
        return calls;
    }

    /// <summary>The switches of one interface, each from where it is told.</summary>
    private sealed class Switches
    {
        private readonly NodeState _node;
        private readonly ILookup<(string Family, string Interface), InterfaceForwarding> _netconf;
        private readonly Dictionary<string, Sysctl> _sysctl;

        public Switches(NodeState node)
        {
            _node = node;
            _sysctl = new(StringComparer.Ordinal);
            foreach (var setting in node.Sysctls.Records) _sysctl.TryAdd(setting.Key, setting);
            // one line an interface and family; a line a switch, where files were read
            _netconf = node.Forwarding.Records.ToLookup(f => (f.Family, f.Interface));
            Rows = [.. _netconf.Select(n => n.Key).Union(_sysctl.Keys.Select(RowOf).Where(r => r.Interface.Length > 0))];
        }

        public IReadOnlyList<(string Family, string Interface)> Rows { get; }

        public bool HasSysctl => _node.Sysctls.IsKnown;

        public string SysctlReason => _node.Sysctls.Reason;

        public string Reason => _node.Forwarding.IsKnown ? "neither netconf nor sysctl tells it" : _node.Forwarding.Reason;

        public Sysctl? Line(string key) => _sysctl.GetValueOrDefault(key);

        public bool? IpForward(string family) => Line(family == "inet" ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding") is { } line ? line.Value != "0" : null;

        // kernels from 6.17 on: the interface routes though 'all' does not
        public bool IsForced(string name, List<SourceLine> proof)
        {
            if (Line($"net.ipv6.conf.{KeyOf(name)}.force_forwarding") is not { } line || line.Value == "0") return false;
            proof.Add(line.Source);
            return true;
        }

        public Row Read(string family, string name, List<SourceLine> proof)
        {
            var told = _netconf[(family, name)].ToList();
            proof.AddRange(told.Select(t => t.Source));
            var root = $"net.{(family == "inet" ? "ipv4" : "ipv6")}.conf.{KeyOf(name)}.";
            var forwarding = told.Find(t => t.Forwarding is not null);
            var source = forwarding?.Source;
            SourceLine? other = null;
            return new(
                forwarding?.Forwarding ?? Switch("forwarding", ref source),
                told.Find(t => t.RpFilter.Length > 0)?.RpFilter ?? (family == "inet" ? Filter(Text("rp_filter", ref other)) : ""),
                told.Find(t => t.McForwarding is not null)?.McForwarding ?? Switch("mc_forwarding", ref other),
                told.Find(t => t.ProxyNeigh is not null)?.ProxyNeigh ?? Switch(family == "inet" ? "proxy_arp" : "proxy_ndp", ref other),
                told.Find(t => t.IgnoreRoutesWithLinkdown is not null)?.IgnoreRoutesWithLinkdown ?? Switch("ignore_routes_with_linkdown", ref other),
                source);

            static string Filter(string? value) => value switch { "0" => Filters[0], "1" => Filters[1], "2" => Filters[2], _ => "" };

            bool? Switch(string key, ref SourceLine? line) => Text(key, ref line) switch { null or "" => null, "0" => false, _ => true };

            string? Text(string key, ref SourceLine? line)
            {
                if (Line(root + key) is not { } found) return null;
                proof.Add(found.Source);
                line = found.Source;
                return found.Value;
            }
        }

        // net.ipv4.conf.flannel/1.forwarding
        private static (string Family, string Interface) RowOf(string key)
        {
            var parts = key.Split('.');
            return parts is ["net", "ipv4" or "ipv6", "conf", var name, "forwarding"] ? (parts[1] == "ipv4" ? "inet" : "inet6", name.Replace('/', '.')) : ("", "");
        }

        // sysctl swaps the dot of a name and its own separator
        private static string KeyOf(string name) => name.Replace('.', '/');
    }

    private sealed record Row(bool? Forwarding, string RpFilter, bool? McForwarding, bool? ProxyNeigh, bool? IgnoreRoutesWithLinkdown, SourceLine? Source);
}
