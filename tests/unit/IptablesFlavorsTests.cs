using GravityNet.Facts;
using GravityNet.Findings;
using GravityNet.Netfilter;
using GravityNet.Overlay;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>Nodes with rules in both flavours of iptables. The texts are those of real kernels.</summary>
public sealed class IptablesFlavorsTests
{
    private const string LegacyWarning = "# Warning: iptables-legacy tables present, use iptables-legacy-save to see them";

    private static readonly string NftRules = Recordings.Text("healthy", "nodes/node-1/iptables.txt");
    private static readonly string LegacyRules = Recordings.Text("healthy-kp118-legacy", "nodes/node-1/iptables.txt");

    [Fact]
    public void Each_flavor_is_a_rule_set_of_its_own_and_the_default_tools_comes_first()
    {
        var node = Node(("iptables", NftRules), ("iptables-legacy", LegacyRules));

        Assert.Equal(["iptables nf_tables", "iptables-legacy legacy"], node.Iptables.Records.Select(r => $"{r.Fact} {r.Flavor}"));
        Assert.True(node.Iptables.IsKnown);
        Assert.Equal(2, ServiceChains.Serving(node).Count);
    }

    [Fact]
    public void The_flavor_that_kube_proxy_writes_is_the_one_with_its_chains()
    {
        // the nft tools print nothing at all where nf_tables has no tables
        var node = Node(("iptables", ""), ("iptables-legacy", LegacyRules));

        Assert.Equal("legacy", Assert.Single(ServiceChains.Serving(node)).Flavor);
        Assert.Equal("nf_tables", Assert.Single(ServiceChains.Serving(Node(("iptables", "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n"), ("iptables-nft", NftRules)))).Flavor);
        // without kube-proxy in either there is one answer, and it says that there is none
        Assert.Equal("iptables", Assert.Single(ServiceChains.Serving(Node(("iptables", ""), ("iptables-legacy", "")))).Fact);
    }

    [Fact]
    public void One_rule_set_under_two_names_counts_once() =>
        Assert.Single(Node(("iptables", NftRules), ("iptables-nft", NftRules)).Iptables.Records);

    [Fact]
    public void A_rule_set_that_could_not_be_read_is_unknown_and_not_empty()
    {
        var denied = new FactResult("iptables", "") { Command = "iptables-save -c", ExitCode = 4, Error = "iptables-save v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)" };
        var legacy = new FactResult("iptables-legacy", "") { Command = "iptables-legacy-save -c", ExitCode = 1, Error = "Failed to list table names in /proc/net/ip_tables_names: Permission denied" };

        var none = Node(denied, legacy);
        Assert.Empty(none.Iptables.Records);
        Assert.Empty(ServiceChains.Serving(none));
        Assert.Contains("you must be root", none.Iptables.Reason, StringComparison.Ordinal);

        var half = Node(new FactResult("iptables", NftRules), legacy);
        Assert.Single(half.Iptables.Records);
        Assert.Contains("ip_tables_names: Permission denied", half.Iptables.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Legacy_rules_that_no_tool_reads_make_the_services_unknown(bool onStandardError)
    {
        const string Other = "*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n";
        var fact = onStandardError ? new FactResult("iptables", Other) { ExitCode = 0, Error = LegacyWarning } : new FactResult("iptables", Other + LegacyWarning + "\n");

        var node = Node(fact);

        Assert.Equal("node-1: there are rules of the legacy flavour, and no 'iptables-legacy-save' to read them", node.Iptables.Reason);
        var web = Assert.Single(ServiceChains.Resolve("node-1", ServiceChains.Serving(node)[0], KubeObjects.From(Recordings.ClusterFacts("healthy")), (_, s) => s == "web", node.Iptables.Reason));
        Assert.Equal(("unknown", true), (web.Status, web.Reason.Contains("no 'iptables-legacy-save' to read them", StringComparison.Ordinal)));
        // with the tool, what it reads counts and nothing is unknown
        Assert.True(Node(fact, new FactResult("iptables-legacy", LegacyRules)).Iptables.IsKnown);
    }

    [Fact]
    public void Chains_of_kube_proxy_in_both_are_a_finding_with_both_proofs()
    {
        var finding = Assert.Single(Find(Node(("iptables", NftRules), ("iptables-legacy", LegacyRules))), f => f.Id == "iptables-two-flavors");

        Assert.Equal("warning", finding.Severity);
        Assert.Contains("nf_tables: 46 of services and endpoints, legacy: 45", finding.Message, StringComparison.Ordinal);
        Assert.Equal(["iptables", "iptables-legacy"], finding.Evidence.Select(e => e.Split(' ', ':')[1]));
        Assert.DoesNotContain(Find(Node(("iptables", NftRules), ("iptables-legacy", ""))), f => f.Id == "iptables-two-flavors");
    }

    [Fact]
    public void A_rule_of_the_other_flavor_stops_the_packet_too()
    {
        const string Drop = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p udp -m udp --dport 8472 -j DROP\nCOMMIT\n";
        var finding = Assert.Single(Find(Node(("iptables", NftRules), ("iptables-legacy", Drop))), f => f.Id == "overlay-port-blocked");

        Assert.StartsWith("node-1 iptables-legacy:3: -A INPUT -p udp", Assert.Single(finding.Evidence), StringComparison.Ordinal);
    }

    [Fact]
    public void A_jump_in_the_other_flavor_translates_too()
    {
        var without = string.Join('\n', NftRules.Split('\n').Where(l => !l.Contains("-A PREROUTING", StringComparison.Ordinal)));
        Assert.Contains(Find(Node(("iptables", without))), f => f.Id == "service-translation");
        Assert.DoesNotContain(Find(Node(("iptables", without), ("iptables-legacy", LegacyRules))), f => f.Id == "service-translation");
        // what could not be read may have it
        Assert.DoesNotContain(Find(Node(new FactResult("iptables", without), new FactResult("iptables-legacy", "") { ExitCode = 1 })), f => f.Id == "service-translation");
    }

    private static IReadOnlyList<Finding> Find(NodeState node) =>
        Detectors.Run(new([node, Node("node-2"), Node("node-3")], new LeaseTable([], [], []), KubeObjects.From([])));

    private static NodeState Node(string name) => new(new NodeFacts(name, $"192.168.33.1{name[^1]}", new Dictionary<string, FactResult>(), []));

    private static NodeState Node(params (string Fact, string Text)[] facts) => Node([.. facts.Select(f => new FactResult(f.Fact, f.Text))]);

    private static NodeState Node(params FactResult[] facts) => new(new NodeFacts("node-1", "192.168.33.11", facts.ToDictionary(f => f.Fact), []));
}
