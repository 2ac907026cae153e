using System.Text.Json.Nodes;
using GravityNet.Parsing;
using GravityNet.UnitTests.Probing;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>The samples are what nft 1.0.6 printed of a kernel's rules: those that kube-proxy writes in nftables mode, those of iptables-nft, and some of every family.</summary>
public sealed class NftJsonTests
{
    private static readonly string Sample = Languages.TextsOf("nft").Single(t => t.Place.Contains("kube-proxy-and-others", StringComparison.Ordinal)).Text;
    private static readonly NftRuleset Rules = NftJson.Parse("node-1", "nft", Sample);

    [Fact]
    public void Everything_that_the_tool_printed_is_an_object()
    {
        Assert.Empty(Rules.Unread);
        Assert.Equal("1.0.6", Rules.Version);
        Assert.Equal(JsonNode.Parse(Sample)!["nftables"]!.AsArray().Count, Rules.Objects.Count);
        Assert.Equal(["ip kube-proxy", "ip6 kube-proxy", "inet fw", "bridge b", "arp a", "netdev n"], Rules.Tables.Select(t => $"{t.Family} {t.Name}"));
        Assert.Equal(Rules.Objects.OfType<NftRule>().Count(), Rules.Tables.Sum(t => t.Chains.Sum(c => c.Rules.Count)));
    }

    [Fact]
    public void Chains_have_their_hooks_and_rules()
    {
        var table = Rules.Table("ip", "kube-proxy")!;

        var hook = table.Chain("nat-prerouting")!;
        Assert.Equal(("nat", "prerouting", -100L, "accept"), (hook.Type, hook.Hook, hook.Priority, hook.Policy));
        Assert.Equal(("jump", "services"), (Assert.Single(hook.Rules).Verdict, hook.Rules[0].Target));
        Assert.Equal(("", "", null, ""), (table.Chain("services")!.Type, table.Chain("services")!.Hook, table.Chain("services")!.Priority, table.Chain("services")!.Policy));
        Assert.Equal(["Reject traffic to invalid ports of ClusterIPs", "Drop traffic to unallocated ClusterIPs"], table.Chain("cluster-ips-check")!.Rules.Select(r => r.Comment));
        Assert.Equal(["reject", "drop"], table.Chain("cluster-ips-check")!.Rules.Select(r => r.Verdict));
        Assert.True(table.Chain("masquerading")!.Rules[^1].IsMasquerade);
    }

    [Fact]
    public void A_service_leads_through_maps_to_its_endpoints()
    {
        var table = Rules.Table("ip", "kube-proxy")!;

        var front = table.Chain("services")!.Rules[0];
        Assert.Equal(("ip daddr . meta l4proto . th dport", "service-ips"), (front.MapKey, front.MapName));
        var services = table.Set(front.MapName)!;
        Assert.Equal((true, "ipv4_addr . inet_proto . inet_service", "verdict", "ClusterIP, ExternalIP and LoadBalancer IP traffic"), (services.IsMap, services.Type, services.MapType, services.Comment));
        var dns = services.Elements.Single(e => e.Key == "10.96.0.10 . udp . 53");
        var balancer = table.Chain(dns.Target)!.Rules[^1];
        Assert.Equal(("numgen random mod 2", ""), (balancer.MapKey, balancer.MapName));
        Assert.Equal(["0", "1"], balancer.MapElements.Select(e => e.Key));
        Assert.Equal(["10.244.19.3:53", "10.244.65.3:53"], balancer.MapElements.Select(e => table.Chain(e.Target)!.Rules[^1].ToDestination));
        Assert.Equal("[fd00::1]:80", Rules.Table("ip6", "kube-proxy")!.Chain("endpoint-6")!.Rules[0].ToDestination);
    }

    [Fact]
    public void Sets_have_their_elements_in_words()
    {
        var table = Rules.Table("ip", "kube-proxy")!;

        Assert.Equal((false, "ipv4_addr", ""), (table.Set("cluster-ips")!.IsMap, table.Set("cluster-ips")!.Type, table.Set("cluster-ips")!.MapType));
        Assert.Equal(["10.0.0.0/8", "192.168.0.1-192.168.0.9"], table.Set("ranges")!.Elements.Select(e => e.Key));
        Assert.Equal(10800, table.Set("affinity-X")!.Timeout);
        var orphan = Assert.Single(table.Set("no-endpoint-services")!.Elements);
        Assert.Equal(("10.100.77.7 . tcp . 80", "goto reject-chain", "default/orphan:"), (orphan.Key, orphan.Value, orphan.Comment));
        Assert.Equal(["established : accept", "related : accept", "invalid : drop"], Rules.Table("inet", "fw")!.Chain("input")!.Rules[0].MapElements.Select(e => e.ToString()).OrderBy(e => "eri".IndexOf(e[0], StringComparison.Ordinal)));
    }

