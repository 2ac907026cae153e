using GravityNet.Facts;
using GravityNet.Netfilter;
using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>
/// kube-proxy's IPVS mode. Rules and sets are as the kernel's tools printed them after they were loaded; virtual servers and the device kube-ipvs0, which this kernel
/// lacks, are in the words of ipvsadm's and iproute2's source.
/// </summary>
public sealed class IpvsServicesTests
{
    private const string Snapshot = "modes/modes";
    private static readonly KubeObjects Objects = KubeObjects.From(Recordings.ClusterFacts("healthy"));
    private static readonly string Servers = Text("ipvs");

    [Fact]
    public void Services_stand_as_they_do_in_iptables_mode()
    {
        var rules = IptablesSave.Parse("node-3", "iptables", Recordings.Text("healthy", "nodes/node-3/iptables.txt"));
        var iptables = ServiceChains.Resolve("node-3", rules, Objects).Select(Stands).Order().ToList();

        Assert.Equal(iptables, ServiceModes.ResolveIpvs(Node(), Objects).Select(Stands).Order());
    }

    [Fact]
    public void A_service_has_its_rules_entries_and_virtual_servers()
    {
        var lb = One(Node(), "web-lb");

        Assert.Equal(("ipvs", "ok", ""), (lb.Mode, lb.Status, lb.Reason));
        Assert.Equal(["10.100.60.6:80 3", "192.168.33.200:80 3", "192.168.33.13:32011 3"], lb.VirtualServers.Select(s => $"{s.ServiceAddress} {s.Servers.Count}"));
        Assert.Equal(
            ["KUBE-CLUSTER-IP 10.100.60.6,tcp:80", "KUBE-LOAD-BALANCER 192.168.33.200,tcp:80", "KUBE-NODE-PORT-TCP 32011", "KUBE-LOOP-BACK 10.244.92.4,tcp:8080,10.244.92.4"],
            lb.SetEntries.Select(e => $"{e.Set} {e.Element}"));
        Assert.Equal(
            [
                "PREROUTING KUBE-SERVICES", "OUTPUT KUBE-SERVICES", "KUBE-SERVICES KUBE-LOAD-BALANCER", "KUBE-SERVICES KUBE-MARK-MASQ", "KUBE-SERVICES KUBE-NODE-PORT", "KUBE-SERVICES ACCEPT",
                "KUBE-SERVICES ACCEPT", "KUBE-NODE-PORT KUBE-MARK-MASQ", "KUBE-LOAD-BALANCER KUBE-MARK-MASQ", "KUBE-MARK-MASQ MARK", "POSTROUTING KUBE-POSTROUTING",
                "KUBE-POSTROUTING MASQUERADE", "KUBE-POSTROUTING RETURN", "KUBE-POSTROUTING MARK", "KUBE-POSTROUTING MASQUERADE",
            ],
            lb.Rules.Select(r => $"{r.Chain} {r.Target}"));
        // hairpins are masqueraded where they can come to be: on the endpoint's own node
        Assert.Equal(["10.244.92.4"], lb.Endpoints.Where(e => e.Masquerade).Select(e => e.Address));
        Assert.Equal(600, One(Node(), "sticky").AffinitySeconds);
    }

    [Theory]
    [InlineData("rr", "1 1 1", "1/3 1/3 1/3", "")]
    [InlineData("rr", "1 0 5", "1/2 0 1/2", "")]
    [InlineData("wrr", "1 2 5", "1/8 1/4 5/8", "")]
    [InlineData("fo", "1 5 5", "0 1 0", "")]
    [InlineData("lc", "1 1 1", "? ? ?", "the scheduler lc chooses by how many connections each server has")]
    [InlineData("sh", "1 1 0", "? ? 0", "the scheduler sh chooses by a hash of the client's address")]
    [InlineData("nq", "0 0 7", "0 0 1", "")]
    [InlineData("new", "1 1 1", "? ? ?", "the scheduler new chooses in a way that is not known")]
    public void Shares_are_told_where_weights_alone_decide(string scheduler, string weights, string shares, string why)
    {
        var each = weights.Split(' ');
        var lines = Servers.Split('\n').ToList();
        var at = lines.FindIndex(l => l.StartsWith("-A -t 10.100.45.9:3009 ", StringComparison.Ordinal));
        lines[at] = $"-A -t 10.100.45.9:3009 -s {scheduler}";
        for (var i = 0; i < each.Length; i++) lines[at + 1 + i] = lines[at + 1 + i].Replace("-w 1", $"-w {each[i]}", StringComparison.Ordinal);

        var web = One(Node(("ipvs", string.Join('\n', lines))), "web");

        Assert.Equal(shares, string.Join(' ', web.Endpoints.Select(e => e.ShareText)));
        Assert.Contains(why, web.Reason, StringComparison.Ordinal);
        Assert.Equal("ok", web.Status);
    }

