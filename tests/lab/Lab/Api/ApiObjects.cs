using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GravityNet.Labs.Parts;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Api;

/// <summary>Builds the Kubernetes objects that describe what the lab really runs.</summary>
internal sealed class ApiObjects(ClusterPlan cluster, DateTimeOffset startedAt, IReadOnlyList<Lease> leases, IReadOnlyList<PodHost> pods, IReadOnlyList<ServiceEndpoints> services)
{
    private readonly string _time = startedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);
    private int _version = 200;

    /// <summary>All objects as one JSON object: for each kind, its list.</summary>
    public string ToJson() => new JsonObject
    {
        ["nodes"] = Array(cluster.Nodes.Select(Node)),
        ["namespaces"] = Array(new[] { "default", FlannelNamespace, "kube-node-lease", "kube-public", "kube-system" }.Where(n => n != FlannelNamespace || UsesAnnotations).Select(Namespace)),
        ["pods"] = Array(pods.OrderBy(p => p.Plan.Namespace, StringComparer.Ordinal).ThenBy(p => p.Plan.Name, StringComparer.Ordinal).Select(Pod).Append(ApiServerPod(startedAt))),
        ["services"] = Array(Sorted.Select(Service)),
        ["endpoints"] = Array(Sorted.Where(s => s.Plan.ExternalName is null).Select(Endpoints)),
        ["endpointslices"] = Array(Sorted.Where(s => s.Plan.ExternalName is null).SelectMany(Slices)),
        ["configmaps"] = Array(UsesAnnotations ? [FlannelConfig()] : []),
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    private IEnumerable<ServiceEndpoints> Sorted =>
        services.OrderBy(s => s.Plan.Namespace, StringComparer.Ordinal).ThenBy(s => s.Plan.Name, StringComparer.Ordinal);

    private const string FlannelNamespace = "kube-flannel";

    private bool UsesAnnotations => cluster.Options.Leases == LeaseHome.Annotations;

    // with --kube-subnet-mgr flannel reads the network's configuration from here
    private JsonNode FlannelConfig()
    {
        var metadata = Metadata(FlannelNamespace, "kube-flannel-cfg");
        metadata["labels"] = new JsonObject { ["app"] = "flannel", ["tier"] = "node" };
        return Json(new { apiVersion = "v1", kind = "ConfigMap", metadata, data = new JsonObject { ["net-conf.json"] = Lease.Config } });
    }

    private JsonNode Node(NodePlan node)
    {
        var metadata = Metadata(null, node.Name);
        metadata["annotations"] = new JsonObject { ["node.alpha.kubernetes.io/ttl"] = "0" };
        foreach (var (name, value) in UsesAnnotations ? leases.Single(l => l.Subnet == node.Subnet).Annotations : [])
            metadata["annotations"]![name] = value;
        metadata["labels"] = new JsonObject
        {
            ["kubernetes.io/arch"] = "amd64",
            ["kubernetes.io/hostname"] = node.Name,
            ["kubernetes.io/os"] = "linux",
        };
        if (node == cluster.Nodes[0])
            metadata["labels"]!["node-role.kubernetes.io/master"] = "true";
        return Json(new
        {
            apiVersion = "v1",
            kind = "Node",
            metadata,
            spec = new { podCIDR = node.Subnet, podCIDRs = new[] { node.Subnet } },
            status = new
            {
                addresses = new[] { new { address = node.Address, type = "InternalIP" }, new { address = node.Name, type = "Hostname" } },
                allocatable = new { cpu = "2", memory = "4000000Ki", pods = "110" },
                capacity = new { cpu = "2", memory = "4000000Ki", pods = "110" },
                conditions = new[]
                {
                    new
                    {
                        lastHeartbeatTime = _time, lastTransitionTime = _time,
                        message = "KubeletReady", reason = "KubeletReady", status = "True", type = "Ready",
                    },
                },
                nodeInfo = new
                {
                    architecture = "amd64",
                    bootID = Uid("boot", node.Name),
                    containerRuntimeVersion = "containerd://1.6.20",
                    kernelVersion = Environment.OSVersion.Version.ToString(),
                    kubeProxyVersion = ApiServer.Version,
                    kubeletVersion = ApiServer.Version,
                    machineID = Uid("machine", node.Name).Replace("-", "", StringComparison.Ordinal),
                    operatingSystem = "linux",
                    osImage = "Debian GNU/Linux",
                    systemUUID = Uid("machine", node.Name),
                },
            },
        });
    }

    private JsonNode Namespace(string name)
    {
        var metadata = Metadata(null, name);
        metadata["labels"] = new JsonObject { ["kubernetes.io/metadata.name"] = name };
        return Json(new { apiVersion = "v1", kind = "Namespace", metadata, spec = new { finalizers = new[] { "kubernetes" } }, status = new { phase = "Active" } });
    }

    // the static pod that kubeadm makes of the API server: its flags tell the services' range
    private JsonNode ApiServerPod(DateTimeOffset startTime)
    {
        var node = cluster.Nodes[0];
        var metadata = Metadata("kube-system", $"kube-apiserver-{node.Name}");
        metadata["labels"] = new JsonObject { ["component"] = "kube-apiserver", ["tier"] = "control-plane" };
        return Json(new
        {
            apiVersion = "v1",
            kind = "Pod",
            metadata,
            spec = new
            {
                containers = new[]
                {
                    new
                    {
                        command = new[] { "kube-apiserver", $"--advertise-address={node.Address}", $"--service-cluster-ip-range={ClusterPlan.ServiceNetwork}" },
                        image = "lab/kube-apiserver:1",
                        name = "kube-apiserver",
                    },
                },
                hostNetwork = true,
                nodeName = node.Name,
                restartPolicy = "Always",
            },
            status = new
            {
                conditions = new[] { new { type = "Ready", status = "True" } },
                hostIP = node.Address,
                phase = "Running",
                podIP = node.Address,
                podIPs = new[] { new { ip = node.Address } },
                startTime,
            },
        });
    }

    private JsonNode Pod(PodHost pod)
    {
        var metadata = Metadata(pod.Plan.Namespace, pod.Plan.Name);
        metadata["labels"] = new JsonObject([KeyValuePair.Create(pod.Plan.AppLabel, (JsonNode?)pod.Plan.App), .. pod.Plan.Marks.Select(m => KeyValuePair.Create(m, (JsonNode?)"yes"))]);
        if (pod.Plan.Condition == PodCondition.Terminating)
        {
            metadata["deletionGracePeriodSeconds"] = 30;
            metadata["deletionTimestamp"] = _time;
        }

        var isReady = pod.Plan.Condition != PodCondition.NotReady;
        if (pod.Plan.ReplicaSet is { } owner)
        {
            metadata["generateName"] = owner + "-";
            metadata["labels"]!["pod-template-hash"] = owner[(owner.LastIndexOf('-') + 1)..];
            metadata["ownerReferences"] = Owner("apps/v1", "ReplicaSet", pod.Plan.Namespace, owner);
        }

        var containerPorts = pod.Plan.Role switch
        {
            PodRole.Dns => new JsonArray(
                new JsonObject { ["containerPort"] = 53, ["name"] = "dns", ["protocol"] = "UDP" },
                new JsonObject { ["containerPort"] = 53, ["name"] = "dns-tcp", ["protocol"] = "TCP" }),
            PodRole.Web => new JsonArray(new JsonObject { ["containerPort"] = ClusterPlan.WebPort, ["name"] = "http", ["protocol"] = "TCP" }),
            _ => null,
        };
        if (pod.Plan.HostPort is { } hostPort)
            containerPorts![0]!["hostPort"] = hostPort;
        var name = pod.Plan.Role == PodRole.Dns ? "coredns" : pod.Plan.Role == PodRole.Web ? "web" : "shell";
        var container = new JsonObject
        {
            ["image"] = $"lab/{name}:1",
            ["imagePullPolicy"] = "IfNotPresent",
            ["name"] = name,
            ["resources"] = new JsonObject(),
            ["terminationMessagePath"] = "/dev/termination-log",
            ["terminationMessagePolicy"] = "File",
        };
        if (containerPorts is not null)
            container["ports"] = containerPorts;

        return Json(new
        {
            apiVersion = "v1",
            kind = "Pod",
            metadata,
            spec = new
            {
                automountServiceAccountToken = false,
                containers = new[] { container },
                dnsPolicy = "ClusterFirst",
                enableServiceLinks = true,
                nodeName = pod.Node.Plan.Name,
                priority = 0,
                restartPolicy = "Always",
                schedulerName = "default-scheduler",
                securityContext = new { },
                terminationGracePeriodSeconds = 0,
                tolerations = new[] { new JsonObject { ["operator"] = "Exists" } },
            },
            status = new
            {
                conditions = new[] { "Initialized", "Ready", "ContainersReady", "PodScheduled" }
                    .Select(type => new { lastProbeTime = (string?)null, lastTransitionTime = _time, status = isReady || !type.EndsWith("Ready", StringComparison.Ordinal) ? "True" : "False", type }),
                containerStatuses = new[]
                {
                    new
                    {
                        containerID = "containerd://" + pod.ContainerId, image = $"lab/{name}:1", imageID = "", lastState = new { }, name,
                        ready = isReady, restartCount = 0, started = true, state = new { running = new { startedAt = _time } },
                    },
                },
                hostIP = pod.Node.Plan.Address,
                phase = "Running",
                podIP = pod.Ip,
                podIPs = new[] { new { ip = pod.Ip } },
                qosClass = "BestEffort",
                startTime = _time,
            },
        });
    }

    private JsonNode Service(ServiceEndpoints service)
    {
        var plan = service.Plan;
        var metadata = Metadata(plan.Namespace, plan.Name);
        metadata["labels"] = ServiceLabels(plan);
        var ports = plan.Ports.Select(port =>
        {
            var json = new JsonObject { ["port"] = port.Port, ["protocol"] = port.Protocol, ["targetPort"] = port.TargetPort };
            if (port.Name.Length > 0)
                json["name"] = port.Name;
            if (port.NodePort is { } nodePort)
                json["nodePort"] = nodePort;
            return json;
        });
        if (plan.ExternalName is { } externalName)
        {
            var alias = new JsonObject { ["externalName"] = externalName, ["sessionAffinity"] = "None", ["type"] = "ExternalName" };
            return Json(new { apiVersion = "v1", kind = "Service", metadata, spec = alias, status = new { loadBalancer = new { } } });
        }

        var hasNodePort = plan.Ports.Any(p => p.NodePort is not null);
        var spec = new JsonObject
        {
            ["clusterIP"] = plan.ClusterIp,
            ["clusterIPs"] = new JsonArray(plan.ClusterIp),
            ["internalTrafficPolicy"] = plan.IsInternalLocal ? "Local" : "Cluster",
            ["ipFamilies"] = new JsonArray("IPv4"),
            ["ipFamilyPolicy"] = "SingleStack",
            ["ports"] = Array(ports),
            ["sessionAffinity"] = plan.AffinitySeconds is null ? "None" : "ClientIP",
            ["type"] = plan.LoadBalancerIp is not null ? "LoadBalancer" : hasNodePort ? "NodePort" : "ClusterIP",
        };
        if (plan.AffinitySeconds is { } seconds)
            spec["sessionAffinityConfig"] = new JsonObject { ["clientIP"] = new JsonObject { ["timeoutSeconds"] = seconds } };
        if (plan.IsExternal)
            spec["externalTrafficPolicy"] = plan.IsExternalLocal ? "Local" : "Cluster";
        if (plan.HealthCheckNodePort is { } health)
            spec["healthCheckNodePort"] = health;
        if (plan.ExternalIps.Count > 0)
            spec["externalIPs"] = Texts(plan.ExternalIps);
        if (plan.SourceRanges.Count > 0)
            spec["loadBalancerSourceRanges"] = Texts(plan.SourceRanges);
        if (plan.SelectorLabel is { } label)
            spec["selector"] = new JsonObject { [label] = plan.SelectorValue };
        var loadBalancer = new JsonObject();
        if (plan.LoadBalancerIp is { } balancer)
        {
            spec["allocateLoadBalancerNodePorts"] = true;
            loadBalancer["ingress"] = new JsonArray(new JsonObject { ["ip"] = balancer });
        }

        return Json(new { apiVersion = "v1", kind = "Service", metadata, spec, status = new { loadBalancer } });
    }

    private JsonNode Endpoints(ServiceEndpoints service)
    {
        var metadata = Metadata(service.Plan.Namespace, service.Plan.Name);
        metadata["annotations"] = new JsonObject { ["endpoints.kubernetes.io/last-change-trigger-time"] = _time };
        metadata["labels"] = ServiceLabels(service.Plan);
        var json = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Endpoints", ["metadata"] = metadata };
        var subset = new JsonObject();
        // what is being deleted is left out here; slices have it
        foreach (var group in service.Endpoints.Where(e => !e.IsTerminating).GroupBy(e => e.IsReady ? "addresses" : "notReadyAddresses"))
            subset[group.Key] = Array(group.Select(e => e.Pod is { } pod ? Json(new { ip = e.Address, nodeName = pod.Node, targetRef = TargetRef(pod) }) : Json(new { ip = e.Address })));
        if (subset.Count > 0)
        {
            subset["ports"] = TargetPorts(service.Plan);
            json["subsets"] = new JsonArray(subset);
        }

        return json;
    }

    // the controller makes one slice for all ports that share their pods
    private IEnumerable<JsonNode> Slices(ServiceEndpoints service)
    {
        var plan = service.Plan;
        var hasPods = plan.SelectorLabel is not null;
        var metadata = Metadata(plan.Namespace, hasPods ? $"{plan.Name}-{Uid("slice", plan.Name)[..5]}" : plan.Name);
        var labels = ServiceLabels(plan);
        labels["kubernetes.io/service-name"] = plan.Name;
        if (hasPods)
        {
            metadata["generateName"] = plan.Name + "-";
            metadata["ownerReferences"] = Owner("v1", "Service", plan.Namespace, plan.Name);
            labels["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io";
        }

        metadata["labels"] = labels;
        var endpoints = service.Endpoints.Select(e => e.Pod is { } pod
            ? Json(new
            {
                addresses = new[] { e.Address },
                conditions = new { ready = e.IsReady, serving = e.IsServing, terminating = e.IsTerminating },
                nodeName = pod.Node,
                targetRef = TargetRef(pod),
            })
            : Json(new { addresses = new[] { e.Address }, conditions = new { ready = true } }));
        var isEmpty = service.Endpoints.Count == 0;
        yield return new JsonObject
        {
            ["addressType"] = "IPv4",
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["endpoints"] = isEmpty ? null : Array(endpoints),
            ["kind"] = "EndpointSlice",
            ["metadata"] = metadata,
            ["ports"] = isEmpty ? null : TargetPorts(plan),
        };
    }

    private JsonObject ServiceLabels(ServicePlan service) => service == cluster.Kubernetes
        ? new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" }
        : service.SelectorLabel is { } label ? new JsonObject { [label] = service.SelectorValue } : [];

    private static JsonArray TargetPorts(ServicePlan service) =>
        Array(service.Ports.Select(p => new JsonObject { ["name"] = p.Name, ["port"] = p.TargetPort, ["protocol"] = p.Protocol }));

    private static JsonNode TargetRef(PodPlan pod) =>
        Json(new { kind = "Pod", name = pod.Name, @namespace = pod.Namespace, uid = Uid(pod.Namespace, pod.Name) });

    private static JsonArray Owner(string apiVersion, string kind, string ns, string name) => new(Json(new
    {
        apiVersion,
        blockOwnerDeletion = true,
        controller = true,
        kind,
        name,
        uid = Uid(ns, name),
    }));

    private JsonObject Metadata(string? ns, string name)
    {
        var metadata = new JsonObject
        {
            ["creationTimestamp"] = _time,
            ["name"] = name,
            ["resourceVersion"] = (_version++).ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["uid"] = Uid(ns, name),
        };
        if (ns is not null)
            metadata["namespace"] = ns;
        return metadata;
    }

    // the same name has the same id in every run, so that two runs can be compared
    private static string Uid(string? ns, string name) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{ns}/{name}")).AsSpan(0, 16)).ToString();

    private static JsonNode Json(object value) => JsonSerializer.SerializeToNode(value)!;

    private static JsonArray Texts(IEnumerable<string> items) => new([.. items.Select(i => (JsonNode)i)]);

    private static JsonArray Array(IEnumerable<JsonNode> items) => new([.. items]);
}
