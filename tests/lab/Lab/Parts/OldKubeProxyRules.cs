using System.Net;
using System.Text;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Parts;

/// <summary>
/// The iptables rules that kube-proxy 1.18 has for services on a node, with those that kubelet of that time adds, each as iptables-save prints it; see
/// pkg/proxy/iptables/proxier.go of Kubernetes. It knows no internal traffic policy, and of endpoints those only that are ready. A test holds
/// the rules against those of a real one.
/// </summary>
internal static class OldKubeProxyRules
{
    private const string Head = """
        *mangle
        :KUBE-PROXY-CANARY - [0:0]
        COMMIT
        *filter
        :KUBE-EXTERNAL-SERVICES - [0:0]
        :KUBE-FIREWALL - [0:0]
        :KUBE-FORWARD - [0:0]
        :KUBE-PROXY-CANARY - [0:0]
        :KUBE-SERVICES - [0:0]
        -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -I INPUT 2 -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
        -I INPUT 3 -j KUBE-FIREWALL
        -I FORWARD 1 -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
        -I FORWARD 2 -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -I OUTPUT 2 -j KUBE-FIREWALL
        -A KUBE-FIREWALL -m comment --comment "kubernetes firewall for dropping marked packets" -m mark --mark 0x8000/0x8000 -j DROP
        -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
        -A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
        -A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack pod source rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack pod destination rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT

        """;

    private const string NatHead = """
        *nat
        :KUBE-MARK-DROP - [0:0]
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
        -A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000
        -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
        -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully

        """;

    /// <summary>All rules, in the form that <c>iptables-restore --noflush</c> reads.</summary>
    /// <param name="services">The services with their endpoints.</param>
    /// <param name="node">The node whose rules these are.</param>
    public static string Write(IReadOnlyList<ServiceEndpoints> services, NodePlan node)
    {
        var (filter, chains, nat) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var service in services.Where(s => s.Plan.HasRules))
        {
            foreach (var port in service.Plan.Ports)
                new Port(service, new PortNames(service.Plan, port, keepsColon: true), node, filter, chains, nat).Write();
        }

