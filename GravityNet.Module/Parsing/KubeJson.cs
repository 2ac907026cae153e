using System.Globalization;
using System.Text.Json;
using GravityNet.Facts;

namespace GravityNet.Parsing;

/// <summary>
/// Reads lists of Kubernetes objects in the API's own JSON (kind <c>List</c> or <c>PodList</c> and its kin).
/// </summary>
internal static class KubeJson
{
    private const string Flannel = "flannel.alpha.coreos.com/";

    /// <summary>Reads one fact into records, or returns null with the reason.</summary>
    internal delegate IReadOnlyList<T>? Reader<T>(FactResult fact, out string? reason);

    internal static IReadOnlyList<KubeNode>? ReadNodes(FactResult fact, out string? reason) => ReadItems<KubeNode>(fact, out reason, (item, list) =>
    {
        var meta = item.Child("metadata");
        var name = meta.Text("name");
        if (name.Length == 0) return;
        var annotations = meta.Child("annotations");
        var addresses = item.Child("status").Items("addresses");
        var podCidr = item.Child("spec").Text("podCIDR");
        var address = addresses.Where(a => a.Text("type") == "InternalIP").Select(a => a.Text("address")).FirstOrDefault("");
        list.Add(new KubeNode(name)
        {
            InternalIP = address,
            PodCidr = podCidr,
            BackendType = annotations.Text(Flannel + "backend-type"),
            BackendData = annotations.Text(Flannel + "backend-data"),
            PublicIP = annotations.Text(Flannel + "public-ip"),
            KubeSubnetManager = annotations.Text(Flannel + "kube-subnet-manager") == "true",
            Ready = IsReady(item),
            Source = Proof(fact, $"node {name} InternalIP {address} podCIDR {podCidr}"),
        });
    });

    internal static IReadOnlyList<Pod>? ReadPods(FactResult fact, out string? reason) => ReadItems<Pod>(fact, out reason, (item, list) =>
    {
        var meta = item.Child("metadata");
        var (ns, name) = (meta.Text("namespace"), meta.Text("name"));
        if (name.Length == 0) return;
        var spec = item.Child("spec");
        var status = item.Child("status");
        var address = status.Text("podIP");
        var addresses = status.Items("podIPs").Select(p => p.Text("ip")).Where(ip => ip.Length > 0).ToArray();
        var node = spec.Text("nodeName");
        var phase = status.Text("phase");
        list.Add(new Pod(ns, name)
        {
            Node = node,
            Address = address,
            Addresses = addresses.Length == 0 && address.Length > 0 ? [address] : addresses,
            Phase = phase,
            HostNetwork = spec.Flag("hostNetwork") ?? false,
            ContainerPorts = [.. spec.Items("containers").SelectMany(c => c.Items("ports")).Select(p => new ContainerPort(
                p.Text("name"), p.Number("containerPort") ?? 0, p.Number("hostPort"), Protocol(p)))],
            Commands = [.. spec.Items("containers").SelectMany(c => c.Texts("command").Concat(c.Texts("args")))],
            Ready = IsReady(item),
            Terminating = meta.Text("deletionTimestamp").Length > 0,
            Labels = Labels(meta),
            Source = Proof(fact, $"pod {ns}/{name} podIP {address} node {node} phase {phase}"),
        });
    });

    internal static IReadOnlyList<Service>? ReadServices(FactResult fact, out string? reason) => ReadItems<Service>(fact, out reason, (item, list) =>
    {
        var meta = item.Child("metadata");
        var (ns, name) = (meta.Text("namespace"), meta.Text("name"));
        if (name.Length == 0) return;
        var spec = item.Child("spec");
        var address = spec.Text("clusterIP");
        var isAddress = address.Length > 0 && address != "None";
        var addresses = spec.Texts("clusterIPs").Where(ip => ip != "None").ToArray();
        var affinity = spec.Text("sessionAffinity", "None");
        list.Add(new Service(ns, name)
        {
            ClusterIP = address,
            ClusterIPs = addresses.Length == 0 && isAddress ? [address] : addresses,
            Type = spec.Text("type", "ClusterIP"),
            Ports = [.. spec.Items("ports").Select(p => new ServicePort(
                p.Text("name"), p.Number("port") ?? 0, p.Number("nodePort"), Protocol(p), p.Text("targetPort")))],
            SessionAffinity = affinity,
            AffinitySeconds = affinity == "ClientIP" ? spec.Child("sessionAffinityConfig").Child("clientIP").Number("timeoutSeconds") : null,
            ExternalTrafficPolicy = spec.Text("externalTrafficPolicy", "Cluster"),
            InternalTrafficPolicy = spec.Text("internalTrafficPolicy", "Cluster"),
            ExternalIPs = spec.Texts("externalIPs"),
            LoadBalancerIPs = [.. item.Child("status").Child("loadBalancer").Items("ingress").Select(i => i.Text("ip")).Where(ip => ip.Length > 0)],
            HealthCheckNodePort = spec.Number("healthCheckNodePort") is { } health and > 0 ? health : null,
            LoadBalancerSourceRanges = spec.Texts("loadBalancerSourceRanges"),
            ExternalName = spec.Text("externalName"),
            PublishNotReadyAddresses = spec.Flag("publishNotReadyAddresses") ?? false,
            Labels = Labels(meta),
            Source = Proof(fact, $"service {ns}/{name} clusterIP {address}"),
        });
    });

