using System.Text.Json.Nodes;
using GravityNet.Labs.Parts;
using GravityNet.Labs.Plan;
using Xunit;
using Port = GravityNet.Labs.Plan.ServicePort;

namespace GravityNet.UnitTests.Lab;

/// <summary>
/// The lab's rules for services are those of a real kube-proxy: for the services and endpoints of a recording it writes what kube-proxy 1.26 and 1.18
/// wrote there, byte for byte.
/// </summary>
public sealed class KubeProxyRulesTests
{
    // chains in which each service has its rules, in whatever order kube-proxy came to it
    private static readonly string[] Shared = ["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-EXTERNAL-SERVICES"];

    public static TheoryData<string, string> NodesOfRecordings => new(
        from name in Recordings.Names
        from node in Recordings.Nodes(name)
        where (name, node) is not (("g-dead-sep", "node-2") or ("n-no-service-jump", "node-1"))
        select (name, node));

    [Theory]
    [MemberData(nameof(NodesOfRecordings))]
    public void The_labs_rules_are_those_of_a_real_kube_proxy(string name, string node)
    {
        var real = Sort(Recordings.Text(name, $"nodes/{node}/iptables.txt"));

        Assert.Equal(real, Sort(Write(name, node)));
        Assert.True(real.Count > 100, $"{real.Count} lines");
    }

    [Theory]
    [InlineData("g-dead-sep", "node-2", "--comment \"default/web:http -> 10.244.19.")]
    [InlineData("n-no-service-jump", "node-1", "*nat -A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES")]
    public void What_a_fault_changed_differs(string name, string node, string what)
    {
        var real = Sort(Recordings.Text(name, $"nodes/{node}/iptables.txt"));
        var written = Sort(Write(name, node));

        Assert.Contains(written.Except(real).Concat(real.Except(written)), l => l.Contains(what, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2, "0.50000000000")]
    [InlineData(3, "0.33333333349")]
    [InlineData(5, "0.20000000019")]
    [InlineData(7, "0.14285714272")]
    public void A_probability_is_printed_as_the_kernel_keeps_it(int endpoints, string expected) => Assert.Equal(expected, KubeProxyRules.Probability(endpoints));

    private static string Write(string name, string node)
    {
        var services = Services(name);
        // its address matters for a load balancer's source ranges only
        var plan = new NodePlan(node, "192.168.33.11", "10.244.19.0/24");
        return name.Contains("kp118", StringComparison.Ordinal) ? OldKubeProxyRules.Write(services, plan) : KubeProxyRules.Write(services, plan);
    }

    // kube-proxy's part of each table, each line behind its table's name; counters and others' chains left out
    private static List<string> Sort(string rules)
    {
        var table = "";
        var chains = new SortedSet<string>(StringComparer.Ordinal);
        var lines = new List<(string Chain, string Line)>();
        foreach (var raw in rules.Split('\n'))
        {
            var line = raw.StartsWith('[') ? raw[(raw.IndexOf(' ', StringComparison.Ordinal) + 1)..] : raw;
            if (line.StartsWith('*'))
                table = line;
            else if (line.StartsWith(":KUBE-", StringComparison.Ordinal))
                chains.Add($"{table} {line[..line.IndexOf(' ', StringComparison.Ordinal)]}");
            else if (line.StartsWith("-I ", StringComparison.Ordinal) && line.Split(' ') is [_, var chain, var number, ..])
                lines.Add(($"{table} {chain}", $"{table} -A {chain} {line[(chain.Length + number.Length + 5)..]}"));
            else if (line.StartsWith("-A ", StringComparison.Ordinal) && line.Contains("KUBE-", StringComparison.Ordinal))
                lines.Add(($"{table} {line.Split(' ')[1]}", $"{table} {line}"));
        }

        return
        [
            .. chains,
            .. lines.GroupBy(l => l.Chain).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => Shared.Contains(g.Key.Split(' ')[1])
                ? g.Select(l => l.Line).OrderBy(l => l.Contains("must be the last rule", StringComparison.Ordinal)).ThenBy(l => ServiceOf(l), StringComparer.Ordinal)
                : g.Select(l => l.Line)),
        ];
    }

    // the name that a comment begins with: the order of one service's own rules stays
    private static string ServiceOf(string line) => line.Split('"') is [_, var comment, ..] ? comment.Split(' ')[0] : "";

    private static List<ServiceEndpoints> Services(string name)
    {
        var slices = Items(name, "kube-endpointslices");
        return [.. Items(name, "kube-services").Select(s => new ServiceEndpoints(Plan(s, slices), Endpoints(s, slices)))];
    }

    private static List<JsonNode> Items(string name, string fact) => [.. JsonNode.Parse(Recordings.Text(name, $"cluster/{fact}.json"))!["items"]!.AsArray().Select(i => i!)];

    private static ServicePlan Plan(JsonNode service, List<JsonNode> slices)
    {
        var spec = service["spec"]!;
        var targets = SlicesOf(service, slices).SelectMany(s => s["ports"]?.AsArray() ?? []).ToDictionary(p => (string?)p!["name"] ?? "", p => (int)p!["port"]!);
        List<Port> ports = [.. (spec["ports"]?.AsArray() ?? []).Select(p => new Port(
            (string?)p!["name"] ?? "", (string)p["protocol"]!, (int)p["port"]!, targets.GetValueOrDefault((string?)p["name"] ?? ""), (int?)p["nodePort"]))];
        return new ServicePlan((string)service["metadata"]!["namespace"]!, (string)service["metadata"]!["name"]!, (string?)spec["clusterIP"] ?? "", null, null, ports, [])
        {
            AffinitySeconds = (int?)spec["sessionAffinityConfig"]?["clientIP"]?["timeoutSeconds"],
            IsExternalLocal = (string?)spec["externalTrafficPolicy"] == "Local",
            IsInternalLocal = (string?)spec["internalTrafficPolicy"] == "Local",
            ExternalName = (string?)spec["externalName"],
            ExternalIps = [.. (spec["externalIPs"]?.AsArray() ?? []).Select(a => (string)a!)],
            LoadBalancerIp = (string?)service["status"]!["loadBalancer"]!["ingress"]?[0]!["ip"],
        };
    }

    private static List<Endpoint> Endpoints(JsonNode service, List<JsonNode> slices) =>
    [
        .. from slice in SlicesOf(service, slices)
           from endpoint in slice["endpoints"]?.AsArray() ?? []
           let address = (string)endpoint["addresses"]![0]!
           let node = (string?)endpoint["nodeName"]
           orderby address
           select new Endpoint(address, node is null ? null : new PodPlan("", "", node, PodRole.Web, "")
           {
               Condition = (bool?)endpoint["conditions"]!["ready"] == false ? PodCondition.NotReady : PodCondition.Ready,
           }),
    ];

    private static IEnumerable<JsonNode> SlicesOf(JsonNode service, List<JsonNode> slices) => slices.Where(s =>
        (string?)s["metadata"]!["labels"]!["kubernetes.io/service-name"] == (string?)service["metadata"]!["name"]
        && (string?)s["metadata"]!["namespace"] == (string?)service["metadata"]!["namespace"]);
}
