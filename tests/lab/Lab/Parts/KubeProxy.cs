using System.Globalization;
using System.Text;
using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

namespace GravityNet.Labs.Parts;

/// <summary>
/// Writes the iptables rules that kube-proxy (1.26, iptables mode) writes for the lab's services, in its order and with its comments.
/// Its jumps stand before flannel's and CNI's rules, as on nodes where kube-proxy came last.
/// </summary>
internal static class KubeProxy
{
    private const string MasqueradeMark = "0x4000/0x4000";

    /// <summary>Loads the rules on a node.</summary>
    public static Task LoadAsync(NodeHost node, IReadOnlyList<ServiceEndpoints> services, CancellationToken cancellationToken) =>
        Command.RunAsync(Namespaces.Node(node.Pid, "iptables-restore", "--noflush"), Rules(node.Plan, services), cancellationToken: cancellationToken);

    // in the form that iptables-restore reads
    private static string Rules(NodePlan node, IReadOnlyList<ServiceEndpoints> services) => Mangle + Filter(node, services) + Nat(node, services);

    private const string Mangle = """
        *mangle
        :KUBE-PROXY-CANARY - [0:0]
        COMMIT

        """;

    private static string Filter(NodePlan node, IReadOnlyList<ServiceEndpoints> services)
    {
        var rules = new StringBuilder("""
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

            """);
        foreach (var (service, port) in PortsOf(services.Where(s => s.Addresses.Count == 0)))
        {
            Add(rules, $"-A KUBE-SERVICES -d {service.Plan.ClusterIp}/32 -p {port.Protocol} -m comment --comment \"{port.FullName} has no endpoints\" "
                + $"-m {port.Protocol} --dport {port.Port} -j REJECT --reject-with icmp-port-unreachable");
        }

        foreach (var (service, port) in PortsOf(services.Where(s => s.Addresses.Count > 0)))
        {
            if (service.Plan is { LoadBalancerIp: { } balancer, SourceRanges.Count: > 0 })
            {
                Add(rules, $"-A KUBE-PROXY-FIREWALL -d {balancer}/32 -p {port.Protocol} -m comment --comment \"{port.FullName} traffic not accepted by {port.FirewallChain}\" "
                    + $"-m {port.Protocol} --dport {port.Port} -j DROP");
            }

            if (service.Plan.IsExternalLocal && service.AddressesOn(node).Count == 0 && port.NodePort is { } nodePort)
            {
                Add(rules, $"-A KUBE-EXTERNAL-SERVICES -p {port.Protocol} -m comment --comment \"{port.FullName} has no local endpoints\" "
                    + $"-m addrtype --dst-type LOCAL -m {port.Protocol} --dport {nodePort} -j DROP");
            }
        }

        return rules.Append("COMMIT\n").ToString();
    }

    private static string Nat(NodePlan node, IReadOnlyList<ServiceEndpoints> services)
    {
        var ports = PortsOf(services.Where(s => s.Addresses.Count > 0)).ToList();
        var rules = new StringBuilder("""
            *nat
            :KUBE-MARK-MASQ - [0:0]
            :KUBE-NODEPORTS - [0:0]
            :KUBE-POSTROUTING - [0:0]
            :KUBE-PROXY-CANARY - [0:0]
            :KUBE-SERVICES - [0:0]

            """);
        foreach (var (service, port) in ports)
        {
            Add(rules, $":{port.Chain} - [0:0]");
            if (service.Plan.IsExternal)
                Add(rules, $":{port.ExternalChain} - [0:0]");
            if (UsesLocalChain(service, node))
                Add(rules, $":{port.LocalChain} - [0:0]");
            if (service.Plan.SourceRanges.Count > 0)
                Add(rules, $":{port.FirewallChain} - [0:0]");
            foreach (var address in service.Addresses)
                Add(rules, $":{port.EndpointChain(address)} - [0:0]");
        }

        rules.Append($"""
            -I PREROUTING 1 -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -I OUTPUT 1 -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -I POSTROUTING 1 -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
            -A KUBE-MARK-MASQ -j MARK --set-xmark {MasqueradeMark}
            -A KUBE-POSTROUTING -m mark ! --mark {MasqueradeMark} -j RETURN
            -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
            -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully

            """);
        foreach (var (service, port) in ports)
            AddPort(rules, node, service, port);
        Add(rules, "-A KUBE-SERVICES -m comment --comment \"kubernetes service nodeports; NOTE: this must be the last rule in this chain\" "
            + "-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS");
        return rules.Append("COMMIT\n").ToString();
    }

