using GravityNet.Labs.Running;

namespace GravityNet.Labs.Parts;

/// <summary>
/// Does what kube-proxy in its iptables mode does on a node: the rules of all services, and the answers on health check ports.
/// Its jumps stand before flannel's and CNI's rules, as on nodes where kube-proxy came last.
/// </summary>
internal static class KubeProxy
{
    /// <summary>Loads the rules on a node and answers on its health check ports.</summary>
    public static async Task StartAsync(NodeHost node, IReadOnlyList<ServiceEndpoints> services, CancellationToken cancellationToken)
    {
        var rules = node.Cluster.Options.OldKubeProxy ? OldKubeProxyRules.Write(services, node.Plan) : KubeProxyRules.Write(services, node.Plan);
        await Command.RunAsync(Namespaces.Node(node.Pid, "iptables-restore", "--noflush"), rules, cancellationToken: cancellationToken);
        foreach (var service in services)
            await AnswerHealthChecksAsync(node, service, cancellationToken);
    }

    // kube-proxy tells a load balancer whether it is worth sending traffic for the service to this node
    private static async Task AnswerHealthChecksAsync(NodeHost node, ServiceEndpoints service, CancellationToken cancellationToken)
    {
        if (service.Plan.HealthCheckNodePort is not { } port)
            return;
        var count = service.Endpoints.Count(e => e.IsReady && e.Node == node.Plan.Name);
        var folder = $"/run/kube-proxy/{service.Plan.Name}";
        // the server runs this for its root
        node.Write($"{folder}/cgi-bin/index.cgi", $$"""
            #!/bin/sh
            printf 'Status: {{(count > 0 ? "200 OK" : "503 Service Unavailable")}}\r\nContent-Type: application/json\r\n\r\n'
            echo '{"service":{"namespace":"{{service.Plan.Namespace}}","name":"{{service.Plan.Name}}"},"localEndpoints":{{count}}}'

            """, NodeHost.Executable);
        await node.StartServiceAsync($"health-{service.Plan.Name}", $"busybox httpd -f -p {port} -h {folder}", cancellationToken);
    }
}
