using GravityNet.Facts;
using GravityNet.Netfilter;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class ServiceConnectionsTests
{
    private const string Dead = "10.244.19.3";

    // h and j were recorded soon after g, on the same nodes: connections to g's dead endpoint are still in the kernel's table
    public static TheoryData<string> Healthy => [.. Recordings.Names.Where(n => n is not ("g-dead-sep" or "h-mtu-1500" or "j-underlay-mtu"))];

    [Theory]
    [MemberData(nameof(Healthy))]
    public void No_connection_of_a_recording_without_dead_endpoints_is_stale(string recording)
    {
        var cluster = new RecordedCluster(recording);
        foreach (var node in Recordings.Nodes(recording))
        {
            // there are connections to services, and each leads to an endpoint that lives
            Assert.Contains(cluster.Node(node).Connections.Records, c => c.Original.Destination.StartsWith("10.100.", StringComparison.Ordinal) && c.Reply.SourceAddress.StartsWith("10.244.", StringComparison.Ordinal));
            Assert.All(Rows(cluster, node), r => Assert.True(r.StaleConnections.Count == 0 && r.NotChecked.Length == 0, $"{r} {string.Join('\n', r.StaleConnections)} {r.NotChecked}"));
        }
    }

    [Theory]
    [InlineData("g-dead-sep", "stale")]
    [InlineData("h-mtu-1500", "ok")]
    [InlineData("j-underlay-mtu", "ok")]
    public void Connections_to_the_dead_endpoint_are_listed_with_the_service_and_their_state(string recording, string status)
    {
        var rows = Rows(new(recording), "node-2");
        var web = Assert.Single(rows, r => r.StaleConnections.Count > 0);

        Assert.Equal(("web", status), (web.Service, web.Status));
        Assert.NotEmpty(web.StaleConnections);
        Assert.All(web.StaleConnections, line => Assert.Matches("^tcp +6 [0-9]+ SYN_SENT src=.* dst=10\\.100\\.45\\.9 .* dport=3009 \\[UNREPLIED\\] src=10\\.244\\.19\\.6 |dport=32009 \\[UNREPLIED\\] src=10\\.244\\.19\\.6 ", line));
        Assert.All(web.TypedStaleConnections, c => Assert.True(c.IsUnreplied));
        // what TCP does is no matter of the rules: it gives up by itself
        Assert.DoesNotContain("conntrack", web.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Udp_to_an_endpoint_that_is_gone_makes_the_service_stale_and_says_how_to_end_it()
    {
        var cluster = Without(Dead);
        var entries = Recordings.Text("healthy", "nodes/node-1/conntrack.txt").Split('\n').Where(l => l.StartsWith("udp", StringComparison.Ordinal) && l.Contains("dst=10.100.214.177 ", StringComparison.Ordinal) && l.Contains($" src={Dead} ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(entries);

        var dns = Assert.Single(Rows(cluster, "node-1"), r => r is { Service: "kube-dns", PortName: "dns" });

        Assert.Equal(entries.Select(l => l.TrimEnd()), dns.StaleConnections.Select(l => l.TrimEnd()));
        Assert.Equal("stale", dns.Status);
        var (s, leads) = entries.Count == 1 ? ("", "leads") : ("s", "lead");
        Assert.Contains($"{entries.Count} tracked udp connection{s} still {leads} to {Dead}:53, which is no endpoint of the service (end with: conntrack -D -p udp -d 10.100.214.177 --dport 53 --dst-nat {Dead})", dns.Reason, StringComparison.Ordinal);
        Assert.All(Rows(cluster, "node-1").Where(r => r.Service != "kube-dns"), r => Assert.Empty(r.StaleConnections));
    }

    [Fact]
    public void One_that_had_no_reply_is_counted_and_one_to_a_node_port_is_found()
    {
        var cluster = Without(Dead).Append("node-2", "conntrack", $"udp      17 29 src=10.244.65.2 dst=10.100.214.177 sport=5000 dport=53 [UNREPLIED] src={Dead} dst=10.244.65.2 sport=53 dport=5000 mark=0 use=1")
            .Append("node-2", "conntrack", "tcp      6 86 ESTABLISHED src=192.168.33.1 dst=192.168.33.12 sport=49736 dport=32009 src=10.244.19.250 dst=10.244.65.0 sport=8080 dport=1586 [ASSURED] mark=0 use=1")
            // over, to elsewhere, and not translated
            .Append("node-2", "conntrack", "tcp      6 86 TIME_WAIT src=192.168.33.1 dst=192.168.33.12 sport=49737 dport=32009 src=10.244.19.250 dst=10.244.65.0 sport=8080 dport=1587 [ASSURED] mark=0 use=1")
            .Append("node-2", "conntrack", "tcp      6 86 ESTABLISHED src=10.244.65.2 dst=192.168.33.1 sport=49738 dport=32009 src=192.168.33.1 dst=10.244.65.2 sport=32009 dport=49738 [ASSURED] mark=0 use=1");

        var rows = Rows(cluster, "node-2");

        Assert.Contains(" (1 without a reply) still lead", Assert.Single(rows, r => r is { Service: "kube-dns", PortName: "dns" }).Reason, StringComparison.Ordinal);
        Assert.Equal("192.168.33.1 49736 ESTABLISHED", Assert.Single(rows, r => r.Service == "web").TypedStaleConnections.Select(c => $"{c.Original.SourceAddress} {c.Original.SourcePort} {c.State}").Single());
    }

    [Fact]
    public void What_is_not_known_is_said_and_nothing_else()
    {
        var rows = Rows(Without(Dead).Without("nodes/node-1/conntrack.txt"), "node-1");
        Assert.All(rows.Where(r => r.Address.Length > 0), r => Assert.Equal("connections to endpoints that are gone: node-1: 'conntrack' was not collected", r.NotChecked));
        Assert.All(rows, r => Assert.Empty(r.StaleConnections));

        var cluster = new RecordedCluster("g-dead-sep");
        var state = cluster.Node("node-2");
        rows = [.. ServiceConnections.Apply(state, null, ServiceChains.Resolve("node-2", state.Iptables.Records[0], null))];
        Assert.All(rows, r => Assert.Equal("connections to endpoints that are gone: the Kubernetes API was not asked", r.NotChecked));
        Assert.All(rows, r => Assert.Empty(r.StaleConnections));
    }

    // the API without one of DNS' endpoints
    private static RecordedCluster Without(string address) => new RecordedCluster().EditStore("kube-endpointslices", $"\"{address}\"", "\"10.244.19.99\"");

    private static IReadOnlyList<ServiceNatChain> Rows(RecordedCluster cluster, string node)
    {
        var (state, objects) = (cluster.Node(node), cluster.Objects);
        return [.. ServiceConnections.Apply(state, objects, ServiceChains.Resolve(node, state.Iptables.Records[0], objects))];
    }
}