    internal static IReadOnlyList<ServiceEndpoint>? ReadEndpointSlices(FactResult fact, out string? reason) =>
        ReadItems<ServiceEndpoint>(fact, out reason, (item, list) =>
    {
        var meta = item.Child("metadata");
        var ns = meta.Text("namespace");
        var service = meta.Child("labels").Text("kubernetes.io/service-name");
        var changed = Changed(meta);
        // A slice without the label belongs to no service; one of names (FQDN) is none that kube-proxy writes rules for.
        if (service.Length == 0 || item.Text("addressType") == "FQDN") return;
        var ports = item.Items("ports").DefaultIfEmpty().ToArray();
        foreach (var endpoint in item.Items("endpoints"))
        {
            // The addresses of one endpoint are interchangeable by the API's definition; kube-proxy uses the first.
            if (endpoint.Texts("addresses") is not [var address, ..]) continue;
            var conditions = endpoint.Child("conditions");
            var ready = conditions.Flag("ready") ?? true;
            var target = endpoint.Child("targetRef");
            var node = endpoint.Text("nodeName", endpoint.Child("topology").Text("kubernetes.io/hostname"));
            foreach (var port in ports)
            {
                list.Add(new ServiceEndpoint(ns, service, address, port.Number("port") ?? 0)
                {
                    PortName = port.Text("name"),
                    Protocol = Protocol(port),
                    Ready = ready,
                    Serving = conditions.Flag("serving") ?? ready,
                    Terminating = conditions.Flag("terminating") ?? false,
                    Node = node,
                    ChangedAt = changed,
                    Pod = target.Text("kind") == "Pod" ? target.Text("name") : "",
                    Source = Proof(fact, $"endpointslice {ns}/{meta.Text("name")} {address}:{port.Number("port")} ready {(ready ? "true" : "false")}"),
                });
            }
        }
    });

    internal static IReadOnlyList<ServiceEndpoint>? ReadEndpoints(FactResult fact, out string? reason) =>
        ReadItems<ServiceEndpoint>(fact, out reason, (item, list) =>
    {
        var meta = item.Child("metadata");
        var (ns, service) = (meta.Text("namespace"), meta.Text("name"));
        if (service.Length == 0) return;
        var changed = Changed(meta);
        foreach (var subset in item.Items("subsets"))
        {
            var ports = subset.Items("ports").DefaultIfEmpty().ToArray();
            foreach (var address in subset.Items("addresses")) Add(address, ports, ready: true);
            foreach (var address in subset.Items("notReadyAddresses")) Add(address, ports, ready: false);
        }

        void Add(JsonElement address, JsonElement[] ports, bool ready)
        {
            var target = address.Child("targetRef");
            foreach (var port in ports)
            {
                list.Add(new ServiceEndpoint(ns, service, address.Text("ip"), port.Number("port") ?? 0)
                {
                    PortName = port.Text("name"),
                    Protocol = Protocol(port),
                    Ready = ready,
                    Serving = ready,
                    Node = address.Text("nodeName"),
                    ChangedAt = changed,
                    Pod = target.Text("kind") == "Pod" ? target.Text("name") : "",
                    Source = Proof(fact, $"endpoints {ns}/{service} {address.Text("ip")}:{port.Number("port")} ready {(ready ? "true" : "false")}"),
                });
            }
        }
    });

    private static List<T>? ReadItems<T>(FactResult fact, out string? reason, Action<JsonElement, List<T>> read)
    {
        reason = null;
        try
        {
            using var document = JsonDocument.Parse(fact.Text.AsMemory().TrimStart('\uFEFF'));
            var root = document.RootElement;
            if (root.Text("kind") == "Status")
            {
                reason = $"The API refused it: {root.Text("message", root.Text("reason", "no message"))}";
                return null;
            }
            // An API server writes "items": null for an empty list of some old kinds.
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("items", out var items)
                || items.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
            {
                reason = $"The text is no list of Kubernetes objects: it begins '{Beginning(fact.Text)}'.";
                return null;
            }
            var list = new List<T>();
            foreach (var item in root.Items("items")) read(item, list);
            return list;
        }
        catch (JsonException e)
        {
            reason = fact.Text.AsSpan().Trim().IsEmpty ? "The text is empty." : $"The text is not valid JSON: {e.Message}";
            return null;
        }
    }

    private static bool IsReady(JsonElement item) =>
        item.Child("status").Items("conditions").Any(c => c.Text("type") == "Ready" && c.Text("status") == "True");

    private static string Protocol(JsonElement port) => port.Text("protocol", "TCP").ToLowerInvariant();

    private static Dictionary<string, string> Labels(JsonElement meta)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (meta.Child("labels") is { ValueKind: JsonValueKind.Object } element)
        {
            foreach (var label in element.EnumerateObject()) labels[label.Name] = label.Value.AsText();
        }
        return labels;
    }

    // kubernetes.io/docs/reference/labels-annotations-taints: taken away again where the last change has no such time
    private static DateTimeOffset? Changed(JsonElement meta) =>
        DateTimeOffset.TryParse(meta.Child("annotations").Text("endpoints.kubernetes.io/last-change-trigger-time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    // A JSON document has no lines that prove anything: the object's own words do.
    private static SourceLine Proof(FactResult fact, string words) => new("", fact.Fact, 0, words);

    private static string Beginning(string text)
    {
        var start = text.AsSpan().Trim();
        return start.Length > 40 ? $"{start[..40]}..." : start.ToString();
    }
}
