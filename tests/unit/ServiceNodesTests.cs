using GravityNet.Netfilter;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class ServiceNodesTests
{
    public static TheoryData<string> Healthy => [.. Recordings.Names.Where(n => n is not ("g-dead-sep" or "n-no-service-jump"))];

    [Theory]
    [MemberData(nameof(Healthy))]
    public void No_node_lags_where_nothing_is_wrong_with_services(string recording)
    {
        var comparisons = Compare(new(recording));

        Assert.Equal(15, comparisons.Count);
        Assert.All(comparisons, c => Assert.True(c is { Status: "ok", Reason: "", Differences.Count: 0 }, c.ToString()));
        Assert.All(comparisons, c => Assert.Equal(["node-1", "node-2", "node-3"], c.Node));
        Assert.All(comparisons, c => Assert.Equal(c.Node, c.Nodes.Select(n => n.Node)));
        var web = Assert.Single(comparisons, c => c.Service == "web");
        Assert.All(web.Nodes, n => Assert.Equal(3, n.Endpoints.Split(' ').Length));
    }

    [Fact]
    public void The_node_whose_kube_proxy_stopped_lags_by_the_dead_endpoint()
    {
        var comparisons = Compare(new("g-dead-sep"));

        var lagging = comparisons.Where(c => c.Status != "ok").ToList();
        Assert.Equal(["sticky", "web", "web-extip", "web-lb", "web-local"], lagging.Select(c => c.Service).Order());
        foreach (var comparison in lagging)
        {
            Assert.Equal("lagging", comparison.Status);
            Assert.Equal(["node-2"], comparison.Node);
            var difference = Assert.Single(comparison.Differences);
            Assert.Equal(("node-2", "StaleEndpoint", "10.244.19.6", 8080), (difference.Node, difference.Kind, difference.Address, difference.Port));
            Assert.Equal("node-2 leads to 10.244.19.6:8080, which is no endpoint of the service", comparison.Reason);
            Assert.Matches("^node-2 iptables:[0-9]+: .* -A KUBE-SEP-.* --to-destination 10\\.244\\.19\\.6:8080$", difference.Evidence);
            // these slices do not tell when they changed
            Assert.Null(difference.Since);
        }
    }

    [Fact]
    public void A_node_without_a_rule_for_an_endpoint_lags_by_it_since_the_endpoints_changed()
    {
        const string Rule = "10.244.65.3:53\" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-DXV3B2UH7M4BGYEA";
        var cluster = new RecordedCluster().Edit("node-3", "iptables", "-m comment --comment \"kube-system/kube-dns:dns -> " + Rule, "-m comment --comment \"nothing\"");

        var comparison = Assert.Single(Compare(cluster), c => c.Status != "ok");

        Assert.Equal(("kube-dns", "dns", "lagging"), (comparison.Service, comparison.PortName, comparison.Status));
        Assert.Equal(["node-3"], comparison.Node);
        Assert.Equal(["MissingEndpoint", "Problem"], comparison.Differences.Select(d => d.Kind));
        Assert.Equal("node-3 has no rule to 10.244.65.3:53", comparison.Differences[0].Reason);
        Assert.Contains("10.244.65.3:53", comparison.Differences[0].Evidence, StringComparison.Ordinal);
        Assert.Equal("node-3: no rule jumps to KUBE-SEP-DXV3B2UH7M4BGYEA: what is in it never acts", comparison.Differences[1].Reason);

        cluster.EditStore("kube-endpointslices", "\"name\": \"kube-dns-", "\"annotations\": { \"endpoints.kubernetes.io/last-change-trigger-time\": \"2026-11-23T01:21:07Z\" }, \"name\": \"kube-dns-");
        comparison = Assert.Single(Compare(cluster), c => c.Status != "ok");
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 1, 21, 7, TimeSpan.Zero), comparison.Differences[0].Since);
    }

    [Fact]
    public void A_missing_hook_and_another_affinity_are_told_of_the_node_that_has_them()
    {
        var missing = Compare(new("n-no-service-jump")).Where(c => c.Service is not ("orphan" or "echo-only-local")).ToList();
        Assert.All(missing, c => Assert.Equal("MissingJump", Assert.Single(c.Differences, d => d.Node == "node-1").Kind));

        var sticky = Assert.Single(Compare(new RecordedCluster().Edit("node-2", "iptables", "--seconds 600", "--seconds 10800")), c => c.Status != "ok");
        Assert.Equal(("sticky", "node-2 keeps clients at their endpoint for 10800 s, and the API says for 600 s"), (sticky.Service, sticky.Reason));
        Assert.Contains("--rcheck --seconds 10800", sticky.Differences[0].Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_api_nodes_that_differ_are_told_and_none_is_called_right()
    {
        Assert.All(Compare(new(), api: false), c => Assert.Equal("unknown", c.Status));

        var differing = Compare(new("g-dead-sep"), api: false).Where(c => c.Status != "unknown").ToList();

        // web-local has a chain for its node's own endpoints, and its cluster address leads to all
        Assert.Equal(["sticky", "web", "web-extip", "web-lb", "web-local"], differing.Select(c => c.Service).Order());
        foreach (var comparison in differing)
        {
            Assert.Equal("differing", comparison.Status);
            Assert.Equal(["node-1", "node-2", "node-3"], comparison.Node);
            Assert.EndsWith("who is right is not known: the Kubernetes API was not asked", comparison.Reason, StringComparison.Ordinal);
            Assert.Contains("node-2 leads to 10.244.19.6:8080, and node-1, node-3 not", comparison.Reason, StringComparison.Ordinal);
            Assert.All(comparison.Differences, d => Assert.Equal("OtherEndpoint", d.Kind));
        }
    }

    [Fact]
    public void A_node_that_works_in_another_mode_is_told()
    {
        var cluster = new RecordedCluster();
        var rows = RecordedCluster.Addresses.Keys.SelectMany(n => Rows(cluster, n, cluster.Objects).Where(r => r.Service == "web")).Select(r => r.Node == "node-3" ? r with { Mode = "ipvs" } : r).ToList();

        var web = Assert.Single(ServiceNodes.Compare(rows, [], cluster.Objects));

        Assert.Equal(("differing", "ipvs"), (web.Status, web.Nodes[2].Mode));
        Assert.Equal(["node-1 works in iptables mode, and node-3 not", "node-2 works in iptables mode, and node-3 not", "node-3 works in ipvs mode, and node-1, node-2 not"], web.Differences.Select(d => d.Reason));
        Assert.EndsWith("; which mode is meant is not known", web.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_did_not_answer_is_named_and_the_others_are_compared()
    {
        var cluster = new RecordedCluster("g-dead-sep");
        var rows = new[] { "node-1", "node-2" }.SelectMany(n => Rows(cluster, n, cluster.Objects)).ToList();

        var web = Assert.Single(ServiceNodes.Compare(rows, ["node-3: no answer within 30 s"], cluster.Objects), c => c.Service == "web");

        Assert.Equal(["node-2"], web.Node);
        Assert.Equal(["node-1", "node-2"], web.Nodes.Select(n => n.Node));
        Assert.Equal(["node-3: no answer within 30 s"], web.NotCompared);
    }

    [Fact]
    public void Rules_of_a_service_that_one_node_has_left_are_told()
    {
        var gone = KubeChainNames.Service("default/gone:http", "tcp");
        var cluster = new RecordedCluster()
            .Edit("node-2", "iptables", ":KUBE-SVC-2WPIY5GEGT7PXGSB - [0:0]\n", $":{gone} - [0:0]\n:KUBE-SVC-2WPIY5GEGT7PXGSB - [0:0]\n")
            .Edit("node-2", "iptables", "-A KUBE-MARK-MASQ ", $"-A {gone} -m comment --comment \"default/gone:http -> 10.244.19.6:8080\" -j KUBE-MARK-MASQ\n-A KUBE-MARK-MASQ ");

        var ghost = Assert.Single(Compare(cluster), c => c.Status != "ok");

        Assert.Equal(("default", "gone", "http", "tcp"), (ghost.Namespace, ghost.Service, ghost.PortName, ghost.Protocol));
        Assert.Equal("lagging", ghost.Status);
        Assert.Equal(["node-2"], ghost.Node);
        Assert.Equal("node-2 has rules of a service port that the API does not have", ghost.Reason);
        Assert.Contains("node-2 iptables:", ghost.Differences[0].Evidence, StringComparison.Ordinal);
    }

    private static List<ServiceNodeComparison> Compare(RecordedCluster cluster, bool api = true)
    {
        var objects = api ? cluster.Objects : null;
        return [.. ServiceNodes.Compare([.. RecordedCluster.Addresses.Keys.SelectMany(n => Rows(cluster, n, objects))], [], objects)];
    }

    private static IReadOnlyList<ServiceNatChain> Rows(RecordedCluster cluster, string node, KubeObjects? objects)
    {
        var rules = cluster.Node(node).Iptables.Records[0];
        return ServiceChainAudit.Apply(node, rules, objects, ServiceChains.Resolve(node, rules, objects));
    }
}