    [Fact]
    public void A_changed_property_is_printed_and_the_rest_stays()
    {
        var rule = Rules.Table("ip", "kube-proxy")!.Chains.SelectMany(c => c.Rules).Single(r => r.Packets is not null && r.ToDestination.Length > 0);

        var changed = rule with { ToDestination = "10.9.8.7:5353", Packets = 7, Bytes = 700, Comment = "it's \"new\" \\" };

        Assert.Equal(("10.9.8.7:5353", 7L, 700L, "it's \"new\" \\"), (changed.ToDestination, changed.Packets, changed.Bytes, changed.Comment));
        Assert.Equal(
            rule.Print().Replace("\"addr\": \"10.244.19.3\"", "\"addr\": \"10.9.8.7\"", StringComparison.Ordinal).Replace("\"port\": 53", "\"port\": 5353", StringComparison.Ordinal)
                .Replace("\"packets\": 0, \"bytes\": 0", "\"packets\": 7, \"bytes\": 700", StringComparison.Ordinal).Replace("}]}}", "}], \"comment\": \"it's \\\"new\\\" \\\\\"}}", StringComparison.Ordinal),
            changed.Print());
    }

    [Theory]
    [InlineData("")]
    [InlineData("internal:0:0-0: Error: Could not process rule: Operation not permitted\n")]
    [InlineData("{\"nftables\": [}")]
    [InlineData("{\"other\": []}")]
    [InlineData("[[[[")]
    public void What_is_no_json_of_nft_is_unread(string text)
    {
        var ruleset = NftJson.Parse("n", "nft", text);

        Assert.Equal(text.Length == 0 ? [] : [text.TrimEnd('\n')], ruleset.Unread.Select(l => l.Text));
        Assert.Equal(text, ruleset.Print());
    }

    [Fact]
    public void What_a_newer_nft_prints_is_kept_and_told()
    {
        const string Text = "{\"nftables\": [{\"metainfo\": {\"version\": \"9\"}}, {\"tunnel\": {\"family\": \"ip\", \"x\": [1.50, 1e3, \"\\u00e9\"]}}, 7, {\"rule\": {\"family\": \"ip\", \"expr\": [{\"new\": null}, 5]}}]}\n";

        var ruleset = NftJson.Parse("n", "nft", Text);

        Assert.Equal(["{\"tunnel\": {\"family\": \"ip\", \"x\": [1.50, 1e3, \"\\u00e9\"]}}", "7"], ruleset.Unread.Select(l => l.Text));
        Assert.Equal(Text, ruleset.Print());
    }

    [Fact]
    public void Nesting_without_end_is_no_json()
    {
        var text = "{\"nftables\": " + new string('[', 200_000);

        Assert.Equal(text, NftJson.Parse("n", "nft", text).Print());
    }

    [Fact]
    public async Task Changed_properties_are_what_the_kernel_gets()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) Assert.Skip("network namespaces need root on Linux");
        if (!File.Exists("/usr/sbin/nft")) Assert.Skip("nft is not installed");
        await using var space = await NamespaceShell.CreateAsync();
        string[] order = ["table", "chain", "set", "map", "rule"];
        // with a number, a rule would be added beside the one that has it; what is jumped to comes first
        var objects = Rules.Objects.Where(o => o.Json.TextOf("table") == "kube-proxy" || o is NftTable { Name: "kube-proxy" }).Select(o => Change(o) with { Handle = null }).OrderBy(o => Array.IndexOf(order, o.Kind)).ToList();

        var result = await space.RunAsync($"nft -j -f - <<'end of rules'\n{Rules.Print(objects)}end of rules\nnft -j list ruleset", TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == 0 && result.Error.Length == 0, result.Error);
        var saved = NftJson.Parse("n", "nft", result.Output);
        Assert.Empty(saved.Unread);
        Assert.Equal(objects.OfType<NftChain>().Select(Told).Order(), saved.Objects.OfType<NftChain>().Select(Told).Order());
        Assert.Equal(objects.OfType<NftSet>().Select(Told).Order(), saved.Objects.OfType<NftSet>().Select(Told).Order());
        Assert.Equal(objects.OfType<NftRule>().Select(Told), saved.Objects.OfType<NftRule>().Select(Told));
        Assert.Contains(saved.Objects.OfType<NftRule>(), r => r.ToDestination == "10.9.8.7:4242" && r.Packets == 7);
    }

    private static string Told(NftChain c) => $"{c.Family} {c.Table} {c.Name} {c.Type} {c.Hook} {c.Priority} {c.Policy}";

    private static string Told(NftSet s) => $"{s.Family} {s.Table} {s.Name} {s.Type} {s.MapType} {s.Timeout} {string.Join(", ", s.Elements.Select(e => $"{e} {e.Comment}").Order())}";

    private static string Told(NftRule r) => $"{r.Family} {r.Table} {r.Chain} {r.Verdict} {r.Target} {r.ToDestination} {r.Packets} {r.Bytes} {r.Comment} {r.MapKey} {r.MapName} {r.IsMasquerade} {string.Join(", ", r.MapElements)}";

    private static NftObject Change(NftObject o) => o switch
    {
        NftChain { Policy: "accept", Type: "filter" } chain => chain with { Policy = "drop", Priority = chain.Priority - 1 },
        NftRule { Family: "ip", ToDestination.Length: > 0 } rule => rule with { ToDestination = "10.9.8.7:4242", Packets = rule.Packets is null ? null : 7, Bytes = rule.Bytes is null ? null : 700 },
        NftRule { Target: "services" } rule => rule with { Target = "service-endpoints-check", Comment = "it's new" },
        NftSet { Timeout: > 0 } set => set with { Timeout = 77 },
        _ => o,
    };
}
