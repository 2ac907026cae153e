using System.Security.Cryptography;
using System.Text.Json;
using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

namespace GravityNet.Labs.Parts;

/// <summary>Calls the CNI plugins as the container runtime does, with the configuration that flannel's plugin would hand on.</summary>
internal static class PodNetwork
{
    private const string PluginFolder = "/usr/lib/cni";
    private const string CniVersion = "0.4.0";
    private const string NetworkName = "cbr0";

    /// <summary>Makes a pod's network namespace and plugs it into cni0; the first pod of a node brings cni0 with it.</summary>
    public static async Task<PodHost> AddAsync(NodeHost node, PodPlan plan, CancellationToken cancellationToken)
    {
        var containerId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var netNs = $"cni-{Guid.NewGuid()}";
        await node.RunAsync($"ip netns add {netNs}\nip -n {netNs} link set lo up", cancellationToken);
        var config = JsonSerializer.Serialize(new
        {
            cniVersion = CniVersion,
            name = NetworkName,
            type = "bridge",
            mtu = ClusterPlan.OverlayMtu,
            hairpinMode = true,
            ipMasq = false,
            isGateway = true,
            isDefaultGateway = true,
            ipam = new
            {
                type = "host-local",
                ranges = new[] { new[] { new { subnet = node.Plan.Subnet } } },
                routes = new[] { new { dst = ClusterPlan.PodNetwork } },
            },
        });
        var result = await CallAsync("bridge", node, plan, containerId, netNs, config, cancellationToken);
        using var answer = JsonDocument.Parse(result);
        var ip = answer.RootElement.GetProperty("ips")[0].GetProperty("address").GetString()!;
        var links = answer.RootElement.GetProperty("interfaces").EnumerateArray()
            .ToDictionary(i => i.GetProperty("name").GetString()!, i => i.GetProperty("mac").GetString()!);
        var veth = links.Keys.Single(n => n.StartsWith("veth", StringComparison.Ordinal));
        return new PodHost(plan, node, containerId, netNs, ip[..ip.IndexOf('/')], links["eth0"], veth, result);
    }

    /// <summary>Maps the pod's port of the node, where it has one.</summary>
    public static async Task MapPortAsync(PodHost pod, CancellationToken cancellationToken)
    {
        if (pod.Plan.HostPort is not { } hostPort)
            return;
        var config = JsonSerializer.Serialize(new
        {
            cniVersion = CniVersion,
            name = NetworkName,
            type = "portmap",
            capabilities = new { portMappings = true },
            runtimeConfig = new { portMappings = new[] { new { hostPort, containerPort = ClusterPlan.WebPort, protocol = "tcp" } } },
            prevResult = JsonSerializer.Deserialize<JsonElement>(pod.CniResult),
        });
        await CallAsync("portmap", pod.Node, pod.Plan, pod.ContainerId, pod.NetNs, config, cancellationToken);
    }

    private static Task<string> CallAsync(
        string plugin, NodeHost node, PodPlan pod, string containerId, string netNs, string config, CancellationToken cancellationToken) =>
        Command.RunAsync(
            Namespaces.Node(node.Pid,
                "env", "CNI_COMMAND=ADD", $"CNI_CONTAINERID={containerId}", $"CNI_NETNS=/var/run/netns/{netNs}", "CNI_IFNAME=eth0",
                $"CNI_PATH={PluginFolder}", $"CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE={pod.Namespace};K8S_POD_NAME={pod.Name}",
                $"{PluginFolder}/{plugin}"),
            config, cancellationToken: cancellationToken);
}
