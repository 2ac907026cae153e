using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GravityNet.Snapshots;

/// <summary>
/// What of the stores goes into a snapshot: of Kubernetes' objects the members that the questions read, of etcd the keys of the network. Environment variables, annotations,
/// commands' arguments, volumes, images and whatever else may hold a secret stay where they are.
/// </summary>
internal static class StoreFilter
{
    private const string Network = "/coreos.com/network";

    // arguments that tell of the network: the questions read the services' range
    private static readonly string[] Arguments = ["--service-cluster-ip-range=", "--cluster-cidr=", "--proxy-mode=", "--hostname-override="];

    private const string Metadata = "name namespace labels* creationTimestamp deletionTimestamp";
    private const string Flannel = "flannel.alpha.coreos.com/";
    private const string Target = "targetRef(kind namespace name)";

    // since when a node's rules are behind
    private const string Changed = "annotations(endpoints.kubernetes.io/last-change-trigger-time)";

    private static readonly Dictionary<string, JsonShape> Shapes = new Dictionary<string, string>
    {
        ["kube-nodes"] = $"metadata({Metadata} annotations({Flannel}backend-type {Flannel}backend-data {Flannel}backend-v6-data {Flannel}public-ip {Flannel}public-ip-overwrite {Flannel}public-ipv6 {Flannel}kube-subnet-manager)) "
            + "spec(podCIDR podCIDRs unschedulable) status(addresses(type address) conditions(type status))",
        ["kube-pods"] = $"metadata({Metadata}) spec(nodeName hostNetwork containers(name ports(name containerPort hostPort hostIP protocol) command args)) "
            + "status(phase podIP podIPs(ip) hostIP conditions(type status))",
        ["kube-services"] = $"metadata({Metadata}) spec(clusterIP clusterIPs type ports(name port nodePort protocol targetPort appProtocol) selector* sessionAffinity sessionAffinityConfig(clientIP(timeoutSeconds)) "
            + "externalTrafficPolicy internalTrafficPolicy externalIPs loadBalancerIP publishNotReadyAddresses healthCheckNodePort loadBalancerSourceRanges externalName ipFamilies ipFamilyPolicy) status(loadBalancer(ingress(ip hostname)))",
        ["kube-endpoints"] = $"metadata({Metadata} {Changed}) subsets(addresses(ip nodeName {Target}) notReadyAddresses(ip nodeName {Target}) ports(name port protocol))",
        ["kube-endpointslices"] = $"metadata({Metadata} {Changed}) addressType ports(name port protocol) endpoints(addresses conditions(ready serving terminating) nodeName topology(kubernetes.io/hostname) zone {Target})",
    }.ToDictionary(s => s.Key, s => JsonShape.Parse(s.Value), StringComparer.Ordinal);

    /// <summary>What is kept of a store's answer; null, with the reason, where it is not what that store should say.</summary>
    public static string? Keep(string fact, string text, out string reason)
    {
        reason = "";
        try
        {
            var root = JsonNode.Parse(text.AsSpan().TrimStart('\uFEFF').ToString());
            switch (fact)
            {
                case "etcd-v2" when root is JsonObject answer:
                    return KeepV2(answer);
                case "etcd-v3" when root is JsonObject answer:
                    return KeepV3(answer);
                case var _ when Shapes.TryGetValue(fact, out var shape) && root is JsonObject list && list["items"] is JsonArray or null && list.ContainsKey("items"):
                    var items = shape.Keep(list["items"]);
                    if (fact == "kube-pods" && items is JsonArray pods) KeepArguments(pods);
                    return new JsonObject { ["kind"] = list["kind"]?.DeepClone(), ["apiVersion"] = list["apiVersion"]?.DeepClone(), ["items"] = items }.ToJsonString();
                default:
                    reason = "it is not what this store answers";
                    return null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            reason = $"it is not what this store answers: {e.Message}";
            return null;
        }
    }

    private static void KeepArguments(JsonArray pods)
    {
        foreach (var container in pods.SelectMany(p => p?["spec"]?["containers"] as JsonArray ?? []).OfType<JsonObject>())
        {
            foreach (var name in new[] { "command", "args" })
            {
                if (container[name] is not JsonArray words) continue;
                var kept = words.Where(w => w is JsonValue && Arguments.Any(a => w.ToString().StartsWith(a, StringComparison.Ordinal))).Select(w => w!.DeepClone()).ToArray();
                if (kept.Length == 0) container.Remove(name);
                else container[name] = new JsonArray(kept);
            }
        }
    }

    // the body of GET /v2/keys/coreos.com/network?recursive=true: a tree of keys
    private static string KeepV2(JsonObject answer)
    {
        if (answer["node"] is JsonObject root) Prune(root);
        return answer.ToJsonString();

        static void Prune(JsonObject node)
        {
            if (node["nodes"] is not JsonArray children) return;
            foreach (var child in children.OfType<JsonObject>().ToList())
            {
                var key = $"{child["key"]}";
                if (IsOfNetwork(key) || Network.StartsWith(key + "/", StringComparison.Ordinal)) Prune(child);
                else children.Remove(child);
            }
        }
    }

    private static string KeepV3(JsonObject answer)
    {
        if (answer["kvs"] is JsonArray rows)
        {
            foreach (var row in rows.ToList())
            {
                if (!IsOfNetwork(Encoding.UTF8.GetString(Convert.FromBase64String($"{row?["key"]}")))) rows.Remove(row);
            }
        }

        return answer.ToJsonString();
    }

    private static bool IsOfNetwork(string key) => key == Network || key.StartsWith(Network + "/", StringComparison.Ordinal);
}
