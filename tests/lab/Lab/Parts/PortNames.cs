using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Parts;

/// <summary>A port of a service under the names that kube-proxy gives it.</summary>
/// <param name="service">The service.</param>
/// <param name="port">Its port.</param>
/// <param name="keepsColon">Whether a port without a name leaves a colon at the end, as in kube-proxy before 1.20.</param>
internal sealed class PortNames(ServicePlan service, ServicePort port, bool keepsColon)
{
    /// <summary>Namespace, service and port name, as in default/web:http.</summary>
    public string FullName { get; } = $"{service.Namespace}/{service.Name}{(port.Name.Length > 0 || keepsColon ? ":" : "")}{port.Name}";

    /// <summary>The protocol as iptables names it.</summary>
    public string Protocol { get; } = port.Protocol switch
    {
        "UDP" => "udp",
        "SCTP" => "sctp",
        _ => "tcp",
    };

    /// <summary>The port of the service's addresses.</summary>
    public int Port => port.Port;

    /// <summary>The port of every node, or null.</summary>
    public int? NodePort => port.NodePort;

    /// <summary>The chain that spreads connections over all endpoints.</summary>
    public string Chain => KubeProxyNames.Service(FullName, Protocol);

    /// <summary>The chain for connections from outside the cluster.</summary>
    public string ExternalChain => KubeProxyNames.External(FullName, Protocol);

    /// <summary>The chain that spreads connections over the endpoints of this node.</summary>
    public string LocalChain => KubeProxyNames.Local(FullName, Protocol);

    /// <summary>The chain of a load balancer's address.</summary>
    public string FirewallChain => KubeProxyNames.Firewall(FullName, Protocol);

    /// <summary>The chain for connections from outside to the endpoints of this node, in kube-proxy before 1.24.</summary>
    public string BalancerChain => KubeProxyNames.Balancer(FullName, Protocol);

    /// <summary>Address and port of an endpoint.</summary>
    public string Target(Endpoint endpoint) => $"{endpoint.Address}:{port.TargetPort}";

    /// <summary>The chain that leads to an endpoint.</summary>
    public string EndpointChain(Endpoint endpoint) => KubeProxyNames.Endpoint(FullName, Protocol, Target(endpoint));

    /// <summary>The match of one of the service's addresses, with a comment.</summary>
    public string To(string address, string comment) => $"-d {address}/32 {Match(comment, port.Port)}";

    /// <summary>The match of a destination port, with a comment and more matches between both.</summary>
    public string Match(string comment, int destination, string more = "") =>
        $"-p {Protocol} -m comment --comment \"{comment}\" {more}-m {Protocol} --dport {destination}";
}