    private static void AddPort(StringBuilder rules, NodePlan node, ServiceEndpoints service, PortNames port)
    {
        var clusterIp = $"-d {service.Plan.ClusterIp}/32 -p {port.Protocol} -m comment --comment \"{port.FullName} cluster IP\" -m {port.Protocol} --dport {port.Port}";
        Add(rules, $"-A KUBE-SERVICES {clusterIp} -j {port.Chain}");
        foreach (var address in service.Plan.ExternalIps)
            AddDestination(rules, port, address, "external IP", port.ExternalChain);
        if (service.Plan.LoadBalancerIp is { } balancer)
            AddDestination(rules, port, balancer, "loadbalancer IP", service.Plan.SourceRanges.Count > 0 ? port.FirewallChain : port.ExternalChain);
        if (port.NodePort is { } nodePort)
            Add(rules, $"-A KUBE-NODEPORTS -p {port.Protocol} -m comment --comment \"{port.FullName}\" -m {port.Protocol} --dport {nodePort} -j {port.ExternalChain}");
        if (service.Plan.IsExternal)
            AddExternal(rules, node, service, port);
        foreach (var range in service.Plan.SourceRanges)
            Add(rules, $"-A {port.FirewallChain} -s {range} -m comment --comment \"{port.FullName} loadbalancer IP\" -j {port.ExternalChain}");
        if (service.Plan.SourceRanges.Count > 0)
            Add(rules, $"-A {port.FirewallChain} -m comment --comment \"other traffic to {port.FullName} will be dropped by KUBE-PROXY-FIREWALL\"");

        Add(rules, $"-A {port.Chain} ! -s {ClusterPlan.PodNetwork} {clusterIp} -j KUBE-MARK-MASQ");
        AddSpread(rules, service, port, port.Chain, service.Addresses);
        if (UsesLocalChain(service, node))
            AddSpread(rules, service, port, port.LocalChain, service.AddressesOn(node));
        foreach (var address in service.Addresses)
        {
            var chain = port.EndpointChain(address);
            var remember = service.Plan.AffinitySeconds is null ? "" : $"-m recent --set --name {chain} --mask 255.255.255.255 --rsource ";
            Add(rules, $"-A {chain} -s {address}/32 -m comment --comment \"{port.FullName}\" -j KUBE-MARK-MASQ");
            Add(rules, $"-A {chain} -p {port.Protocol} -m comment --comment \"{port.FullName}\" {remember}-m {port.Protocol} -j DNAT --to-destination {address}:{port.TargetPort}");
        }
    }

    private static void AddDestination(StringBuilder rules, PortNames port, string address, string what, string chain) =>
        Add(rules, $"-A KUBE-SERVICES -d {address}/32 -p {port.Protocol} -m comment --comment \"{port.FullName} {what}\" -m {port.Protocol} --dport {port.Port} -j {chain}");

    // what comes from the cluster itself may go to all endpoints even where others' traffic has to stay on the node
    private static void AddExternal(StringBuilder rules, NodePlan node, ServiceEndpoints service, PortNames port)
    {
        var chain = port.ExternalChain;
        string Comment(string what) => $"-m comment --comment \"{what} traffic for {port.FullName} external destinations\"";
        if (!service.Plan.IsExternalLocal)
        {
            Add(rules, $"-A {chain} {Comment("masquerade")} -j KUBE-MARK-MASQ");
            Add(rules, $"-A {chain} -j {port.Chain}");
            return;
        }

        Add(rules, $"-A {chain} -s {ClusterPlan.PodNetwork} {Comment("pod")} -j {port.Chain}");
        Add(rules, $"-A {chain} {Comment("masquerade LOCAL")} -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ");
        Add(rules, $"-A {chain} {Comment("route LOCAL")} -m addrtype --src-type LOCAL -j {port.Chain}");
        if (UsesLocalChain(service, node))
            Add(rules, $"-A {chain} -j {port.LocalChain}");
    }

    private static void AddSpread(StringBuilder rules, ServiceEndpoints service, PortNames port, string chain, IReadOnlyList<string> addresses)
    {
        string Comment(string address) => $"-m comment --comment \"{port.FullName} -> {address}:{port.TargetPort}\"";
        foreach (var address in service.Plan.AffinitySeconds is null ? [] : addresses)
        {
            var endpoint = port.EndpointChain(address);
            Add(rules, $"-A {chain} {Comment(address)} -m recent --rcheck --seconds {service.Plan.AffinitySeconds} --reap --name {endpoint} --mask 255.255.255.255 --rsource -j {endpoint}");
        }

        for (var i = 0; i < addresses.Count; i++)
        {
            var left = addresses.Count - i;
            var share = left > 1
                ? string.Create(CultureInfo.InvariantCulture, $"-m statistic --mode random --probability {1.0 / left:0.00000000000} ")
                : "";
            Add(rules, $"-A {chain} {Comment(addresses[i])} {share}-j {port.EndpointChain(addresses[i])}");
        }
    }

    private static bool UsesLocalChain(ServiceEndpoints service, NodePlan node) => service.Plan.IsExternalLocal && service.AddressesOn(node).Count > 0;

    private static void Add(StringBuilder rules, string rule) => rules.Append(rule).Append('\n');

    private static IEnumerable<(ServiceEndpoints Service, PortNames Port)> PortsOf(IEnumerable<ServiceEndpoints> services) =>
        from service in services
        where service.Plan.ClusterIp != ServicePlan.Headless
        from port in service.Plan.Ports
        select (service, new PortNames(service.Plan, port));

    /// <summary>A port of a service under the names that rules give it.</summary>
    private sealed class PortNames(ServicePlan service, ServicePort port)
    {
        public string FullName { get; } = $"{service.Namespace}/{service.Name}:{port.Name}";

        public string Protocol { get; } = port.Protocol == "UDP" ? "udp" : "tcp";

        public int Port => port.Port;

        public int TargetPort => port.TargetPort;

        public int? NodePort => port.NodePort;

        public string Chain => KubeProxyNames.Service(FullName, Protocol);

        public string ExternalChain => KubeProxyNames.External(FullName, Protocol);

        public string LocalChain => KubeProxyNames.Local(FullName, Protocol);

        public string FirewallChain => KubeProxyNames.Firewall(FullName, Protocol);

        public string EndpointChain(string address) => KubeProxyNames.Endpoint(FullName, Protocol, $"{address}:{port.TargetPort}");
    }
}