        var text = new StringBuilder(Head).AppendJoin("", filter.Select(r => r + "\n")).Append("COMMIT\n");
        text.Append(NatHead).AppendJoin("", chains.Select(c => $":{c} - [0:0]\n"));
        text.Append(NatJumps).AppendJoin("", nat.Append(KubeProxyRules.NodePortsRule).Select(r => r + "\n")).Append("COMMIT\n");
        return text.ToString();
    }

    /// <summary>The rules for one port of a service.</summary>
    private sealed class Port(ServiceEndpoints service, PortNames port, NodePlan node, List<string> filter, List<string> chains, List<string> nat)
    {
        private readonly ServicePlan _plan = service.Plan;
        private readonly IReadOnlyList<Endpoint> _endpoints = [.. service.Endpoints.Where(e => e.IsReady)];

        private bool HasEndpoints => _endpoints.Count > 0;

        private bool IsLocal => _plan.IsExternal && _plan.IsExternalLocal;

        private string ExternalChain => IsLocal ? port.BalancerChain : port.Chain;

        public void Write()
        {
            if (HasEndpoints)
                chains.Add(port.Chain);
            if (IsLocal)
                chains.Add(port.BalancerChain);
            var clusterIp = port.To(_plan.ClusterIp, $"{port.FullName} cluster IP");
            if (HasEndpoints)
            {
                nat.Add($"-A KUBE-SERVICES ! -s {ClusterPlan.PodNetwork} {clusterIp} -j KUBE-MARK-MASQ");
                nat.Add($"-A KUBE-SERVICES {clusterIp} -j {port.Chain}");
            }
            else
            {
                Refuse("KUBE-SERVICES", _plan.ClusterIp);
            }

            foreach (var address in _plan.ExternalIps)
                WriteExternalIp(address);
            if (_plan.LoadBalancerIp is { } balancer)
                WriteBalancer(balancer);
            if (port.NodePort is { } nodePort)
                WriteNodePort(nodePort);
            if (!HasEndpoints)
                return;
            WriteAffinity(port.Chain, _endpoints);
            WriteSpread(port.Chain, _endpoints, _ => port.FullName);
            foreach (var endpoint in _endpoints)
                WriteEndpoint(endpoint);
            if (IsLocal)
                WriteLocal();
        }

        private void Refuse(string chain, string address) =>
            filter.Add($"-A {chain} {port.To(address, $"{port.FullName} has no endpoints")} -j REJECT --reject-with icmp-port-unreachable");

        // not for pods, whose packets come in by a bridge, and not for the node itself
        private void WriteExternalIp(string address)
        {
            if (!HasEndpoints)
            {
                Refuse("KUBE-EXTERNAL-SERVICES", address);
                return;
            }

            var to = port.To(address, $"{port.FullName} external IP");
            nat.Add($"-A KUBE-SERVICES {to} -j KUBE-MARK-MASQ");
            nat.Add($"-A KUBE-SERVICES {to} -m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j {port.Chain}");
            nat.Add($"-A KUBE-SERVICES {to} -m addrtype --dst-type LOCAL -j {port.Chain}");
        }

        private void WriteBalancer(string address)
        {
            if (!HasEndpoints)
            {
                Refuse("KUBE-SERVICES", address);
                return;
            }

            var chain = port.FirewallChain;
            var comment = $"-m comment --comment \"{port.FullName} loadbalancer IP\"";
            chains.Add(chain);
            nat.Add($"-A KUBE-SERVICES {port.To(address, $"{port.FullName} loadbalancer IP")} -j {chain}");
            if (!IsLocal)
                nat.Add($"-A {chain} {comment} -j KUBE-MARK-MASQ");
            if (_plan.SourceRanges.Count == 0)
                nat.Add($"-A {chain} {comment} -j {ExternalChain}");
            foreach (var range in _plan.SourceRanges)
                nat.Add($"-A {chain} -s {range} {comment} -j {ExternalChain}");
            if (_plan.SourceRanges.Any(r => IPNetwork.Parse(r).Contains(IPAddress.Parse(node.Address))))
                nat.Add($"-A {chain} -s {address}/32 {comment} -j {ExternalChain}");
            nat.Add($"-A {chain} {comment} -j KUBE-MARK-DROP");
        }

        private void WriteNodePort(int nodePort)
        {
            if (!HasEndpoints)
            {
                filter.Add($"-A KUBE-EXTERNAL-SERVICES {port.Match($"{port.FullName} has no endpoints", nodePort, "-m addrtype --dst-type LOCAL ")} -j REJECT --reject-with icmp-port-unreachable");
                return;
            }

            var match = port.Match(port.FullName, nodePort);
            nat.Add($"-A KUBE-NODEPORTS {(IsLocal ? "-s 127.0.0.0/8 " : "")}{match} -j KUBE-MARK-MASQ");
            nat.Add($"-A KUBE-NODEPORTS {match} -j {ExternalChain}");
        }

        private void WriteLocal()
        {
            var chain = port.BalancerChain;
            nat.Add($"-A {chain} -s {ClusterPlan.PodNetwork} -m comment --comment \"Redirect pods trying to reach external loadbalancer VIP to clusterIP\" -j {port.Chain}");
            nat.Add($"-A {chain} -m comment --comment \"masquerade LOCAL traffic for {port.FullName} LB IP\" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ");
            nat.Add($"-A {chain} -m comment --comment \"route LOCAL traffic for {port.FullName} LB IP to service chain\" -m addrtype --src-type LOCAL -j {port.Chain}");
            List<Endpoint> local = [.. _endpoints.Where(e => e.Node == node.Name)];
            if (local.Count == 0)
            {
                nat.Add($"-A {chain} -m comment --comment \"{port.FullName} has no local endpoints\" -j KUBE-MARK-DROP");
                return;
            }

            WriteAffinity(chain, local);
            WriteSpread(chain, local, i => $"Balancing rule {i} for {port.FullName}");
        }

        private void WriteAffinity(string chain, IReadOnlyList<Endpoint> endpoints)
        {
            foreach (var target in _plan.AffinitySeconds is null ? [] : endpoints.Select(port.EndpointChain))
                nat.Add($"-A {chain} -m comment --comment \"{port.FullName}\" -m recent --rcheck --seconds {_plan.AffinitySeconds} --reap --name {target} --mask 255.255.255.255 --rsource -j {target}");
        }

        private void WriteSpread(string chain, IReadOnlyList<Endpoint> endpoints, Func<int, string> comment)
        {
            for (var i = 0; i < endpoints.Count; i++)
            {
                var left = endpoints.Count - i;
                var share = left > 1 ? $"-m statistic --mode random --probability {KubeProxyRules.Probability(left)} " : "";
                nat.Add($"-A {chain} -m comment --comment \"{comment(i)}\" {share}-j {port.EndpointChain(endpoints[i])}");
            }
        }

        private void WriteEndpoint(Endpoint endpoint)
        {
            var chain = port.EndpointChain(endpoint);
            chains.Add(chain);
            var remember = _plan.AffinitySeconds is null ? "" : $"-m recent --set --name {chain} --mask 255.255.255.255 --rsource ";
            nat.Add($"-A {chain} -s {endpoint.Address}/32 -m comment --comment \"{port.FullName}\" -j KUBE-MARK-MASQ");
            nat.Add($"-A {chain} -p {port.Protocol} -m comment --comment \"{port.FullName}\" {remember}-m {port.Protocol} -j DNAT --to-destination {port.Target(endpoint)}");
        }
    }
}