    [Fact]
    public void What_differs_from_the_API_is_told()
    {
        ServiceNatChain Web(string servers) => One(Node(("ipvs", servers)), "web");
        string Without(string words) => string.Join('\n', Servers.Split('\n').Where(l => !l.Contains(words, StringComparison.Ordinal)));

        Assert.Equal("nojump there is no virtual server for 10.100.45.9:3009/tcp", Told(Web(Without("10.100.45.9:3009"))));
        Assert.Equal("nojump there is no virtual server for node port 32009/tcp", Told(Web(Without(":32009"))));
        Assert.Equal("noendpoints its traffic is refused: it has no ready endpoint", Told(One(Node(), "orphan")));
        Assert.Equal("missing its traffic is refused: the virtual server has no server that takes new clients, while the API has 3 ready", Told(Web(Without("-a -t 10.100.45.9:3009"))));
        Assert.Equal("stale 1/3 of new flows goes to 10.244.92.77:8080, which is no endpoint of the service; no server is 10.244.92.4:8080", Told(Web(Servers.Replace("10.244.92.4:8080", "10.244.92.77:8080", StringComparison.Ordinal))));
        Assert.Equal(
            "nojump kube-ipvs0 has no address 10.100.45.9: what is sent there is not taken for the node's own, and comes to no virtual server",
            Told(One(Node(("ip-addr", Text("ip-addr").Replace("inet 10.100.45.9/32", "inet 10.100.45.8/32", StringComparison.Ordinal))), "web")));
        var left = Assert.Single(ServiceModes.ResolveIpvs(Node(("ipvs", Servers + "-A -t 10.100.1.1:80 -s rr\n-a -t 10.100.1.1:80 -r 10.244.1.1:80 -m -w 1\n")), Objects), c => c.Service.Length == 0);
        Assert.Equal(("stale", "10.100.1.1"), (left.Status, left.Address));
    }

    [Fact]
    public void Without_ipvsadm_services_are_unknown_and_not_gone()
    {
        var facts = Facts().Where(f => f.Fact != "ipvs").Append(new FactResult("ipvs", "") { Command = "ipvsadm -Sn", ExitCode = 127, Error = "sh: 1: ipvsadm: not found" });
        var web = Assert.Single(ServiceModes.ResolveIpvs(Node([.. facts]), Objects, (_, name) => name == "web"));
        Assert.Equal("unknown", web.Status);
        Assert.Contains("ipvsadm", web.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_rules_are_no_iptables_mode_and_virtual_servers_of_others_no_mode_of_kube_proxys()
    {
        Assert.Equal(["ipvs: 21 virtual servers"], ServiceModes.Of(Node()));
        Assert.True(ServiceModes.IsOther(Node()));
        Assert.Empty(ServiceModes.Of(Node(new[] { new FactResult("ipvs", Servers) })));
        Assert.Equal(2, ServiceModes.Of(Node([.. Facts().Where(f => f.Fact != "iptables"), new("iptables", Recordings.Text("healthy", "nodes/node-3/iptables.txt"))])).Count);
    }

    private static string Told(ServiceNatChain chain) => $"{chain.Status} {chain.Reason}";

    private static string Stands(ServiceNatChain c) =>
        $"{c.Namespace}/{c.Service}:{c.PortName} {c.Type} {c.Protocol} {c.Address}:{c.Port} {c.Status} {c.NodePort} [{string.Join(", ", c.ExternalAddresses)}] {c.AffinitySeconds}: {string.Join(", ", c.Endpoints.Select(e => $"{e.ShareText} {e.Address}:{e.Port} {e.State} {e.Pod} {e.Node}").Order())}";

    private static ServiceNatChain One(NodeState node, string service) => Assert.Single(ServiceModes.ResolveIpvs(node, Objects, (_, name) => name == service));

    private static string Text(string fact) => Recordings.Text(Snapshot, $"nodes/node-3/{fact}.txt");

    private static FactResult[] Facts() => [.. new[] { "ip-addr", "iptables", "ipset", "ipvs" }.Select(f => new FactResult(f, Text(f)))];

    private static NodeState Node(params (string Fact, string Text)[] changed) =>
        Node([.. Facts().Select(f => changed.FirstOrDefault(c => c.Fact == f.Fact) is { Text: { } text } ? new FactResult(f.Fact, text) : f)]);

    private static NodeState Node(IEnumerable<FactResult> facts) => new(new NodeFacts("node-3", "192.168.33.13", facts.ToDictionary(f => f.Fact), []));
}
