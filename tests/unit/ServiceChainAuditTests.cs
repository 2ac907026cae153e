using System.Globalization;
using GravityNet.Netfilter;
using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class ServiceChainAuditTests
{
    private const string WebChain = "KUBE-SVC-CDGGSHYLG3RE2FKL";
    private const string WebSep = "KUBE-SEP-BMFMIQFUXRTJNYPU";
    private const string Gone = "KUBE-SVC-ZZZZZZZZZZZZZZZZ";

    public static TheoryData<string> AllRecordings => [.. Recordings.Names];

    public static TheoryData<string> BothVersions => ["healthy", "healthy-kp118-legacy"];

    [Theory]
    [MemberData(nameof(AllRecordings))]
    public void Nothing_is_wrong_with_the_chains_of_a_recording_but_what_is(string recording)
    {
        foreach (var node in Recordings.Nodes(recording))
        {
            var rows = Audit(Text(recording, node), Objects(recording), node);
            foreach (var row in rows)
            {
                var dead = recording == "g-dead-sep" && node == "node-2" && row.Service.StartsWith("web", StringComparison.Ordinal) | row.Service == "sticky" && row.Type != "ExternalName" && row.Chain.Length > 0;
                Assert.Equal(dead ? 1 : 0, row.Problems.Count);
                if (!dead) continue;
                var problem = Assert.Single(row.Problems);
                Assert.Equal(("GhostChain", "stale"), (problem.Kind, row.Status));
                Assert.Contains(" to 10.244.19.6:8080 is of no endpoint that the API has, of default/" + row.Service, problem.Reason, StringComparison.Ordinal);
                Assert.Contains("node-2 iptables:", problem.Evidence, StringComparison.Ordinal);
            }

            Assert.DoesNotContain(rows, r => r.Status is "ghost" or "flawed");
            Assert.All(rows, r => Assert.Empty(r.NotChecked));
        }
    }

    [Theory]
    [MemberData(nameof(AllRecordings))]
    public void Without_comments_and_without_the_api_nothing_is_made_up(string recording)
    {
        foreach (var node in Recordings.Nodes(recording))
        {
            var text = Text(recording, node);
            Assert.Empty(Problems(Audit(WithoutComments(text), null)));
            Assert.Empty(Problems(Audit(text, null)));
            Assert.All(Audit(text, null), r => Assert.Equal("whether chains are of no service: the Kubernetes API was not asked", r.NotChecked));

            // the names tell it too
            Assert.Equal(Told(Audit(text, Objects(recording))), Told(Audit(WithoutComments(text), Objects(recording))));
        }

        static IEnumerable<string> Told(IEnumerable<ServiceNatChain> rows) => rows.SelectMany(r => r.Problems.Select(p => $"{r.Service} {p.Kind} {p.Chain}"));
    }

    [Fact]
    public void Without_endpoints_of_the_api_no_endpoint_is_a_ghost()
    {
        var objects = KubeObjects.From(Recordings.ClusterFacts("g-dead-sep").Where(f => !f.Fact.StartsWith("kube-endpoint", StringComparison.Ordinal)));

        var rows = Audit(Text("g-dead-sep", "node-2"), objects);

        Assert.Empty(Problems(rows));
        Assert.All(rows, r => Assert.StartsWith("whether chains are of no endpoint: 'kube-endpointslices' was not collected", r.NotChecked, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public void A_renamed_chain_is_a_ghost_of_the_service_that_it_serves(string recording)
    {
        foreach (var withComments in new[] { true, false })
        {
            var text = Text(recording, "node-1").Replace(WebChain, Gone, StringComparison.Ordinal);
            var rows = Audit(withComments ? text : WithoutComments(text), Objects(recording));

            var (row, problem) = Only(rows);
            Assert.Equal(("web", "flawed", "GhostChain", Gone), (row.Service, row.Status, problem.Kind, problem.Chain));
            Assert.Equal($"{Gone} is of no service port that the API has{(withComments ? ", default/web:http as its comment says" : "")}", problem.Reason);
            Assert.Contains($"-j {Gone}", problem.Evidence, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public void A_chain_whose_jumps_are_dropped_is_told_on_its_service(string recording)
    {
        var nodePort = Text(recording, "node-1").Split('\n').First(l => l.Contains("-A KUBE-NODEPORTS", StringComparison.Ordinal) && l.Contains("web-local", StringComparison.Ordinal) && !l.Contains("KUBE-MARK-MASQ", StringComparison.Ordinal));
        var chain = nodePort.Split(' ')[^1];

        var (row, problem) = Only(Audit(Without(Text(recording, "node-1"), nodePort), Objects(recording)));

        Assert.Equal(("web-local", "ChainWithoutJump", chain), (row.Service, problem.Kind, problem.Chain));
        Assert.Equal($"no rule jumps to {chain}: what is in it never acts", problem.Reason);

        // one of two jumps: there is another
        var one = Text(recording, "node-1").Split('\n').First(l => l.EndsWith($"-j {WebSep}", StringComparison.Ordinal));
        (row, problem) = Only(Audit(Without(Text(recording, "node-1"), one), Objects(recording)));
        Assert.Equal(("web", "missing", "ChainWithoutJump", WebSep), (row.Service, row.Status, problem.Kind, problem.Chain));
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public void Every_rule_of_kube_proxy_in_nat_that_is_doubled_is_told_and_no_other(string recording)
    {
        var lines = Text(recording, "node-1").Split('\n').ToList();
        var nat = lines.IndexOf("*nat");
        var api = Objects(recording);
        var healthy = Audit(Text(recording, "node-1"), api);
        var told = 0;
        for (var i = nat; i < lines.Count; i++)
        {
            var of = lines[i].Split(' ') is ["-A", var a, ..] ? a : lines[i].Split(' ') is [_, "-A", var b, ..] ? b : "";
            if (of.Length == 0 || (!of.StartsWith("KUBE-", StringComparison.Ordinal) && !lines[i].Contains("-j KUBE-", StringComparison.Ordinal))) continue;
            // the second one counted nothing
            var second = "[0:0] " + lines[i][lines[i].IndexOf("-A", StringComparison.Ordinal)..];
            var rows = Again(string.Join('\n', [.. lines[..(i + 1)], second, .. lines[(i + 1)..]]), api, healthy);

            var problem = Assert.Single(Problems(rows).DistinctBy(p => p.Evidence));
            Assert.Equal(("DoubledRule", of), (problem.Kind, problem.Chain));
            Assert.Equal([$"{i + 1}", $"{i + 2}"], problem.Evidence.Split('\n').Select(e => e.Split(':')[1]));
            told++;
        }

        Assert.True(told > 100, told.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_doubled_rule_is_told_on_its_service_and_one_of_a_hook_on_all()
    {
        const string Share = "-m statistic --mode random --probability 0.50000000000 -j " + WebSep;
        var lines = Text("healthy", "node-1").Split('\n');
        var share = lines.First(l => l.EndsWith(Share, StringComparison.Ordinal));

        var (row, problem) = Only(Audit(With(lines, share, share), Objects("healthy")));
        Assert.Equal(("web", "flawed"), (row.Service, row.Status));
        Assert.Equal($"{WebChain} has two rules to {WebSep}: the endpoints' shares of new flows are shifted", problem.Reason);
        Assert.Equal(problem.Reason, row.Reason);

        // another probability, the same endpoint
        (_, problem) = Only(Audit(With(lines, share, share.Replace("0.50000000000", "0.25000000000", StringComparison.Ordinal)), Objects("healthy")));
        Assert.Equal("DoubledRule", problem.Kind);

        var front = lines.First(l => l.Contains("web:http cluster IP", StringComparison.Ordinal) && l.EndsWith($"-j {WebChain}", StringComparison.Ordinal));
        (row, problem) = Only(Audit(With(lines, front, front), Objects("healthy")));
        Assert.Equal(("web", $"KUBE-SERVICES has the same rule to {WebChain} twice: only the first one matters"), (row.Service, problem.Reason));

        var hook = lines.First(l => l.Contains("-A PREROUTING", StringComparison.Ordinal) && l.EndsWith("-j KUBE-SERVICES", StringComparison.Ordinal));
        var all = Audit(With(lines, hook, hook), Objects("healthy"));
        Assert.All(all, r => Assert.Equal("PREROUTING has the same rule to KUBE-SERVICES twice: only the first one matters", Assert.Single(r.Problems).Reason));
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public void Every_comment_that_names_another_service_is_told_and_no_other(string recording)
    {
        var lines = Text(recording, "node-1").Split('\n').ToList();
        var api = Objects(recording);
        var healthy = Audit(Text(recording, "node-1"), api);
        var told = 0;
        for (var i = lines.IndexOf("*nat"); i < lines.Count; i++)
        {
            if (!lines[i].Contains("default/web:http", StringComparison.Ordinal) && !lines[i].Contains("kube-system/kube-dns:dns-tcp", StringComparison.Ordinal)) continue;
            var wrong = lines[i].Replace("default/web:http", "default/sticky:http", StringComparison.Ordinal).Replace("kube-system/kube-dns:dns-tcp", "kube-system/kube-dns:dns", StringComparison.Ordinal);
            foreach (var objects in new[] { api, null })
            {
                var problems = Problems(Again(string.Join('\n', [.. lines[..i], wrong, .. lines[(i + 1)..]]), objects, healthy));
                // where no name tells whose traffic a rule marks, the API does
                if (objects is null && lines[i].Contains("-A KUBE-SERVICES", StringComparison.Ordinal) | lines[i].Contains("-A KUBE-NODEPORTS", StringComparison.Ordinal) && lines[i].EndsWith("-j KUBE-MARK-MASQ", StringComparison.Ordinal))
                {
                    Assert.Empty(problems);
                    continue;
                }

                Assert.Equal($"WrongComment {i + 1}", $"{Assert.Single(problems).Kind} {problems[0].Evidence.Split(':')[1]}");
                told++;
            }
        }

        Assert.True(told > 30, told.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Two_comments_that_changed_places_are_told_both()
    {
        var lines = Text("healthy", "node-1").Split('\n').ToList();
        var dns = lines.FindIndex(l => l.Contains("-j KUBE-SVC-TCOU7JCQXEZGVUNU", StringComparison.Ordinal));
        var web = lines.FindIndex(l => l.Contains("-A KUBE-SERVICES", StringComparison.Ordinal) && l.Contains($"-j {WebChain}", StringComparison.Ordinal));
        (lines[dns], lines[web]) = (lines[dns].Replace("kube-system/kube-dns:dns ", "default/web:http ", StringComparison.Ordinal), lines[web].Replace("default/web:http ", "kube-system/kube-dns:dns ", StringComparison.Ordinal));

        var rows = Audit(string.Join('\n', lines), Objects("healthy")).Where(r => r.Problems.Count > 0).ToList();

        Assert.Equal(["web", "kube-dns"], rows.Select(r => r.Service).OrderDescending());
        Assert.Equal("a comment says kube-system/kube-dns:dns, and KUBE-SVC-CDGGSHYLG3RE2FKL is the chain of default/web:http", Assert.Single(rows.Single(r => r.Service == "web").Problems).Reason);

        // two endpoints of one service
        lines = [.. Text("healthy", "node-1").Split('\n')];
        var (first, second) = (lines.FindIndex(l => l.Contains("web:http -> 10.244.19.6:8080", StringComparison.Ordinal)), lines.FindIndex(l => l.Contains("web:http -> 10.244.65.4:8080", StringComparison.Ordinal)));
        (lines[first], lines[second]) = (lines[first].Replace("10.244.19.6", "10.244.65.4", StringComparison.Ordinal), lines[second].Replace("10.244.65.4", "10.244.19.6", StringComparison.Ordinal));
        var both = Problems(Audit(string.Join('\n', lines), Objects("healthy")));
        Assert.Equal([$"a comment says 10.244.65.4:8080, and KUBE-SEP-OREP4ER5CLLCBYUT is the chain of 10.244.19.6:8080", $"a comment says 10.244.19.6:8080, and {WebSep} is the chain of 10.244.65.4:8080"], both.Select(p => p.Reason));
    }

    [Fact]
    public void A_jump_to_a_chain_that_is_not_there_is_told_of_a_text_cut_short_and_not_of_an_excerpt()
    {
        var text = Text("healthy", "node-1");
        var cut = Without(text, text.Split('\n').First(l => l.StartsWith($":{WebSep} ", StringComparison.Ordinal)))[..^200];
        cut = string.Join('\n', cut.Split('\n').Where(l => !l.Contains($"-A {WebSep} ", StringComparison.Ordinal)));

        var (row, problem) = Only(Audit(cut, Objects("healthy")));
        Assert.Equal(("web", "JumpWithoutChain"), (row.Service, problem.Kind));
        Assert.Equal($"{WebChain} jumps to {WebSep}, which is not there", problem.Reason);
        Assert.Contains("whether chains have no jump: the rules are incomplete", row.NotChecked, StringComparison.Ordinal);

        var excerpt = string.Join('\n', text.Split('\n').Where(l => l.Contains("web:http", StringComparison.Ordinal) && !l.Contains("-A KUBE-SEP", StringComparison.Ordinal)));
        Assert.Empty(Problems(Audit(excerpt, Objects("healthy"))));
    }

    [Fact]
    public void Chains_of_a_service_that_the_api_does_not_have_are_a_row_of_their_own()
    {
        var objects = KubeObjects.From(Recordings.ClusterFacts("healthy").Select(f => f with { Text = f.Text.Replace("\"web-extip\"", "\"other\"", StringComparison.Ordinal).Replace("10.100.61.1", "10.100.61.9", StringComparison.Ordinal).Replace("192.168.33.100", "192.168.33.109", StringComparison.Ordinal) }));

        // while rules lead there
        var rows = Audit(Text("healthy", "node-1"), objects);
        var ghost = Assert.Single(rows, r => r.Status == "ghost");
        Assert.Equal(("default", "web-extip", "http", "10.100.61.1"), (ghost.Namespace, ghost.Service, ghost.PortName, ghost.Address));
        Assert.Equal(["KUBE-EXT", "KUBE-SEP", "KUBE-SEP", "KUBE-SEP", "KUBE-SVC"], ghost.Problems.Select(p => p.Chain[..8]).Order());
        Assert.Equal(5, Problems(rows).Count);

        // and when none does any more
        var text = string.Join('\n', Text("healthy", "node-1").Split('\n').Where(l => !(l.Contains("-A KUBE-SERVICES", StringComparison.Ordinal) && l.Contains("web-extip", StringComparison.Ordinal))));
        ghost = Assert.Single(Audit(text, objects), r => r.Status == "ghost");
        Assert.Equal(("default", "web-extip", "http", "KUBE-SVC-EQNJVXKN4EMXF3SK", 5), (ghost.Namespace, ghost.Service, ghost.PortName, ghost.Chain, ghost.Problems.Count));
        Assert.Equal("tcp", ghost.Protocol);
        // two of KUBE-EXT, four of KUBE-SVC, two of each endpoint
        Assert.Equal(12, ghost.Rules.Count);
        Assert.Contains("KUBE-EXT-EQNJVXKN4EMXF3SK is of no service port that the API has, default/web-extip:http as its comment says, and no rule jumps to it", ghost.Reason.Replace("of default/web-extip:http by its name", "default/web-extip:http as its comment says", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unnamed_port_is_known_by_both_of_its_names()
    {
        const string Objects = """{"items":[{"metadata":{"namespace":"d","name":"s"},"spec":{"clusterIP":"10.1.1.1","clusterIPs":["10.1.1.1"],"ports":[{"port":80,"protocol":"TCP"}]}}]}""";
        const string Slices = """{"items":[{"metadata":{"namespace":"d","name":"s-1","labels":{"kubernetes.io/service-name":"s"}},"addressType":"IPv4","endpoints":[{"addresses":["10.2.2.2"]}],"ports":[{"name":"","port":8080,"protocol":"TCP"}]}]}""";
        var objects = KubeObjects.From([new("kube-services", Objects), new("kube-endpointslices", Slices)]);
        foreach (var words in new[] { "d/s", "d/s:" })
        {
            var (service, endpoint) = (KubeChainNames.Service(words, "tcp"), KubeChainNames.Endpoint(words, "tcp", "10.2.2.2:8080"));
            var text = $"""
                *nat
                :PREROUTING ACCEPT [0:0]
                :OUTPUT ACCEPT [0:0]
                :KUBE-SERVICES - [0:0]
                :{service} - [0:0]
                :{endpoint} - [0:0]
                -A PREROUTING -j KUBE-SERVICES
                -A OUTPUT -j KUBE-SERVICES
                -A KUBE-SERVICES -d 10.1.1.1/32 -p tcp -m comment --comment "{words} cluster IP" -m tcp --dport 80 -j {service}
                -A {service} -m comment --comment "{words}" -j {endpoint}
                -A {endpoint} -p tcp -m comment --comment "{words}" -m tcp -j DNAT --to-destination 10.2.2.2:8080
                COMMIT
                """;

            Assert.Equal("ok", Assert.Single(Audit(text, objects)).Status);
        }
    }

    private static (ServiceNatChain Row, ServiceChainProblem Problem) Only(IEnumerable<ServiceNatChain> rows)
    {
        var row = Assert.Single(rows, r => r.Problems.Count > 0);
        return (row, Assert.Single(row.Problems));
    }

    private static List<ServiceChainProblem> Problems(IEnumerable<ServiceNatChain> rows) => [.. rows.SelectMany(r => r.Problems)];

    private static IReadOnlyList<ServiceNatChain> Audit(string text, KubeObjects? objects, string node = "node-1")
    {
        var rules = IptablesSave.Parse(node, "iptables", text);
        return ServiceChainAudit.Apply(node, rules, objects, ServiceChains.Resolve(node, rules, objects));
    }

    // the chains of changed rules, on the service ports of those that were not changed
    private static IReadOnlyList<ServiceNatChain> Again(string text, KubeObjects? objects, IReadOnlyList<ServiceNatChain> rows) =>
        ServiceChainAudit.Apply("node-1", IptablesSave.Parse("node-1", "iptables", text), objects, rows);

    private static string Text(string recording, string node) => Recordings.Text(recording, $"nodes/{node}/iptables.txt");

    private static string Without(string text, string line) => text.Replace(line + "\n", "", StringComparison.Ordinal);

    private static string With(IEnumerable<string> lines, string after, string added) => string.Join('\n', lines.SelectMany(l => l == after ? [l, added] : (string[])[l]));

    private static string WithoutComments(string text) => System.Text.RegularExpressions.Regex.Replace(text, " -m comment --comment (\"([^\"\\\\]|\\\\.)*\"|[^ ]+)", "");

    private static KubeObjects Objects(string recording) => KubeObjects.From(Recordings.ClusterFacts(recording));
}
