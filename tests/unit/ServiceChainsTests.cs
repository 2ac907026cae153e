using System.Text.Json.Nodes;
using GravityNet.Facts;
using GravityNet.Netfilter;
using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class ServiceChainsTests
{
    private const string DeadEndpoint = "10.244.19.6";

    public static TheoryData<string> HealthyRecordings =>
        [.. Recordings.Names.Where(n => n is not ("g-dead-sep" or "n-no-service-jump"))];

    [Theory]
    [MemberData(nameof(HealthyRecordings))]
    public void Every_service_is_ok_on_every_node_where_nothing_is_wrong_with_services(string recording)
    {
        foreach (var node in Recordings.Nodes(recording))
        {
            var all = Resolve(recording, node);
            Assert.Equal(["externalname extname 0 www.example.com", "headless web-headless 8080 "], all.Where(IsWithoutRules).Select(c => $"{c.Status} {c.Service} {c.Port} {c.ExternalName}").Order());
            var chains = all.Where(c => !IsWithoutRules(c)).ToList();

            Assert.Equal(15, chains.Count);
            foreach (var chain in chains)
            {
                var isLocalElsewhere = chain.Service == "echo-only-local" && node != "node-3" && recording != "healthy-kp118-legacy";
                Assert.Equal($"{chain.Service} {(chain.Service == "orphan" || isLocalElsewhere ? "noendpoints" : "ok")}", $"{chain.Service} {chain.Status}");
                if (chain.Status != "ok") continue;
                Assert.Empty(chain.Missing);
                Assert.Equal(1.0, chain.Endpoints.Sum(e => e.Share), 9);
                Assert.All(chain.Endpoints, e => Assert.Equal(("live", $"{(chain.Endpoints.Count == 1 ? "1" : $"1/{chain.Endpoints.Count}")}"), (e.State, e.ShareText)));
                Assert.All(chain.Endpoints, e => Assert.True(e.Masquerade && e.Address.Length > 0 && e.Port > 0));
                Assert.StartsWith("KUBE-SV", chain.Chain, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_chain_walks_from_the_hooks_to_the_endpoints()
    {
        var web = One("healthy", "node-1", "web");

        Assert.Equal(("default", "http", "tcp", "10.100.45.9", 3009, 32009, "NodePort", "KUBE-SVC-CDGGSHYLG3RE2FKL"),
            (web.Namespace, web.PortName, web.Protocol, web.Address, web.Port, web.NodePort, web.Type, web.Chain));
        Assert.Equal(
            [
                "PREROUTING KUBE-SERVICES", "OUTPUT KUBE-SERVICES",
                "KUBE-SERVICES KUBE-SVC-CDGGSHYLG3RE2FKL",
                "KUBE-SVC-CDGGSHYLG3RE2FKL KUBE-MARK-MASQ", "KUBE-MARK-MASQ MARK",
                "KUBE-SVC-CDGGSHYLG3RE2FKL KUBE-SEP-OREP4ER5CLLCBYUT", "KUBE-SEP-OREP4ER5CLLCBYUT KUBE-MARK-MASQ", "KUBE-SEP-OREP4ER5CLLCBYUT DNAT",
                "KUBE-SVC-CDGGSHYLG3RE2FKL KUBE-SEP-BMFMIQFUXRTJNYPU", "KUBE-SEP-BMFMIQFUXRTJNYPU KUBE-MARK-MASQ", "KUBE-SEP-BMFMIQFUXRTJNYPU DNAT",
                "KUBE-SVC-CDGGSHYLG3RE2FKL KUBE-SEP-ZHPV4ZW34KFTADOJ", "KUBE-SEP-ZHPV4ZW34KFTADOJ KUBE-MARK-MASQ", "KUBE-SEP-ZHPV4ZW34KFTADOJ DNAT",
                "KUBE-SERVICES KUBE-NODEPORTS", "KUBE-NODEPORTS KUBE-EXT-CDGGSHYLG3RE2FKL",
                "KUBE-EXT-CDGGSHYLG3RE2FKL KUBE-MARK-MASQ", "KUBE-EXT-CDGGSHYLG3RE2FKL KUBE-SVC-CDGGSHYLG3RE2FKL",
                "POSTROUTING KUBE-POSTROUTING", "POSTROUTING CNI-HOSTPORT-MASQ", "POSTROUTING RETURN",
                "KUBE-POSTROUTING RETURN", "KUBE-POSTROUTING MARK", "KUBE-POSTROUTING MASQUERADE",
            ],
            web.Rules.Select(r => $"{r.Chain} {r.Target}"));
        Assert.Equal(["node-1", "node-2", "node-3"], web.Endpoints.Select(e => e.Node));
        Assert.Equal("web-7d9c6b5f44-9wq7r", web.Endpoints[1].Pod);
        Assert.Equal((0.33333333349, 0.5, null), (web.Endpoints[0].Probability, web.Endpoints[1].Probability, web.Endpoints[2].Probability));
        Assert.Equal([23L, 27L, 27L], web.Endpoints.Select(e => e.Packets));
    }

    [Fact]
    public void An_older_kube_proxy_walks_through_its_own_chains()
    {
        var local = One("healthy-kp118-legacy", "node-1", "web-local");
        Assert.Contains(local.Rules, r => r is { Chain: "KUBE-NODEPORTS", Target: "KUBE-XLB-V7ZMVOA2AOW6ATRL" });
        Assert.Contains(local.Rules, r => r.Chain == "KUBE-XLB-V7ZMVOA2AOW6ATRL");

        var balanced = One("healthy-kp118-legacy", "node-1", "web-lb");
        Assert.Contains(balanced.Rules, r => r is { Chain: "KUBE-SERVICES", Target: "KUBE-FW-JR7PZPMGEHYLHTEW" });
        Assert.Equal(["192.168.33.200"], balanced.ExternalAddresses);
    }

    [Fact]
    public void A_local_policy_leads_to_the_chain_of_the_nodes_own_endpoints()
    {
        Assert.Equal("KUBE-SVL-TDQQT7U2R2FJH6A6", One("healthy", "node-3", "echo-only-local").Chain);
        var elsewhere = One("healthy", "node-1", "echo-only-local");
        Assert.Equal("its traffic is dropped: it has no ready endpoint on node-1, and its traffic policy is Local", elsewhere.Reason);
        Assert.Contains(elsewhere.Rules, r => r is { Table: "filter", Target: "DROP" });
    }

    [Fact]
    public void Affinity_is_read_from_the_rules_and_takes_no_share()
    {
        var sticky = One("healthy", "node-2", "sticky");

        Assert.Equal(600, sticky.AffinitySeconds);
        Assert.Equal(["1/3", "1/3", "1/3"], sticky.Endpoints.Select(e => e.ShareText));
        Assert.All(sticky.Endpoints, e => Assert.Equal(600, e.AffinitySeconds));
        Assert.Null(One("healthy", "node-2", "web").AffinitySeconds);
    }

    [Fact]
    public void A_service_without_endpoints_shows_the_rule_that_refuses_it()
    {
        foreach (var recording in Recordings.Names)
        {
            var orphan = One(recording, "node-1", "orphan");

            Assert.Equal(("10.100.77.7", "noendpoints", ""), (orphan.Address, orphan.Status, orphan.Chain));
            var refusal = Assert.Single(orphan.Rules, r => r.Table == "filter");
            Assert.Equal(("REJECT", "icmp-port-unreachable", "10.100.77.7/32"), (refusal.Target, refusal.RejectWith, refusal.DestinationAddress));
            Assert.Equal("its traffic is refused: it has no ready endpoint", orphan.Reason);
        }
    }

    [Fact]
    public void An_endpoint_that_is_gone_is_stale_on_the_node_that_kept_its_rule()
    {
        foreach (var chain in Resolve("g-dead-sep", "node-2").Where(c => c.Service is "web" or "web-lb" or "web-extip" or "web-local" or "sticky"))
        {
            Assert.Equal("stale", chain.Status);
            var dead = Assert.Single(chain.Endpoints, e => e.State == "stale");
            Assert.Equal((DeadEndpoint, 8080, "1/3"), (dead.Address, dead.Port, dead.ShareText));
            Assert.Equal($"1/3 of new flows goes to {DeadEndpoint}:8080, which is no endpoint of the service", chain.Reason);
            Assert.Equal(2, chain.Endpoints.Count(e => e.State == "live"));
        }

        Assert.All(Resolve("g-dead-sep", "node-2").Where(c => c.Service == "kube-dns"), c => Assert.Equal("ok", c.Status));
        Assert.All(Resolve("g-dead-sep", "node-1").Concat(Resolve("g-dead-sep", "node-3")), c => Assert.Contains(c.Status, (string[])["ok", "noendpoints", "headless", "externalname"]));
    }

    [Fact]
    public void A_missing_hook_is_said_on_the_node_that_misses_it()
    {
        foreach (var chain in Resolve("n-no-service-jump", "node-1").Where(c => c.Service is not ("orphan" or "echo-only-local") && !IsWithoutRules(c)))
        {
            Assert.Equal("nojump", chain.Status);
            Assert.Equal("nat PREROUTING has no jump to KUBE-SERVICES: traffic of pods and from outside is not translated", chain.Reason);
            Assert.Equal(["OUTPUT"], chain.Rules.Where(r => r.Target == "KUBE-SERVICES").Select(r => r.Chain));
        }

        Assert.All(Resolve("n-no-service-jump", "node-2"), c => Assert.NotEqual("nojump", c.Status));
    }

    [Theory]
    [MemberData(nameof(HealthyRecordings))]
    public void Without_the_api_services_come_from_the_rules_and_are_unknown(string recording)
    {
        var withApi = Resolve(recording, "node-3");
        var without = ServiceChains.Resolve("node-3", Rules(recording, "node-3"), null, null, "", State(recording, "node-3"));

        Assert.Equal(Words(withApi.Where(c => !IsWithoutRules(c))), Words(without));
        Assert.All(without, c => Assert.Equal(c.Service == "orphan" ? "noendpoints" : "unknown", c.Status));
        Assert.All(without.SelectMany(c => c.Endpoints), e => Assert.Equal("unknown", e.State));

        static IEnumerable<string> Words(IEnumerable<ServiceNatChain> chains) => chains
            .Select(c => $"{c.Namespace}/{c.Service}:{c.PortName} {c.Protocol} {c.Address}:{c.Port} {c.NodePort} {c.Type} {c.Chain} {string.Join(',', c.Endpoints.Select(e => e.ShareText))} {c.Rules.Count}")
            .Order(StringComparer.Ordinal);
    }

    [Fact]
    public void The_trainings_printed_chain_gives_each_endpoint_a_third()
    {
        var chains = ServiceChains.Resolve("kevin-test1", IptablesSave.Parse("kevin-test1", "iptables", Training.ServiceChains), null);

        var dns = Assert.Single(chains, c => c.PortName == "dns");
        Assert.Equal(("kube-system", "kube-dns", "udp", "10.100.214.177", 53, "KUBE-SVC-TCOU7JCQXEZGVUNU", "unknown"),
            (dns.Namespace, dns.Service, dns.Protocol, dns.Address, dns.Port, dns.Chain, dns.Status));
        Assert.Equal(["1/3", "1/3", "1/3"], dns.Endpoints.Select(e => e.ShareText));
        Assert.All(dns.Endpoints, e => Assert.Equal(1.0 / 3, e.Share, 12));
        Assert.Equal("10.244.26.3", dns.Endpoints[0].Address);
        var site = Assert.Single(chains, c => c.Service == "gravity-site");
        Assert.Equal((32009, "KUBE-SVC-OFJYUSYH7DQHBRC2", "10.162.0.6"), (site.NodePort, site.Chain, Assert.Single(site.Endpoints).Address));
    }

    [Fact]
    public void An_excerpt_names_endpoints_by_their_chains_where_the_api_knows_them()
    {
        const string slices = """
            {"kind":"List","items":[{"addressType":"IPv4","metadata":{"name":"kube-dns-1","namespace":"kube-system","labels":{"kubernetes.io/service-name":"kube-dns"}},
             "ports":[{"name":"dns","port":53,"protocol":"UDP"}],
             "endpoints":[{"addresses":["10.244.26.3"]},{"addresses":["10.244.60.2"]},{"addresses":["10.244.74.2"]}]}]}
            """;
        var objects = KubeObjects.From([new FactResult("kube-endpointslices", slices)]);

        var dns = Assert.Single(ServiceChains.Resolve("kevin-test1", IptablesSave.Parse("kevin-test1", "iptables", Training.ServiceChains), objects), c => c.PortName == "dns");

        Assert.Equal("ok", dns.Status);
        Assert.Equal(["10.244.26.3", "10.244.60.2", "10.244.74.2"], dns.Endpoints.Select(e => e.Address).Order());
        Assert.All(dns.Endpoints, e => Assert.Equal("live", e.State));
    }

    [Fact]
    public void A_service_that_the_api_no_longer_has_is_stale()
    {
        var facts = Recordings.ClusterFacts("healthy")
            .Select(f => f with { Text = f.Text.Replace("\"web-extip\"", "\"renamed\"", StringComparison.Ordinal).Replace("10.100.61.1", "10.100.61.2", StringComparison.Ordinal) });

        var left = Assert.Single(ServiceChains.Resolve("node-1", Rules("healthy", "node-1"), KubeObjects.From(facts), (_, service) => service == "web-extip"));

        Assert.Equal(("stale", "10.100.61.1", 8088), (left.Status, left.Address, left.Port));
        Assert.Contains("the API has no such service port: the rules were left behind", left.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-A KUBE-SERVICES -d 10.100.45.9/32", "nojump", "KUBE-SERVICES has no rule for 10.100.45.9:3009/tcp")]
    [InlineData("--dport 32009", "nojump", "KUBE-NODEPORTS has no rule for node port 32009/tcp")]
    [InlineData("-j KUBE-NODEPORTS", "nojump", "KUBE-SERVICES has no jump to KUBE-NODEPORTS")]
    [InlineData("-j KUBE-SEP-OREP4ER5CLLCBYUT", "missing", "no rule leads to 10.244.19.6:8080")]
    [InlineData("-j KUBE-SEP-ZHPV4ZW34KFTADOJ", "missing", "of new flows meets no rule of KUBE-SVC-CDGGSHYLG3RE2FKL")]
    [InlineData("-A KUBE-SEP-ZHPV4ZW34KFTADOJ -p tcp", "stale", "1/3 of new flows goes to KUBE-SEP-ZHPV4ZW34KFTADOJ, which has no DNAT rule")]
    [InlineData("-A OUTPUT -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES", "nojump", "nat OUTPUT has no jump to KUBE-SERVICES")]
    [InlineData("KUBE-SERVICES", "unknown", "has no chain KUBE-SERVICES in nat")]
    [InlineData("nat", "unknown", "shows no nat table")]
    [InlineData("COMMIT", "ok", "")]
    public void What_is_taken_out_of_the_rules_is_said(string without, string status, string reason)
    {
        var lines = Recordings.Text("healthy", "nodes/node-1/iptables.txt").Split('\n').Where(l => without == "nat" || !l.Contains(without, StringComparison.Ordinal));
        if (without == "nat") lines = lines.TakeWhile(l => l != "*nat");
        var rules = IptablesSave.Parse("node-1", "iptables", string.Join('\n', lines));

        var web = Assert.Single(ServiceChains.Resolve("node-1", rules, Objects("healthy"), (_, service) => service == "web"));

        Assert.Equal(status, web.Status);
        Assert.Contains(reason, web.Reason, StringComparison.Ordinal);
        Assert.True(status != "ok" || web.Reason.Length == 0);
    }

    [Fact]
    public void A_wrong_share_is_told_exactly()
    {
        var lines = Recordings.Text("healthy", "nodes/node-1/iptables.txt").Split('\n').Where(l => !l.Contains("-j KUBE-SEP-BMFMIQFUXRTJNYPU", StringComparison.Ordinal));
        var rules = IptablesSave.Parse("node-1", "iptables", string.Join('\n', lines));

        var web = Assert.Single(ServiceChains.Resolve("node-1", rules, Objects("healthy"), (_, service) => service == "web"));

        Assert.Equal(["1/3", "2/3"], web.Endpoints.Select(e => e.ShareText));
        Assert.Equal("missing 10.244.65.4:8080", $"{web.Status} {string.Join(",", web.Missing.Select(e => $"{e.Address}:{e.Port}"))}");
        Assert.Equal(("missing", "0", 0.0), (web.Missing[0].State, web.Missing[0].ShareText, web.Missing[0].Share));
    }

    [Theory]
    [InlineData(false, false, "notready", "stale", "which is not ready")]
    [InlineData(true, true, "terminating", "stale", "which is terminating")]
    public void An_endpoint_that_is_not_ready_any_more_is_told_from_one_that_is_gone(bool serving, bool terminating, string state, string status, string reason)
    {
        var facts = Recordings.ClusterFacts("healthy").Select(f => f.Fact != "kube-endpointslices" ? f : f with { Text = Unready(f.Text) });

        var web = Assert.Single(ServiceChains.Resolve("node-1", Rules("healthy", "node-1"), KubeObjects.From(facts), (_, service) => service == "web"));

        Assert.Equal((status, state), (web.Status, Assert.Single(web.Endpoints, e => e.Address == "10.244.65.4").State));
        Assert.Contains(reason, web.Reason, StringComparison.Ordinal);

        string Unready(string text)
        {
            var list = JsonNode.Parse(text)!;
            foreach (var endpoint in list["items"]!.AsArray().SelectMany(i => i!["endpoints"] as JsonArray ?? []))
            {
                if ((string)endpoint!["addresses"]![0]! != "10.244.65.4") continue;
                endpoint["conditions"] = new JsonObject { ["ready"] = false, ["serving"] = serving, ["terminating"] = terminating };
            }

            return list.ToJsonString();
        }
    }

    [Theory]
    [InlineData("0.33332999982 0.50000000000 -", "1/3 1/3 1/3")]
    [InlineData("0.25000000000 0.33333333349 0.50000000000 -", "1/4 1/4 1/4 1/4")]
    [InlineData("0.30000000000 -", "3/10 7/10")]
    [InlineData("-", "1")]
    [InlineData("0.50000000000 - 0.50000000000", "1/2 1/2 0")]
    public void A_share_is_what_the_rules_before_leave_over(string probabilities, string shares)
    {
        var web = Balanced(probabilities.Split(' '), "");

        Assert.Equal(shares, string.Join(' ', web.Endpoints.Select(e => e.ShareText)));
        Assert.Equal(1.0, web.Endpoints.Sum(e => e.Share), 9);
    }

    [Fact]
    public void A_share_that_an_unknown_condition_decides_is_unknown()
    {
        var web = Balanced(["0.50000000000", "-"], "-m time --timestart 08:00:00 ");
        Assert.Equal(["?", "?"], web.Endpoints.Select(e => e.ShareText));
        Assert.Contains("--timestart 08:00:00", web.Entries[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Shares_of_a_thousand_endpoints_are_exact_though_five_digits_were_written()
    {
        var web = Balanced([.. Enumerable.Range(0, 1000).Select(i => i == 999 ? "-" : Math.Round(1.0 / (1000 - i), 5).ToString("0.00000000000", System.Globalization.CultureInfo.InvariantCulture))], "");

        Assert.Equal(1000, web.Endpoints.Count);
        Assert.All(web.Endpoints, e => Assert.Equal("1/1000", e.ShareText));
    }

    // a service on a node without anything else, its first endpoint's rule with a condition more
    private static ServiceNatChain Balanced(string[] probabilities, string condition)
    {
        var text = new System.Text.StringBuilder("*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n-A PREROUTING -j KUBE-SERVICES\n-A OUTPUT -j KUBE-SERVICES\n")
            .Append("-A KUBE-SERVICES -d 10.96.0.9/32 -p tcp -m comment --comment \"default/web:http cluster IP\" -m tcp --dport 80 -j KUBE-SVC-CDGGSHYLG3RE2FKL\n");
        for (var i = 0; i < probabilities.Length; i++)
        {
            var chance = probabilities[i] == "-" ? "" : $"-m statistic --mode random --probability {probabilities[i]} ";
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"-A KUBE-SVC-CDGGSHYLG3RE2FKL {(i == 0 ? condition : "")}{chance}-j KUBE-SEP-{i:0000}\n-A KUBE-SEP-{i:0000} -p tcp -j DNAT --to-destination 10.244.{i / 250}.{i % 250 + 1}:80\n");
        }

        return Assert.Single(ServiceChains.Resolve("node-1", IptablesSave.Parse("node-1", "iptables", text.Append("COMMIT\n").ToString()), null));
    }

    private static bool IsWithoutRules(ServiceNatChain chain) => chain.Status is "headless" or "externalname";

    private static ServiceNatChain One(string recording, string node, string service) =>
        Assert.Single(ServiceChains.Resolve(node, Rules(recording, node), Objects(recording), (_, name) => name == service, "", State(recording, node)));

    private static IReadOnlyList<ServiceNatChain> Resolve(string recording, string node) =>
        ServiceChains.Resolve(node, Rules(recording, node), Objects(recording), null, "", State(recording, node));

    private static NodeState State(string recording, string node) => new RecordedCluster(recording).Node(node);

    private static IptablesRuleset Rules(string recording, string node) =>
        IptablesSave.Parse(node, "iptables", Recordings.Text(recording, $"nodes/{node}/iptables.txt"));

    private static KubeObjects Objects(string recording) => KubeObjects.From(Recordings.ClusterFacts(recording));
}
