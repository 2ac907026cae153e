using System.Text;
using GravityNet.Facts;
using GravityNet.Overlay;
using GravityNet.Parsing;
using GravityNet.Snapshots;
using GravityNet.Sources;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class GravityReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Report => Path.Combine(_folder, "report.tar.gz");

    [Theory]
    [InlineData("")]
    [InlineData("report-2026/")]
    public async Task Nodes_are_those_of_the_archives_with_their_texts_and_addresses(string root)
    {
        var snapshot = Snapshot.Open(ReportArchive.Write(Report, root: root));

        Assert.Equal("gravity report", snapshot.Format);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 1, 30, 0, TimeSpan.Zero), snapshot.TakenAt);
        // cluster.json knows two; the third's own device tells
        Assert.Equal(["node-1 192.168.33.11", "node-2 192.168.33.12", "node-3 192.168.33.13"], snapshot.Nodes.Select(n => $"{n.Name} {n.Address}"));
        var facts = await snapshot.Nodes[1].CollectAsync(new FactRequest([.. FactCatalog.All.Select(f => f.Name)], FactCatalog.PodFacts), TestContext.Current.CancellationToken);
        Assert.Equal(["bridge-fdb", "ip-addr", "ip-link", "ip-neighbor", "ip-netconf", "ip-route", "ip-rule", "iptables", "uname"], facts.Facts.Keys.Order());
        Assert.Equal(Recordings.Text("healthy", "nodes/node-2/ip-route.txt"), facts.Get("ip-route")!.Text);
        Assert.Empty(facts.Pods);
        Assert.NotNull(new NodeState(facts).Iptables.Records.Single().Table("nat")!.Chain("KUBE-SERVICES"));
    }

    [Fact]
    public async Task An_unpacked_report_and_one_nodes_archive_are_read_too()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "unpacked")).FullName;
        foreach (var node in new[] { "node-1", "node-2" }) File.WriteAllBytes(Path.Combine(folder, $"{node}-debug-logs.tar.gz"), ReportArchive.Node("healthy", node));
        Assert.Equal(["node-1", "node-2"], Snapshot.Open(folder).Nodes.Select(n => n.Name));

        foreach (var (name, node) in new[] { ("node-2-debug-logs.tar.gz", "node-2"), ("other.tgz", "node-2") })
        {
            var path = Path.Combine(_folder, name);
            File.WriteAllBytes(path, ReportArchive.Node("healthy", "node-2"));
            var only = Assert.Single(Snapshot.Open(path).Nodes);
            Assert.Equal((node, "192.168.33.12"), (only.Name, only.Address));
            Assert.NotNull((await only.CollectAsync(new("ip-route"), TestContext.Current.CancellationToken)).Get("ip-route"));
        }
    }

    [Theory]
    [InlineData("Described")]
    [InlineData("Yaml")]
    [InlineData("Dumped")]
    public async Task Kubernetes_objects_are_those_that_the_api_serves(string form)
    {
        IClusterSource report = Snapshot.Open(ReportArchive.Write(Report, Enum.Parse<ReportArchive.Objects>(form)));

        var objects = KubeObjects.From(await report.CollectAsync(FactCatalog.ClusterFacts, TestContext.Current.CancellationToken));

        var expected = KubeObjects.From(Recordings.ClusterFacts("healthy").Where(f => f.Fact != "kube-endpointslices"));
        Assert.Equal(expected.Nodes!.Select(NodeText), objects.Nodes!.Select(NodeText));
        Assert.Equal(expected.Pods!.Select(PodText), objects.Pods!.Select(PodText));
        Assert.Equal(expected.Services!.Select(ServiceText), objects.Services!.Select(ServiceText));
        Assert.Equal(expected.Endpoints!.Select(EndpointText), objects.Endpoints!.Select(EndpointText));
        Assert.True(expected.Pods!.Count > 10 && expected.Services!.Count > 5 && expected.Endpoints!.Count > 10);

        static string NodeText(KubeNode n) => $"{n.Name} {n.InternalIP} {n.PodCidr} {n.BackendType} {n.BackendData} {n.PublicIP} {n.Ready}";
        // the texts have no names of container ports
        static string PodText(Pod p) => $"{p.Namespace}/{p.Name} {p.Node} {p.Address} {string.Join(',', p.Addresses)} {p.Phase} {p.HostNetwork} {p.Ready} {p.Terminating} "
            + $"{string.Join(' ', p.ContainerPorts.Select(c => $"{c.Port}/{c.Protocol}:{c.HostPort}"))} [{string.Join(' ', p.Commands)}] {string.Join(' ', p.Labels.OrderBy(l => l.Key, StringComparer.Ordinal))}";
        static string ServiceText(Service s) => $"{s.Namespace}/{s.Name} {s.ClusterIP} {string.Join(',', s.ClusterIPs)} {s.Type} {string.Join(' ', s.Ports)} {s.SessionAffinity} {s.ExternalTrafficPolicy} "
            + $"{string.Join(',', s.ExternalIPs)} {string.Join(',', s.LoadBalancerIPs)} {string.Join(' ', s.Labels)}";
        static string EndpointText(ServiceEndpoint e) => $"{e.Namespace}/{e.Service} {e.PortName} {e.Address}:{e.Port} {e.Protocol} {e.Ready}";
    }

    [Theory]
    [InlineData("nodes")]
    [InlineData("pods")]
    [InlineData("services")]
    [InlineData("endpoints")]
    public void Every_list_in_yaml_is_the_same_as_in_json(string resource)
    {
        var read = KubectlYaml.Parse(Encoding.UTF8.GetString(ReportArchive.Kubectl[$"yaml/{resource}.yaml"]))!["items"]!.AsArray();
        var recorded = System.Text.Json.Nodes.JsonNode.Parse(Recordings.Text("healthy", $"cluster/kube-{resource}.json"))!["items"]!.AsArray();
        Assert.Equal(recorded.Count, read.Count);
        foreach (var (item, index) in recorded.Select((item, index) => (item!.AsObject(), index)))
        {
            // kubectl writes what the API's list leaves to its kind
            var same = read[index]!.AsObject();
            foreach (var added in new[] { "apiVersion", "kind" }) if (!item.ContainsKey(added)) same.Remove(added);
            Assert.Equal(Sorted(item), Sorted(same));
        }

        static string Sorted(System.Text.Json.Nodes.JsonNode? node) => node switch
        {
            // empty objects and lists are written or left out as the version likes
            System.Text.Json.Nodes.JsonObject o => "{" + string.Join(",", o.Where(p => Sorted(p.Value) is not ("{}" or "[]" or "null" or "\"\"" or "false" or "0")).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}:{Sorted(p.Value)}")) + "}",
            System.Text.Json.Nodes.JsonArray a => "[" + string.Join(",", a.Select(Sorted)) + "]",
            null => "null",
            _ => node.ToJsonString(),
        };
    }

    [Fact]
    public void Yaml_scalars_of_every_form_are_read()
    {
        var root = KubectlYaml.Parse("""
            apiVersion: v1
            data:
              "quoted key": 'it''s'
              block: |
                first
                  second

                third
              stripped: |-
                one
              folded: >-
                a
                b
              double: "tab\there \u0041 and a line that was
                folded\
                \ twice"
              long: a plain text that older versions fold where it
                gets too long
              flow: {"a": [1, 2]}
              colon: http://192.0.2.1:80/
              empty: {}
              nothing: null
              text: "8080"
              number: 8080
              flag: true
            items:
            - - nested
              - list
            - name: x
              args:
              - --flag=1
              - |
                text
            - plain

            """)!;
        var data = root["data"]!;
        Assert.Equal("it's", (string?)data["quoted key"]);
        Assert.Equal("first\n  second\n\nthird\n", (string?)data["block"]);
        Assert.Equal(("one", "a b"), ((string?)data["stripped"], (string?)data["folded"]));
        Assert.Equal("tab\there A and a line that was folded twice", (string?)data["double"]);
        Assert.Equal("a plain text that older versions fold where it gets too long", (string?)data["long"]);
        Assert.Equal((2, "http://192.0.2.1:80/"), ((int)data["flow"]!["a"]![1]!, (string?)data["colon"]));
        Assert.Equal(("{}", null, "8080", 8080L, true), (data["empty"]!.ToJsonString(), data["nothing"], (string?)data["text"], (long)data["number"]!, (bool)data["flag"]!));
        Assert.Equal("""[["nested","list"],{"name":"x","args":["--flag=1","text\n"]},"plain"]""", root["items"]!.ToJsonString());
        Assert.Null(KubectlYaml.Parse("no yaml at all"));
        Assert.Null(KubectlYaml.Parse(""));
        // nested deeper than any object: it ends, whatever comes of it
        KubectlYaml.Parse(string.Concat(Enumerable.Range(0, 5000).Select(i => new string(' ', i) + "a:\n")));
        KubectlYaml.Parse(new string('-', 1) + string.Concat(Enumerable.Repeat(" -", 100_000)));
    }

    [Fact]
    public async Task What_a_report_lacks_is_unknown_by_name()
    {
        var snapshot = Snapshot.Open(ReportArchive.Write(Report, ReportArchive.Objects.None));
        await using var cluster = new GravityCluster("report", snapshot.Nodes, [snapshot], snapshot, 1, snapshot);

        var problems = new List<string>();
        var (leases, objects) = await cluster.ReadStoresAsync(p => problems.Add(p.Message), TestContext.Current.CancellationToken);
        var states = new Dictionary<string, NodeState>();
        await foreach (var answer in cluster.AskAsync(cluster.Nodes, VxlanFdb.Request, TestContext.Current.CancellationToken)) states[answer.Node] = answer.State!;
        var rows = states.Values.SelectMany(s => VxlanFdb.Compare(s, leases, states)).ToList();

        Assert.Empty(problems);
        Assert.False(leases.IsKnown);
        Assert.Contains("'etcd-v2' and 'etcd-v3'", string.Join("; ", leases.Problems), StringComparison.Ordinal);
        Assert.StartsWith("'kube-pods' was not collected", objects.Unknown["kube-pods"], StringComparison.Ordinal);
        // its own device of each node, and the two rows to the others: there, and not compared
        Assert.Equal(9, rows.Count);
        Assert.All(rows, row => Assert.Equal((OverlayStatus.Unknown, true), (row.State, row.Reason.Contains("the leases are unknown", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_damaged_node_is_one_error_and_the_others_answer()
    {
        var snapshot = Snapshot.Open(ReportArchive.Write(Report, damaged: "node-2"));
        await using var cluster = new GravityCluster("report", snapshot.Nodes, [snapshot], snapshot, 1, snapshot);

        var answers = new List<NodeAnswer>();
        await foreach (var answer in cluster.AskAsync(cluster.Nodes, new("ip-addr"), TestContext.Current.CancellationToken)) answers.Add(answer);

        Assert.Equal(["node-1", "node-3"], answers.Where(a => a.State is not null).Select(a => a.Node).Order());
        var problem = answers.Single(a => a.Problem is not null).Problem!;
        Assert.Contains("'node-2-debug-logs.tar.gz' of '" + Report, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bomb_inside_a_nodes_archive_is_that_nodes_error()
    {
        var bomb = ReportArchive.Pack([("ip-addr", "1: lo\n"u8.ToArray()), ("gravity-system.log", new byte[80 << 20])]);
        File.WriteAllBytes(Report, ReportArchive.Pack([("node-1-debug-logs.tar.gz", ReportArchive.Node("healthy", "node-1")), ("node-2-debug-logs.tar.gz", bomb)]));
        var snapshot = Snapshot.Open(Report);

        Assert.NotNull((await snapshot.Nodes[0].CollectAsync(new("ip-addr"), TestContext.Current.CancellationToken)).Get("ip-addr"));
        var problem = await Assert.ThrowsAsync<SourceException>(() => snapshot.Nodes[1].CollectAsync(new("ip-addr"), TestContext.Current.CancellationToken));
        Assert.Contains("more than 100 times its size, at 'gravity-system.log'", problem.Message, StringComparison.Ordinal);
    }
}
