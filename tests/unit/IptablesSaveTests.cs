using GravityNet.Parsing;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class IptablesSaveTests
{
    public static TheoryData<string> AllRecordings => [.. Recordings.Names];

    [Theory]
    [MemberData(nameof(AllRecordings))]
    public void Every_iptables_text_prints_back_from_its_fields(string recording)
    {
        var texts = Recordings.Open(recording).Where(f => f.Key.EndsWith("tables.txt", StringComparison.Ordinal)).ToArray();
        Assert.True(texts.Length >= 6);
        var rules = 0;
        foreach (var (path, text) in texts)
        {
            var ruleset = IptablesSave.Parse("node", path, text);

            Assert.Empty(ruleset.Unread);
            Assert.Empty(ruleset.Notes);
            Assert.All(ruleset.Tables.SelectMany(t => t.Rules), r => Assert.Equal(r.Source.Text, (r with { Origin = default }).Print()));
            Assert.Equal(text, PacketFilters.Iptables(text));
            foreach (var rule in ruleset.Tables.SelectMany(t => t.Rules))
            {
                rules++;
                Assert.All(rule.Matches, m => Assert.NotEmpty(m.Module));
            }
        }

        Assert.True(rules > 400, $"{rules} rules");
    }

    [Theory]
    [InlineData("iptables")]
    [InlineData("ip6tables")]
    public void Every_match_and_target_of_the_tools_own_tests_is_read_as_one(string fact)
    {
        // what iptables-save prints for the rules of its project's extension tests; ipvs and LED are not in every kernel, and are as those tests list them
        var samples = Languages.TextsOf(fact).Where(t => t.Place.Contains(".extensions-", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, samples.Count);
        var rulesets = samples.Select(t => IptablesSave.Parse("n", fact, t.Text)).ToList();

        Assert.All(rulesets, r => Assert.Empty(r.Unread));
        var rules = rulesets.SelectMany(r => r.Tables).SelectMany(t => t.Rules).ToList();
        Assert.True(rules.Count > 1000, $"{rules.Count} rules");
        Assert.All(rules.SelectMany(r => r.Matches), m => Assert.Matches("^[a-z0-9_]+$", m.Module));
        Assert.True(rules.SelectMany(r => r.Matches).Select(m => m.Module).Distinct().Count() > 45, "modules");
        Assert.True(rules.Select(r => r.Target).Distinct().Count() > 30, "targets");
        Assert.All(rules, r => Assert.Matches("^[A-Za-z0-9]*$", r.Target));
    }

    [Theory]
    [InlineData("-A A -p tcp -m tcp --sport 1024:65535 ! --dport 80", "1024:65535", "! 80")]
    [InlineData("-A A -p udp -m comment --comment x -m udp --dport 53", "", "53")]
    [InlineData("-A A -p tcp -m multiport ! --dports 80,443:445 -j DROP", "", "! 80,443:445")]
    [InlineData("-A A -p tcp -m multiport --ports 80", "", "")]
    [InlineData("-A A -p icmp -m icmp --icmp-type 8", "", "")]
    public void Ports_are_in_the_words_of_their_match(string line, string source, string destination) =>
        Assert.Equal((source, destination), (Rule(line).SourcePort, Rule(line).DestinationPort));

    [Theory]
    [InlineData("-A A -f", true)]
    [InlineData("-A A ! -f", false)]
    [InlineData("-A A -p tcp", null)]
    public void Fragments_are_a_condition_of_their_own(string line, bool? expected)
    {
        Assert.Equal(expected, Rule(line).IsFragment);
        Assert.Empty(Rule(line).Matches);
    }

    [Theory]
    [InlineData("-A A -p tcp -c 12 345 -j DROP", 12L, 345L)]
    [InlineData("-A A -c 12 345", 12L, 345L)]
    [InlineData("[1:2] -A A -c 12 345", 1L, 2L)]
    [InlineData("-A A -c 12 -j DROP", null, null)]
    public void Counters_may_stand_before_the_target(string line, long? packets, long? bytes)
    {
        Assert.Equal((packets, bytes), (Rule(line).Packets, Rule(line).Bytes));
        Assert.Equal(line, (Rule(line) with { Origin = default }).Print());
    }

    [Fact]
    public void A_changed_field_is_printed_and_the_rest_stays()
    {
        var rule = Rule("""[1:2] -A A  -s 10.0.0.1/32 -p tcp -m comment --comment "old one" -m tcp --sport 9 ! --dport 80 -j DNAT --to-destination 10.0.0.2:80 --random""");

        Assert.Equal(
            """[1:3] -A A  ! -s 10.0.0.9/32 -p tcp -m comment --comment "it\'s \"new\"" -m tcp --sport 9 --dport 81 -j DNAT --to-destination 10.0.0.3:81 --random""",
            (rule with { Bytes = 3, SourceAddress = "! 10.0.0.9/32", Comment = "it's \"new\"", DestinationPort = "81", ToDestination = "10.0.0.3:81" }).Print());
        Assert.Equal("[1:2] -A A  -p tcp -m tcp ! --dport 80 -j ACCEPT", (rule with { SourceAddress = "", Comment = "", SourcePort = "", Target = "ACCEPT", TargetOptions = "" }).Print());
        Assert.Equal("-A A -p udp -m udp --dport 53 -m comment --comment dns -g B", (new IptablesRule("nat", "A") { Protocol = "udp", DestinationPort = "53", Comment = "dns", Target = "B", IsGoto = true }).Print());
    }

    [Fact]
    public void A_rule_is_the_same_object_wherever_and_whenever_it_is_asked_for()
    {
        var text = "*nat\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"-A C{i % 7} -p tcp -m comment --comment \"{i}\" -m tcp --dport {i + 1} -j C{(i + 1) % 7}\n")) + "COMMIT\n";
        var table = IptablesSave.Parse("n", "iptables", text).Table("nat")!;
        var seen = new IptablesRule[8][];

        // questions of several nodes' rules run side by side
        Parallel.For(0, seen.Length, i => seen[i] = [.. table.Rules]);

        Assert.All(seen, rules => Assert.True(rules.Zip(seen[0]).All(pair => ReferenceEquals(pair.First, pair.Second))));
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), seen[0].Select(r => r.Comment));
        Assert.Same(seen[0][9], table.RulesOf("C2")[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => table.RulesOf("C2")[500]);
    }

    [Fact]
    public void A_line_that_is_no_chain_makes_no_table() => Assert.Empty(IptablesSave.Parse("n", "iptables", ":\n: - [0:0]\n[0:0]\n-A\n").Tables);

    [Fact]
    public void A_chain_that_comes_back_later_has_all_its_rules()
    {
        var table = IptablesSave.Parse("n", "iptables", "*nat\n-A A -j X\n-A A -j Y\n-A B -j X\n-A A -j Z\n:A - [1:2]\n-A B -j Z\n-A A\n").Table("nat")!;

        Assert.Equal(["X", "Y", "Z", ""], table.RulesOf("A").Select(r => r.Target));
        Assert.Equal(["X", "Z"], table.RulesOf("B").Select(r => r.Target));
        Assert.Equal((4, "Z", 1L), (table.RulesOf("A").Count, table.RulesOf("A")[2].Target, table.Chain("A")!.Packets));
        Assert.Equal(6, table.Rules.Count);
    }

    [Fact]
    public void The_header_tells_version_and_flavor()
    {
        var nft = IptablesSave.Parse("node-1", "iptables", Recordings.Text("healthy", "nodes/node-1/iptables.txt"));
        var legacy = IptablesSave.Parse("node-1", "iptables", Recordings.Text("healthy-kp118-legacy", "nodes/node-1/iptables.txt"));

        Assert.Equal(("1.8.9", "nf_tables"), (nft.Version, nft.Flavor));
        Assert.Equal(("1.8.9", "legacy"), (legacy.Version, legacy.Flavor));
        Assert.Equal(["mangle", "filter", "nat"], nft.Tables.Select(t => t.Name));
        Assert.All(nft.Tables, t => Assert.True(t.IsComplete));
        Assert.Equal(("ACCEPT", 741L), (legacy.Table("mangle")!.Chain("PREROUTING")!.Policy, legacy.Table("mangle")!.Chain("PREROUTING")!.Packets));
    }

    [Fact]
    public void A_rule_has_its_parts_as_fields()
    {
        var rule = Rule("""[21:1260] -A KUBE-SVC-A ! -s 10.244.0.0/16 -d 10.100.45.9/32 -i eth0 ! -o cni0 -p tcp -m comment --comment "default/web:http cluster IP" -m tcp --dport 3009 -j KUBE-MARK-MASQ""");

        Assert.Equal(("nat", "KUBE-SVC-A", 21L, 1260L), (rule.Table, rule.Chain, rule.Packets, rule.Bytes));
        Assert.Equal(("! 10.244.0.0/16", "10.100.45.9/32", "eth0", "! cni0", "tcp"), (rule.SourceAddress, rule.DestinationAddress, rule.InInterface, rule.OutInterface, rule.Protocol));
        Assert.Equal("default/web:http cluster IP", rule.Comment);
        Assert.Equal("3009", rule.MatchValue("tcp", "--dport"));
        Assert.Equal(("KUBE-MARK-MASQ", false, ""), (rule.Target, rule.IsGoto, rule.TargetOptions));
        Assert.StartsWith("node-1 iptables:2: [21:1260] -A KUBE-SVC-A", rule.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-A A -j DNAT --to-destination 10.244.92.3:53", "DNAT", "10.244.92.3:53", "")]
    [InlineData("-A A -p udp -m udp -j DNAT --to-destination [fd00::1]:53 --persistent", "DNAT", "[fd00::1]:53", "")]
    [InlineData("-A A -j REJECT --reject-with icmp-port-unreachable", "REJECT", "", "icmp-port-unreachable")]
    [InlineData("-A A -g B", "B", "", "")]
    [InlineData("-A A", "", "", "")]
    [InlineData("-A A -m comment --comment -j -j ACCEPT", "ACCEPT", "", "")]
    [InlineData("-A A -p tcp --dport 53 -j ACCEPT", "ACCEPT", "", "")]
    [InlineData("-A A -m tcp -p tcp -s 10.0.0.0/8 -j ACCEPT", "ACCEPT", "", "")]
    [InlineData("-A A -p tcp -s 10.0.0.0/8 -m tcp --dport 1 -j ACCEPT", "ACCEPT", "", "")]
    [InlineData("-A A -s ! 10.0.0.0/8 -j ACCEPT", "ACCEPT", "", "")]
    [InlineData("-A A -f -j DROP", "DROP", "", "")]
    [InlineData("-A A -m set --match-set \"a -j b\" src -j LOG --log-prefix \"x \\\" -j DROP \"", "LOG", "", "")]
    public void Targets_and_odd_lines_are_kept_to_the_word(string line, string target, string destination, string reject)
    {
        var rule = Rule(line);

        Assert.Equal((target, destination, reject), (rule.Target, rule.ToDestination, rule.RejectWith));
        Assert.Equal(line, (rule with { Origin = default }).ToString());
    }

    [Fact]
    public void Words_outside_any_module_are_not_taken_for_conditions()
    {
        var rule = Rule("-A A -p tcp -s 10.0.0.0/8 --dport 1 -j ACCEPT");

        Assert.Equal(("tcp", ""), (rule.Protocol, rule.SourceAddress));
        Assert.Equal("", Assert.Single(rule.Matches).Module);
    }

    [Fact]
    public void A_comment_loses_its_quotes_and_escapes()
    {
        Assert.Equal("dnat name: \"cbr0\"", Rule("""-A A -m comment --comment "dnat name: \"cbr0\"" -j B""").Comment);
        Assert.Equal("one", Rule("-A A -m comment --comment one -j B").Comment);
    }

    [Fact]
    public void What_is_no_line_of_iptables_save_is_kept_and_a_text_cut_short_says_so()
    {
        var ruleset = IptablesSave.Parse("n", "iptables", "# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n*nat\n:A - [0:0]\nbash: oops\n[x] -A A\n-I A -j B\n-A A -j B\n-A A -m comment --comm");

        Assert.Equal(["bash: oops", "[x] -A A", "-I A -j B"], ruleset.Unread.Select(l => l.Text));
        Assert.Equal(1, Assert.Single(ruleset.Notes).Line);
        Assert.False(ruleset.Table("nat")!.IsComplete);
        Assert.Equal(2, ruleset.Table("nat")!.RulesOf("A").Count);
    }

    [Fact]
    public void An_excerpt_is_one_nameless_table_and_counts_repeated_lines_once()
    {
        var ruleset = IptablesSave.Parse("n", "iptables", Training.ServiceChains);

        var table = Assert.Single(ruleset.Tables);
        Assert.Equal(("", false), (table.Name, table.IsComplete));
        Assert.Equal(3, table.RulesOf("KUBE-SVC-TCOU7JCQXEZGVUNU").Count);
        Assert.All(table.Rules, r => Assert.Equal(r.Source.Text, r.ToString()));
        var printed = Training.ServiceChains.Split('\n').Where(l => l.StartsWith('-')).ToHashSet();
        Assert.Equal(printed.Order(), table.Rules.Select(r => r.ToString()).Order());
    }

    [Fact]
    public void A_text_of_many_rules_is_read_without_a_word_lost()
    {
        var lines = new List<string> { "*nat", ":KUBE-SERVICES - [0:0]" };
        for (var i = 0; i < 50_000; i++)
            lines.Add($"[0:0] -A KUBE-SERVICES -d 10.{100 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}/32 -p tcp -m comment --comment \"default/s{i}:http cluster IP\" -m tcp --dport 80 -j KUBE-SVC-{i:D16}");
        lines.Add("COMMIT");

        Assert.Equal(string.Join('\n', lines), PacketFilters.Iptables(string.Join('\n', lines)));
    }

    private static IptablesRule Rule(string line)
    {
        var ruleset = IptablesSave.Parse("node-1", "iptables", $"*nat\n{line}\nCOMMIT\n");
        Assert.Empty(ruleset.Unread);
        return Assert.Single(ruleset.Table("nat")!.Rules);
    }
}
