using System.Text.Json;
using System.Text.Json.Nodes;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Parts;

/// <summary>One subnet lease, as flannel keeps it in etcd.</summary>
/// <param name="Subnet">The pod subnet in CIDR form.</param>
/// <param name="PublicIp">The node's address on the underlay.</param>
/// <param name="VtepMac">The MAC of the node's flannel.1.</param>
internal sealed record Lease(string Subnet, string PublicIp, string VtepMac)
{
    /// <summary>The lease's key below flannel's folder: the slash of the subnet becomes a dash.</summary>
    public string Key => KeyOf(Subnet);

    /// <summary>The lease's value: compact JSON in flannel's order.</summary>
    public string Value => $$$"""{"PublicIP":"{{{PublicIp}}}","BackendType":"vxlan","BackendData":{"VtepMAC":"{{{VtepMac}}}"}}""";

    /// <summary>What flannel's annotations of a node start with.</summary>
    public const string AnnotationPrefix = "flannel.alpha.coreos.com/";

    /// <summary>The lease as flannel's --kube-subnet-mgr writes it on the node; the subnet is the node's podCIDR.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Annotations =>
    [
        new(AnnotationPrefix + "backend-data", $$"""{"VNI":{{ClusterPlan.Vni}},"VtepMAC":"{{VtepMac}}"}"""),
        new(AnnotationPrefix + "backend-type", "vxlan"),
        new(AnnotationPrefix + "kube-subnet-manager", "true"),
        new(AnnotationPrefix + "public-ip", PublicIp),
    ];

    /// <summary>The network configuration that flannel reads first.</summary>
    public static string Config =>
        $$$"""{"Network":"{{{ClusterPlan.PodNetwork}}}","Backend":{"Type":"vxlan","VNI":{{{ClusterPlan.Vni}}},"Port":{{{ClusterPlan.VxlanPort}}}}}""";

    /// <summary>The key of a subnet's lease.</summary>
    public static string KeyOf(string subnet) => "subnets/" + subnet.Replace('/', '-');

    /// <summary>Reads the leases from etcd's answer for the folder of subnets.</summary>
    public static IReadOnlyList<Lease> Parse(string json) =>
        [.. JsonNode.Parse(json)!["node"]!["nodes"]!.AsArray().Select(n => Parse((string)n!["key"]!, (string)n["value"]!))];


    /// <summary>Reads a lease from its key and value.</summary>
    public static Lease Parse(string key, string json)
    {
        var name = key.Split('/')[^1];
        using var value = JsonDocument.Parse(json);
        return new Lease(
            name.Replace('-', '/'),
            value.RootElement.GetProperty("PublicIP").GetString()!,
            value.RootElement.GetProperty("BackendData").GetProperty("VtepMAC").GetString()!);
    }
}
