using System.Globalization;
using GravityNet.Netfilter;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>The ways into services, from each sender, held against what real traffic did in the recordings.</summary>
public sealed class ServiceEntryTests
{
    public static TheoryData<string> All => [.. Recordings.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void A_connection_that_the_kernel_tracked_goes_where_the_walk_says(string recording)
    {
        var objects = KubeObjects.From(Recordings.ClusterFacts(recording));
        var compared = 0;
        foreach (var node in Recordings.Nodes(recording))
        {
            var state = new RecordedCluster(recording).Node(node);
            var known = new Dictionary<string, List<ServiceChainEntry>>(StringComparer.Ordinal);
            foreach (var connection in state.Connections.Records)
            {
                var (sent, replied) = (connection.Original, connection.Reply);
                if (sent.DestinationPort is not { } port) continue;
                var from = sent.SourceAddress.StartsWith("127.", StringComparison.Ordinal) || state.Links.Records.Any(l => l.Inet.Any(a => a.Address == sent.SourceAddress)) ? "Node" : sent.SourceAddress;
                if (!known.TryGetValue(from, out var entries)) known[from] = entries = [.. Resolve(state, objects, from).SelectMany(c => c.Entries)];
                foreach (var entry in entries.Where(e => e.Address == sent.Destination && e.Port == port && e.Protocol == connection.Protocol))
                {
                    // these were made before the fault was
                    if (recording == "n-no-service-jump" && node == "node-1" && entry.Verdict is "untranslated" or "local") continue;
                    Assert.Equal($"dnat {connection}", $"{entry.Verdict} {connection}");
                    // nor is a connection younger than the pod that took the place of its endpoint
                    if (!objects.Endpoints!.Any(e => e.Address == replied.SourceAddress)) continue;
                    var end = Assert.Single(entry.Outcomes, o => o.Address == replied.SourceAddress && o.Port == replied.SourcePort);
                    Assert.Equal((end.IsMasqueraded, $"{entry} {connection}"), (replied.Destination != sent.SourceAddress, $"{entry} {connection}"));
                    compared++;
                }
            }
        }

        Assert.True(compared >= 20, $"{compared}");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_flow_to_a_service_that_got_an_answer_was_translated_and_one_that_the_rules_stop_got_none(string recording)
    {
        var objects = KubeObjects.From(Recordings.ClusterFacts(recording));
        var cluster = new RecordedCluster(recording);
        var states = Recordings.Nodes(recording).ToDictionary(n => n, cluster.Node);
        var (answered, stopped) = (0, 0);
        foreach (var flow in Recordings.Text(recording, "flows.tsv").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split('\t')))
        {
            var (from, to, port) = (flow[0], flow[1], int.Parse(flow[3], CultureInfo.InvariantCulture));
            var sender = from.Split(':', 2) switch { ["node", var name] => states[name].Address, [_, var name] => name, _ => from };
            // a node port is translated where it is asked
            var node = states.Values.FirstOrDefault(s => s.Address == to)?.Node ?? (from.StartsWith("pod:", StringComparison.Ordinal) ? ServiceSender.Find(sender, objects)[0].Host : from["node:".Length..]);
            foreach (var entry in Resolve(states[node], objects, sender).SelectMany(c => c.Entries).Where(e => e.Address == to && e.Port == port && e.Protocol == flow[2]))
            {
                var isAnswered = flow[7] != "0";
                var isHealthy = recording.StartsWith("healthy", StringComparison.Ordinal);
                if (entry.Verdict == "dnat") answered += isAnswered ? 1 : 0;
                else stopped++;
                if (isAnswered || isHealthy) Assert.Equal($"{string.Join(' ', flow)} {isAnswered}", $"{string.Join(' ', flow)} {entry.Verdict == "dnat"}");
                else if (entry.Verdict != "dnat") Assert.False(isAnswered);
                Assert.NotEqual("unknown", entry.Verdict);
            }
        }

        Assert.True(answered >= 10 && stopped >= 3, $"{answered} {stopped}");
    }

    [Theory]
    [InlineData("web", "pod", "ClusterIP dnat no; NodePort dnat yes")]
    [InlineData("web", "node", "ClusterIP dnat yes; NodePort dnat yes")]
    [InlineData("web", "outside", "ClusterIP dnat yes; NodePort dnat yes")]
    // the pod is itself an endpoint: what comes back to it has the node's address
    [InlineData("web", "default/web-7d9c6b5f44-4kxl2", "ClusterIP dnat some; NodePort dnat yes")]
    [InlineData("web", "web-7d9c6b5f44-4kxl2", "ClusterIP dnat some; NodePort dnat yes")]
    [InlineData("web", "192.168.33.1", "ClusterIP dnat yes; NodePort dnat yes")]
    // an endpoint outside the cluster: flannel masquerades what leaves the pods' network
    [InlineData("upstream-dns", "pod", "ClusterIP dnat yes")]
    // a local policy: pods of the cluster and the node itself go to all endpoints, the outside to those of the node, with its own address
    [InlineData("web-local", "pod", "ClusterIP dnat no; NodePort dnat no")]
    [InlineData("web-local", "node", "ClusterIP dnat yes; NodePort dnat yes")]
    [InlineData("web-local", "outside", "ClusterIP dnat yes; NodePort dnat no")]
    [InlineData("echo-only-local", "pod", "ClusterIP drop ; NodePort dnat no")]
    [InlineData("echo-only-local", "outside", "ClusterIP drop ; NodePort drop ")]
    [InlineData("orphan", "pod", "ClusterIP reject ")]
    [InlineData("orphan", "node", "ClusterIP reject ")]
    [InlineData("web-extip", "outside", "ClusterIP dnat yes; ExternalIP dnat yes")]
    [InlineData("web-lb", "outside", "ClusterIP dnat yes; NodePort dnat yes; LoadBalancer dnat yes")]
    public void Who_sends_matters(string service, string from, string expected)
    {
        var entries = Assert.Single(Resolve(new RecordedCluster().Node("node-1"), KubeObjects.From(Recordings.ClusterFacts("healthy")), from), c => c.Service == service).Entries;
        Assert.Equal(expected, string.Join("; ", entries.Select(e => $"{e.Kind} {e.Verdict} {e.Masquerade}")));
        Assert.All(entries, e => Assert.True(e.DecidedBy.StartsWith("node-1 iptables:", StringComparison.Ordinal), e.ToString()));
        Assert.All(entries.Where(e => e.Masquerade is "yes" or "some"), e => Assert.Contains("-j MASQUERADE", e.MasqueradedBy, StringComparison.Ordinal));
    }

    [Fact]
    public void A_local_policy_leads_the_outside_to_the_nodes_own_endpoints()
    {
        var local = Assert.Single(Resolve(new RecordedCluster().Node("node-1"), KubeObjects.From(Recordings.ClusterFacts("healthy")), "outside"), c => c.Service == "web-local");
        Assert.Equal(["1/3 10.244.19.6:8080, 1/3 10.244.65.4:8080, 1/3 10.244.92.4:8080", "1 10.244.19.6:8080"], local.Entries.Select(e => e.Shares.Replace(" masqueraded", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Before_1_24_what_pods_and_nodes_send_to_an_external_address_is_left_to_the_network()
    {
        var state = new RecordedCluster("healthy-kp118-legacy").Node("node-1");
        var objects = KubeObjects.From(Recordings.ClusterFacts("healthy-kp118-legacy"));
        foreach (var (from, expected) in new[] { ("pod", "untranslated"), ("node", "untranslated"), ("outside", "dnat") })
        {
            var entry = Assert.Single(Assert.Single(Resolve(state, objects, from), c => c.Service == "web-extip").Entries, e => e.Kind == "ExternalIP");
            Assert.Equal($"{from} {expected}", $"{from} {entry.Verdict}");
        }
    }

    [Theory]
    [InlineData("iptables -t nat -I KUBE-SVC", "-A KUBE-SVC-CDGGSHYLG3RE2FKL -m comment --comment \"default/web:http -> 10.244.19.6:8080\"", "-A KUBE-SVC-CDGGSHYLG3RE2FKL -j RETURN", "nojump", "untranslated")]
    [InlineData("a foreign DNAT", "-A PREROUTING -m comment --comment \"kubernetes service portals\"", "-A PREROUTING -d 10.100.45.9/32 -p tcp -j DNAT --to-destination 10.9.9.9:80", "stale", "dnat")]
    [InlineData("a rule that drops", "-A FORWARD -s 10.244.0.0/16 -j ACCEPT", "-A FORWARD -d 10.244.65.4/32 -j DROP", "missing", "drop")]
    [InlineData("a rule before KUBE-SERVICES", "-A PREROUTING -m comment --comment \"kubernetes service portals\"", "-A PREROUTING -p tcp -j ACCEPT", "nojump", "untranslated")]
    public void What_somebody_put_into_the_rules_does_what_the_kernel_would_do(string what, string before, string rule, string status, string verdict)
    {
        var state = new RecordedCluster().Edit("node-1", "iptables", LineOf(before), rule + "\n" + LineOf(before)).Node("node-1");
        var web = Assert.Single(Resolve(state, KubeObjects.From(Recordings.ClusterFacts("healthy")), null), c => c.Service == "web");

        Assert.Equal($"{what}: {status}", $"{what}: {web.Status}");
        var entry = web.Entries[0];
        Assert.Equal(("pod", "ClusterIP", verdict), (entry.From, entry.Kind, entry.Verdict));
        Assert.Contains(web.Rules, r => r.ToString() == rule);

        static string LineOf(string begin) => Recordings.Text("healthy", "nodes/node-1/iptables.txt").Split('\n').First(l => l.Contains(begin, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_nodes_addresses_and_the_api_what_depends_on_them_is_unknown_and_named()
    {
        var state = new RecordedCluster().Without("nodes/node-1/ip-").Node("node-1");
        var web = Assert.Single(ServiceChains.Resolve("node-1", state.Iptables.Records[0], null, (_, s) => s == "web"));

        Assert.Equal("pod ClusterIP dnat unknown", $"{web.Entries[0].From} {web.Entries[0].Kind} {web.Entries[0].Verdict} {web.Entries[0].Masquerade}");
        var nodePort = Assert.Single(web.Entries, e => e is { Kind: "NodePort", From: "pod" });
        Assert.Equal(("unknown", "node-1's own address is not known"), (nodePort.Verdict, nodePort.Reason));
        Assert.Equal(["1/3", "1/3", "1/3"], web.Endpoints.Select(e => e.ShareText));
    }

    [Fact]
    public void A_host_port_of_an_endpoint_is_a_way_in()
    {
        // the pod with the host port, as an endpoint of the service
        var objects = KubeObjects.From(Recordings.ClusterFacts("healthy")
            .Select(f => f with { Text = f.Fact == "kube-endpointslices" ? f.Text.Replace("\"10.244.19.6\"", "\"10.244.19.5\"", StringComparison.Ordinal) : f.Text }));
        var web = Assert.Single(Resolve(new RecordedCluster().Node("node-1"), objects, "outside"), c => c.Service == "web");
        var entry = Assert.Single(web.Entries, e => e.Kind == "HostPort");
        Assert.Equal("outside 192.168.33.11:18080 dnat no 1 10.244.19.5:8080", $"{entry.From} {entry.Address}:{entry.Port} {entry.Verdict} {entry.Masquerade} {entry.Shares}");
    }

    private static IReadOnlyList<ServiceNatChain> Resolve(NodeState state, KubeObjects objects, string? from) =>
        ServiceChains.Resolve(state.Node, state.Iptables.Records[0], objects, from is null ? null : Assert.Single(ServiceSender.Find(from, objects)), null, "", state);
}
