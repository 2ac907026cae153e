using GravityNet.Facts;
using GravityNet.Findings;
using GravityNet.Netfilter;
using GravityNet.Overlay;
using GravityNet.Parsing;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>
/// kube-proxy's nftables mode in each of its forms, as nft 1.0.6 printed it of a kernel that had loaded it (see <see cref="NftRuleSets"/>): the services of a recording as
/// its node-1 would have them, and some more.
/// </summary>
public sealed class NftServicesTests
{
    public static TheoryData<string> Forms => ["1.29", "1.33", "1.36"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Services_stand_as_they_do_in_iptables_mode(string form)
    {
        var objects = KubeObjects.From(Recordings.ClusterFacts("healthy"));
        var rules = IptablesSave.Parse("node-1", "iptables", Recordings.Text("healthy", "nodes/node-1/iptables.txt"));
        var iptables = ServiceChains.Resolve("node-1", rules, objects).Select(Stands).Order().ToList();

        var nftables = ServiceModes.ResolveNft(Node(Fact($"kube-proxy-{form}")), objects);

        Assert.Equal(17, iptables.Count);
        Assert.Equal(iptables, nftables.Select(Stands).Order());
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Without_the_API_the_names_in_the_table_tell_the_services(string form)
    {
        var chains = ServiceModes.ResolveNft(Node(Fact($"more-services-{form}")), null);

        Assert.Equal(
            [
                "default/kubernetes:https tcp 10.96.0.1:443 unknown service 1 192.168.33.11:6443",
                "default/local:http tcp 10.96.1.7:80 unknown service 30087 203.0.113.7 1/4 10.244.19.6:8080, 1/4 10.244.19.7:8080, 1/4 10.244.19.8:8080, 1/4 10.244.65.4:8080",
                "default/near:http tcp 10.96.1.6:80 noendpoints service 30086 1 10.244.65.4:8080",
                "default/none:http tcp 10.96.1.5:80 noendpoints 30085",
                "default/one:http tcp 10.96.1.1:80 unknown service 1 10.244.19.6:8080",
                "default/ranged:http tcp 10.96.1.8:80 unknown service 30088 203.0.113.8 203.0.113.9 1/2 10.244.19.6:8080, 1/2 10.244.19.7:8080",
                "default/sticky:http tcp 10.96.1.4:80 unknown service 10800 s 1/3 10.244.19.6:8080, 1/3 10.244.19.7:8080, 1/3 10.244.19.8:8080",
                "default/three:http tcp 10.96.1.3:80 unknown service 30080 1/3 10.244.19.6:8080, 1/3 10.244.19.7:8080, 1/3 10.244.19.8:8080",
                "default/two tcp 10.96.1.2:80 unknown service 1/2 10.244.19.6:8080, 1/2 10.244.19.7:8080",
                "kube-system/kube-dns:dns udp 10.96.0.10:53 unknown service 1/2 10.244.19.3:53, 1/2 10.244.65.3:53",
            ],
            chains.Select(Told).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["near its traffic is dropped: it has no ready endpoint", "none its traffic is refused: it has no ready endpoint"],
            chains.Where(c => c.Status == "noendpoints").Select(c => $"{c.Service} {c.Reason}").Order(StringComparer.Ordinal));
        Assert.All(chains.Where(c => c.Chain.Length > 0), c => Assert.Equal(NftServiceNames.Chain("service", c.Namespace, c.Service, c.Protocol, c.PortName), c.Chain));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_differs_from_the_API_is_told(string form)
    {
        var objects = KubeObjects.From(Recordings.ClusterFacts("healthy"));
        var text = Text($"kube-proxy-{form}-nft");
        ServiceNatChain Web(string changed) => Assert.Single(ServiceModes.ResolveNft(Node(new FactResult("nft", changed)), objects, (_, name) => name == "web"), c => c.Address == "10.100.45.9");

        var stale = Web(text.Replace("10.244.19.6", "10.244.19.77", StringComparison.Ordinal));
        Assert.Equal(("stale", "1/3 of new flows goes to 10.244.19.77:8080, which is no endpoint of the service; no rule leads to 10.244.19.6:8080"), (stale.Status, stale.Reason));
        var unhooked = Web(text.Replace("\"hook\": \"prerouting\"", "\"hook\": \"ingress\"", StringComparison.Ordinal));
        Assert.Equal("nojump", unhooked.Status);
        Assert.Contains("no nat chain at prerouting: traffic of pods and from outside is not translated", unhooked.Reason, StringComparison.Ordinal);
        var unmapped = Web(text.Replace("{\"concat\": [\"10.100.45.9\", \"tcp\", 3009]}", "{\"concat\": [\"10.100.45.10\", \"tcp\", 3009]}", StringComparison.Ordinal));
        Assert.Equal(("nojump", "no rule of the table kube-proxy translates traffic to 10.100.45.9:3009/tcp"), (unmapped.Status, unmapped.Reason.Split(';')[0].Replace(": it is refused", "", StringComparison.Ordinal)));
        Assert.Equal(form != "1.29", unmapped.Reason.Contains(": it is refused", StringComparison.Ordinal));
        // one number of three that leads nowhere
        var gap = Web(text.Replace("\"mod\": 3,", "\"mod\": 4,", StringComparison.Ordinal));
        Assert.Equal(("missing", "1/4 of new flows meets no endpoint", "1/4 1/4 1/4"), (gap.Status, gap.Reason, string.Join(' ', gap.Endpoints.Select(e => e.ShareText))));
        // a statement that is not known leaves the end unknown
        var odd = Web(text.Replace("{\"jump\": {\"target\": \"services\"}}", "{\"synproxy\": {\"mss\": 1460}}", StringComparison.Ordinal));
        Assert.Equal("unknown", odd.Status);
        Assert.Contains("synproxy", odd.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_that_the_API_does_not_have_was_left_behind()
    {
        var chains = ServiceModes.ResolveNft(Node(Fact("more-services-1.33")), KubeObjects.From(Recordings.ClusterFacts("healthy")), (_, name) => name == "three");
        var three = Assert.Single(chains);
        Assert.Equal(("stale", true), (three.Status, three.Reason.Contains("the API has no such service port", StringComparison.Ordinal)));
    }

    [Fact]
    public void Two_modes_on_one_node_are_a_finding_and_one_is_none()
    {
        var iptables = new FactResult("iptables", Recordings.Text("healthy", "nodes/node-1/iptables.txt"));
        Finding[] Findings(params FactResult[] facts) => [.. new TwoModes().Find(new([Node(facts)], new LeaseTable([], [], []), KubeObjects.From([])))];

        Assert.Empty(Findings(iptables));
        Assert.Empty(Findings(Fact("kube-proxy-1.33")));
        // iptables-nft's own tables are no mode of kube-proxy's
        Assert.Empty(Findings(iptables, Fact("iptables-nft-1.0.6", whole: true)));
        Assert.Equal("iptables: 15 chains of services, nftables: 15 chains of services", Assert.Single(Findings(iptables, Fact("kube-proxy-1.33"))).Message.Split('(', ')')[1]);
    }

    [Fact]
    public void IPv6_has_a_table_of_its_own()
    {
        var six = Assert.Single(ServiceModes.ResolveNft(Node(Fact("kube-proxy-1.33-ipv6")), null));
        Assert.Equal("default/six:http tcp fd00:10:96::6:80 unknown service 1/2 fd00:10:244::6:8080, 1/2 fd00:10:244::7:8080", Told(six));
    }

    private static string Told(ServiceNatChain c)
    {
        string[] words =
        [
            $"{c.Namespace}/{c.Service}{(c.PortName.Length > 0 ? ":" + c.PortName : "")}", c.Protocol, $"{c.Address}:{c.Port}", c.Status, c.Chain.Split('-')[0], $"{c.NodePort}",
            string.Join(' ', c.ExternalAddresses), c.AffinitySeconds is { } s ? $"{s} s" : "", string.Join(", ", c.Endpoints.Select(e => $"{e.ShareText} {e.Address}:{e.Port}")),
        ];
        return string.Join(' ', words.Where(w => w.Length > 0));
    }

    private static string Stands(ServiceNatChain c) =>
        $"{c.Namespace}/{c.Service}:{c.PortName} {c.Type} {c.Protocol} {c.Address}:{c.Port} {c.Status} {c.NodePort} [{string.Join(", ", c.ExternalAddresses)}] {c.AffinitySeconds}: {string.Join(", ", c.Endpoints.Select(e => $"{e.ShareText} {e.Address}:{e.Port} {e.State} {e.Pod} {e.Node} {e.Masquerade}").Order())}";

    private static string Text(string name) => Languages.TextsOf("nft").Single(t => t.Place.Contains(name, StringComparison.Ordinal)).Text;

    private static FactResult Fact(string name, bool whole = false) => new("nft", Text(whole ? name : name + "-nft"));

    private static NodeState Node(params FactResult[] facts) => new(new NodeFacts("node-1", "192.168.33.11", facts.ToDictionary(f => f.Fact), []));
}
