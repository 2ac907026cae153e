using System.Globalization;
using System.Text;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Parts;

/// <summary>
/// The iptables rules that kube-proxy 1.26 has for services on a node, each as iptables-save prints it; see pkg/proxy/iptables/proxier.go and
/// pkg/proxy/topology.go of Kubernetes. A test holds them against the rules of a real one.
/// </summary>
internal static class KubeProxyRules
{
    private const string Mangle = """
        *mangle
        :KUBE-PROXY-CANARY - [0:0]
        COMMIT

        """;

    private const string FilterHead = """
        *filter
        :KUBE-EXTERNAL-SERVICES - [0:0]
        :KUBE-FORWARD - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-PROXY-CANARY - [0:0]
        :KUBE-PROXY-FIREWALL - [0:0]
        :KUBE-SERVICES - [0:0]
        -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -I INPUT 2 -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS
        -I INPUT 3 -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
        -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -I FORWARD 2 -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
        -I FORWARD 3 -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -I FORWARD 4 -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
        -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -I OUTPUT 2 -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
        -A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
        -A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT

        """;

    private const string NatHead = """
        *nat
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-PROXY-CANARY - [0:0]
        :KUBE-SERVICES - [0:0]

        """;

    private const string NatJumps = """
        -I PREROUTING 1 -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -I OUTPUT 1 -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -I POSTROUTING 1 -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
        -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully

        """;

    /// <summary>The last rule of KUBE-SERVICES.</summary>
    public const string NodePortsRule =
        "-A KUBE-SERVICES -m comment --comment \"kubernetes service nodeports; NOTE: this must be the last rule in this chain\" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS";

    /// <summary>All rules, in the form that <c>iptables-restore --noflush</c> reads.</summary>
    /// <param name="services">The services with their endpoints.</param>
    /// <param name="node">The node whose rules these are.</param>
    public static string Write(IReadOnlyList<ServiceEndpoints> services, NodePlan node)
    {
        var (filter, chains, nat) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var service in services.Where(s => s.Plan.HasRules))
        {
            foreach (var port in service.Plan.Ports)
                new Port(service, new PortNames(service.Plan, port, keepsColon: false), node, filter, chains, nat).Write();
        }

        var text = new StringBuilder(Mangle);
        text.Append(FilterHead).AppendJoin("", filter.Select(r => r + "\n")).Append("COMMIT\n");
        text.Append(NatHead).AppendJoin("", chains.Select(c => $":{c} - [0:0]\n"));
        text.Append(NatJumps).AppendJoin("", nat.Append(NodePortsRule).Select(r => r + "\n")).Append("COMMIT\n");
        return text.ToString();
    }

    /// <summary>
    /// The probability of the first of so many endpoints, as iptables prints it: kube-proxy writes ten digits, and the kernel keeps parts of 2^31.
    /// </summary>
    public static string Probability(int endpoints) => string.Create(
        CultureInfo.InvariantCulture, $"{Math.Round(Math.Round(1.0 / endpoints, 10) * 0x80000000L) / 0x80000000L:0.00000000000}");

    /// <summary>The rules for one port of a service.</summary>
    private sealed class Port
    {
        private readonly ServicePlan _plan;
        private readonly PortNames _port;
        private readonly NodePlan _node;
        private readonly List<string> _filter;
        private readonly List<string> _chains;
        private readonly List<string> _nat;
        private readonly IReadOnlyList<Endpoint> _cluster;
        private readonly IReadOnlyList<Endpoint> _local;
        private readonly bool _hasEndpoints;

        public Port(ServiceEndpoints service, PortNames port, NodePlan node, List<string> filter, List<string> chains, List<string> nat)
        {
            (_plan, _port, _node, _filter, _chains, _nat) = (service.Plan, port, node, filter, chains, nat);
            // what comes from the cluster itself may go to all endpoints even where others' traffic has to stay on the node
            var usesCluster = !_plan.IsInternalLocal || _plan.IsExternal;
            var usesLocal = _plan.IsInternalLocal || (_plan.IsExternal && _plan.IsExternalLocal);
            _cluster = usesCluster ? Usable(service.Endpoints) : [];
            _local = usesLocal ? Usable([.. service.Endpoints.Where(e => e.Node == node.Name)]) : [];
            _hasEndpoints = Usable(service.Endpoints).Count > 0;
        }

        private bool HasInternal => _hasEndpoints && (!_plan.IsInternalLocal || _local.Count > 0);

        private bool HasExternal => _hasEndpoints && (!_plan.IsExternalLocal || _local.Count > 0);

        private string InternalChain => _plan.IsInternalLocal ? _port.LocalChain : _port.Chain;

        private bool HasFirewall => _hasEndpoints && _plan is { LoadBalancerIp: not null, SourceRanges.Count: > 0 };

        public void Write()
        {
            if (HasInternal)
                Nat($"-A KUBE-SERVICES {_port.To(_plan.ClusterIp, $"{_port.FullName} cluster IP")} -j {InternalChain}");
            else
                _filter.Add($"-A KUBE-SERVICES {_port.To(_plan.ClusterIp, Lack)} -j {Refusal}");
            WriteExternalAddresses();
            if (_plan.HealthCheckNodePort is { } health)
                _filter.Add($"-A KUBE-NODEPORTS -p tcp -m comment --comment \"{_port.FullName} health check node port\" -m tcp --dport {health} -j ACCEPT");
            if (HasInternal)
                Nat($"-A {InternalChain} ! -s {ClusterPlan.PodNetwork} {_port.To(_plan.ClusterIp, $"{_port.FullName} cluster IP")} -j KUBE-MARK-MASQ");
            if (_hasEndpoints && _plan.IsExternal)
                WriteExternalChain();
            if (HasFirewall)
                WriteFirewallChain();
            if (_cluster.Count > 0)
                WriteSpread(_port.Chain, _cluster);
            if (_local.Count > 0)
                WriteSpread(_port.LocalChain, _local);
            foreach (var endpoint in _cluster.Union(_local))
                WriteEndpoint(endpoint);
        }

        // where nothing is ready, what is going but still answers is better than nothing
        private static IReadOnlyList<Endpoint> Usable(IReadOnlyList<Endpoint> endpoints) =>
            endpoints.Any(e => e.IsReady) ? [.. endpoints.Where(e => e.IsReady)] : [.. endpoints.Where(e => e is { IsServing: true, IsTerminating: true })];

        private string Lack => $"{_port.FullName} has no {(_hasEndpoints ? "local " : "")}endpoints";

        private string Refusal => _hasEndpoints ? "DROP" : "REJECT --reject-with icmp-port-unreachable";

        private void WriteExternalAddresses()
        {
            foreach (var address in _plan.ExternalIps)
                WriteExternalAddress(address, "external IP", _port.ExternalChain);
            if (_plan.LoadBalancerIp is { } balancer)
            {
                WriteExternalAddress(balancer, "loadbalancer IP", HasFirewall ? _port.FirewallChain : _port.ExternalChain);
                if (HasFirewall)
                    _filter.Add($"-A KUBE-PROXY-FIREWALL {_port.To(balancer, $"{_port.FullName} traffic not accepted by {_port.FirewallChain}")} -j DROP");
            }

            if (_port.NodePort is { } nodePort)
            {
                if (_hasEndpoints)
                    Nat($"-A KUBE-NODEPORTS {_port.Match(_port.FullName, nodePort)} -j {_port.ExternalChain}");
                if (!HasExternal)
                    _filter.Add($"-A KUBE-EXTERNAL-SERVICES {_port.Match(Lack, nodePort, "-m addrtype --dst-type LOCAL ")} -j {Refusal}");
            }
        }

        private void WriteExternalAddress(string address, string what, string chain)
        {
            if (_hasEndpoints)
                Nat($"-A KUBE-SERVICES {_port.To(address, $"{_port.FullName} {what}")} -j {chain}");
            if (!HasExternal)
                _filter.Add($"-A KUBE-EXTERNAL-SERVICES {_port.To(address, Lack)} -j {Refusal}");
        }

        private void WriteExternalChain()
        {
            var chain = _port.ExternalChain;
            string Comment(string what) => $"-m comment --comment \"{what} traffic for {_port.FullName} external destinations\"";
            _chains.Add(chain);
            if (!_plan.IsExternalLocal)
            {
                Nat($"-A {chain} {Comment("masquerade")} -j KUBE-MARK-MASQ");
                Nat($"-A {chain} -j {_port.Chain}");
                return;
            }

            Nat($"-A {chain} -s {ClusterPlan.PodNetwork} {Comment("pod")} -j {_port.Chain}");
            Nat($"-A {chain} {Comment("masquerade LOCAL")} -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ");
            Nat($"-A {chain} {Comment("route LOCAL")} -m addrtype --src-type LOCAL -j {_port.Chain}");
            if (_local.Count > 0)
                Nat($"-A {chain} -j {_port.LocalChain}");
        }

        private void WriteFirewallChain()
        {
            var chain = _port.FirewallChain;
            _chains.Add(chain);
            foreach (var range in _plan.SourceRanges)
                Nat($"-A {chain} -s {range} -m comment --comment \"{_port.FullName} loadbalancer IP\" -j {_port.ExternalChain}");
            // what a node sends to the balancer's address may have that address as its source
            if (_plan.SourceRanges.Any(r => System.Net.IPNetwork.Parse(r).Contains(System.Net.IPAddress.Parse(_node.Address))))
                Nat($"-A {chain} -s {_plan.LoadBalancerIp}/32 -m comment --comment \"{_port.FullName} loadbalancer IP\" -j {_port.ExternalChain}");
            Nat($"-A {chain} -m comment --comment \"other traffic to {_port.FullName} will be dropped by KUBE-PROXY-FIREWALL\"");
        }

        private void WriteSpread(string chain, IReadOnlyList<Endpoint> endpoints)
        {
            _chains.Add(chain);
            string Comment(Endpoint endpoint) => $"-m comment --comment \"{_port.FullName} -> {_port.Target(endpoint)}\"";
            foreach (var endpoint in _plan.AffinitySeconds is null ? [] : endpoints)
            {
                var target = _port.EndpointChain(endpoint);
                Nat($"-A {chain} {Comment(endpoint)} -m recent --rcheck --seconds {_plan.AffinitySeconds} --reap --name {target} --mask 255.255.255.255 --rsource -j {target}");
            }

            for (var i = 0; i < endpoints.Count; i++)
            {
                var left = endpoints.Count - i;
                var share = left > 1 ? $"-m statistic --mode random --probability {Probability(left)} " : "";
                Nat($"-A {chain} {Comment(endpoints[i])} {share}-j {_port.EndpointChain(endpoints[i])}");
            }
        }

        private void WriteEndpoint(Endpoint endpoint)
        {
            var chain = _port.EndpointChain(endpoint);
            _chains.Add(chain);
            var remember = _plan.AffinitySeconds is null ? "" : $"-m recent --set --name {chain} --mask 255.255.255.255 --rsource ";
            Nat($"-A {chain} -s {endpoint.Address}/32 -m comment --comment \"{_port.FullName}\" -j KUBE-MARK-MASQ");
            Nat($"-A {chain} -p {_port.Protocol} -m comment --comment \"{_port.FullName}\" {remember}-m {_port.Protocol} -j DNAT --to-destination {_port.Target(endpoint)}");
        }

        private void Nat(string rule) => _nat.Add(rule);
    }
}
