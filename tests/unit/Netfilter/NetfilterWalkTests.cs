using GravityNet.Netfilter;
using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Netfilter;

public sealed class NetfilterWalkTests
{
    private static readonly NetfilterPacket Web = new()
    {
        Protocol = IpProtocol.Tcp,
        Source = NetfilterPacket.Address("10.244.1.7"),
        Destination = NetfilterPacket.Address("10.96.0.10"),
        SourcePort = 40000,
        DestinationPort = 80,
        InInterface = "cni0",
        OutInterface = "",
        PhysicalIn = "",
        PhysicalOut = "",
        Mark = KnownBits.Of(0),
        ConnectionMark = KnownBits.Of(0),
        State = PacketState.New,
        IsDestinationTranslated = false,
        IsSourceTranslated = false,
        TcpFlags = KnownBits.Of(2),
        Length = 60,
        Ttl = 64,
    };

    // what rules ask, and the answer for the packet above
    public static TheoryData<string, string> Questions => new()
    {
        { "-s 10.244.0.0/16", "Yes" },
        { "! -s 10.244.0.0/16", "No" },
        { "-s 10.244.1.7/32", "Yes" },
        { "-s 10.244.0.7/255.255.0.255", "Yes" },
        { "-s 10.244.0.8/255.255.0.255", "No" },
        { "-d 10.96.0.10/32", "Yes" },
        { "-d fd00::/8", "No" },
        { "-i cni0", "Yes" },
        { "-i cni+", "Yes" },
        { "-i +", "Yes" },
        { "! -i cni+", "No" },
        { "-i cni", "No" },
        { "-o eth0", "No" },
        { "! -o eth0", "Yes" },
        { "-p tcp", "Yes" },
        { "-p 6", "Yes" },
        { "! -p udp", "Yes" },
        { "-p all", "Yes" },
        { "-p nosuch", "Unknown" },
        { "-f", "No" },
        { "! -f", "Yes" },
        { "-p tcp -m tcp --dport 80", "Yes" },
        { "-p tcp -m tcp --dport 1:79", "No" },
        { "-p tcp -m tcp --dport :80 --sport 1024:", "Yes" },
        { "-p tcp -m tcp ! --dport 80", "No" },
        { "-p udp -m udp --dport 80", "No" },
        { "-p tcp -m tcp --dport http", "Unknown" },
        { "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN", "Yes" },
        { "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN", "No" },
        { "-p tcp -m tcp --tcp-flags ALL NONE", "No" },
        { "-p tcp -m tcp --tcp-option 7", "Unknown" },
        { "-p icmp -m icmp --icmp-type 8", "No" },
        { "-p tcp -m multiport --dports 22,80:90", "Yes" },
        { "-p tcp -m multiport ! --dports 22,80:90", "No" },
        { "-p tcp -m multiport --ports 40000", "Yes" },
        { "-p tcp -m multiport --sports 1,2", "No" },
        { "-m mark --mark 0x0/0x4000", "Yes" },
        { "-m mark --mark 0x4000/0x4000", "No" },
        { "-m mark ! --mark 0x4000/0x4000", "Yes" },
        { "-m connmark --mark 0x0", "Yes" },
        { "-m conntrack --ctstate RELATED,ESTABLISHED", "No" },
        { "-m conntrack --ctstate NEW", "Yes" },
        { "-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT", "Yes" },
        { "-m conntrack --ctstate DNAT", "No" },
        { "-m conntrack --ctproto 6", "Yes" },
        { "-m conntrack --ctorigdst 10.96.0.10", "Unknown" },
        { "-m state --state NEW,UNTRACKED", "Yes" },
        { "-m addrtype --dst-type LOCAL", "Unknown" },
        { "-m physdev --physdev-is-bridged", "No" },
        { "-m physdev ! --physdev-is-bridged", "Yes" },
        { "-m physdev --physdev-in veth+", "No" },
        { "-m set --match-set nodes src", "Unknown" },
        { "-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-A --mask 255.255.255.255 --rsource", "Unknown" },
        { "-m recent --set --name KUBE-SEP-A --mask 255.255.255.255 --rsource", "Yes" },
        { "-m comment --comment \"-j DROP\"", "Yes" },
        { "-m iprange --src-range 10.244.1.0-10.244.1.9", "Yes" },
        { "-m iprange ! --dst-range 10.96.0.10-10.96.0.10", "No" },
        { "-m length --length 0:59", "No" },
        { "-m ttl --ttl-gt 63", "Yes" },
        { "-m limit --limit 5/min", "Unknown" },
        { "-m nosuch --thing", "Unknown" },
        { "-m nosuch --thing -s 1.1.1.1", "No" },
        { "-m comment --comment late -d 10.96.0.10", "Yes" },
        { "-m comment --comment odd --other", "Unknown" },
        { "-p udp -m nosuch --thing", "No" },
    };

    [Theory]
    [MemberData(nameof(Questions))]
    public void A_rule_asks_and_the_packet_answers_with_one_of_three_values(string conditions, string answer)
    {
        Assert.Equal(answer, Walk($"-A INPUT {conditions} -j ACCEPT", Web).Accepted.ToString());
        // nothing is known of a packet that nobody described
        var blank = Walk($"-A INPUT {conditions} -j ACCEPT", new NetfilterPacket()).Accepted;
        var isAlwaysSo = conditions is "-i +" or "-p all" || conditions.EndsWith("-j DROP\"", StringComparison.Ordinal) || conditions.Contains("--set ", StringComparison.Ordinal);
        Assert.Equal(isAlwaysSo ? Ternary.Yes : Ternary.Unknown, blank);
    }

    [Fact]
    public void What_is_known_of_an_address_may_be_its_network()
    {
        var pod = Web with { Source = NetfilterPacket.Address("10.244.1.0/24") };

        Assert.Equal(Ternary.Yes, Walk("-A INPUT -s 10.244.0.0/16 -j ACCEPT", pod).Accepted);
        Assert.Equal(Ternary.Unknown, Walk("-A INPUT -s 10.244.1.128/25 -j ACCEPT", pod).Accepted);
        Assert.Equal(Ternary.No, Walk("-A INPUT -s 10.244.2.0/24 -j ACCEPT", pod).Accepted);
    }

    [Fact]
    public void Calls_come_back_and_goto_does_not()
    {
        var walk = Walk("""
            -A INPUT -j A
            -A INPUT -j B
            -A INPUT -j DROP
            -A A -m mark --mark 0x0 -j RETURN
            -A A -j DROP
            -A B -j MARK --set-xmark 0x4000/0x4000
            -A B -g C
            -A B -j DROP
            -A C -m mark --mark 0x4000/0x4000 -j ACCEPT
            """, Web);

        var branch = Assert.Single(walk.Branches);
        Assert.Equal(NetfilterVerdict.Accept, branch.Verdict);
        Assert.Equal("C", branch.Chain);
        Assert.Equal(KnownBits.Of(0x4000), branch.Packet.Mark);
        Assert.Equal(
            ["-A INPUT -j A", "-A A -m mark --mark 0x0 -j RETURN", "-A INPUT -j B", "-A B -j MARK --set-xmark 0x4000/0x4000", "-A B -g C", "-A C -m mark --mark 0x4000/0x4000 -j ACCEPT"],
            branch.Steps.Select(s => s.ToString()));

        Assert.Equal(NetfilterVerdict.Accept, Walk("-A INPUT -g A\n-A INPUT -j DROP\n-A A -p udp -j DROP", Web).Branches[0].Verdict);
    }

    [Fact]
    public void A_policy_ends_what_no_rule_ends_and_a_text_cut_short_ends_nothing()
    {
        Assert.Equal(Ternary.No, Walk("", Web, policy: "DROP").Accepted);
        Assert.Equal(Ternary.Yes, Walk("-A INPUT -j RETURN\n-A INPUT -j DROP", Web).Accepted);
        var cut = NetfilterWalk.Chain(IptablesSave.Parse("n", "iptables", "*filter\n:INPUT DROP [0:0]\n-A INPUT -p udp -j ACCEPT\n").Table("filter")!, "INPUT", Web)!;
        Assert.Equal(Ternary.Unknown, cut.Accepted);
        Assert.Contains("not whole", Assert.Single(cut.Branches).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(2, "1/2 1/2")]
    [InlineData(3, "1/3 1/3 1/3")]
    [InlineData(7, "1/7 1/7 1/7 1/7 1/7 1/7 1/7")]
    public void A_balancer_gives_each_endpoint_its_share(int endpoints, string shares)
    {
        var rules = Enumerable.Range(0, endpoints).Select(i =>
            $"-A SVC {(i == endpoints - 1 ? "" : FormattableString.Invariant($"-m statistic --mode random --probability {Math.Round(1.0 / (endpoints - i) * (1U << 31)) / (1U << 31):F11} "))}-j SEP{i}\n"
            + $"-A SEP{i} -p tcp -m tcp -j DNAT --to-destination 10.244.0.{i + 1}:8080");
        var walk = Walk($"-A PREROUTING -d 10.96.0.10/32 -j SVC\n{string.Join('\n', rules)}", Web, "nat", "PREROUTING");

        Assert.Equal(shares, string.Join(' ', walk.Branches.Select(b => b.Probability)));
        Assert.Equal(Enumerable.Range(1, endpoints).Select(i => $"10.244.0.{i}"), walk.Branches.Select(b => b.Packet.Destination!.Value.ToString()));
        Assert.All(walk.Branches, b => Assert.Equal((8080, true, NetfilterVerdict.Accept), (b.Packet.DestinationPort, b.Packet.IsDestinationTranslated, b.Verdict)));
        Assert.Equal((Fraction.Of(1, endpoints), Fraction.Of(1, endpoints)), walk.Share(e => e.Packet.Destination == NetfilterPacket.Address("10.244.0.1")));
    }

    [Fact]
    public void Affinity_is_a_fork_that_an_assumption_names()
    {
        var walk = Walk("""
            -A PREROUTING -m recent --rcheck --seconds 10800 --reap --name A --mask 255.255.255.255 --rsource -j A
            -A PREROUTING -m statistic --mode random --probability 0.50000000000 -j A
            -A PREROUTING -j B
            -A A -p tcp -m recent --set --name A --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.244.0.1:80
            -A B -p tcp -m tcp -j DNAT --to-destination 10.244.0.2:80
            """, Web, "nat", "PREROUTING");

        Assert.Equal(["1", "1/2", "1/2"], walk.Branches.Select(b => b.Probability.ToString()));
        Assert.Equal([true, false, false], walk.Branches.Select(b => Assert.Single(b.Assumptions).Matched));
        Assert.All(walk.Branches, b => Assert.StartsWith("-m recent --rcheck", b.Assumptions.First().Words, StringComparison.Ordinal));
        Assert.Equal((Fraction.Of(1, 2), Fraction.One), walk.Share(e => e.Packet.Destination == NetfilterPacket.Address("10.244.0.1")));
        Assert.Equal((Fraction.Zero, Fraction.Of(1, 2)), walk.Share(e => e.Packet.Destination == NetfilterPacket.Address("10.244.0.2")));
    }

    [Fact]
    public void Unknown_rules_that_change_nothing_leave_one_way()
    {
        var returns = string.Join('\n', Enumerable.Range(0, 100).Select(i => $"-A A -m limit --limit {i + 1}/sec -j RETURN"));
        var walk = Walk($"-A INPUT -j A\n-A INPUT -m limit --limit 3/min -j LOGS\n-A INPUT -j DROP\n-A LOGS -j LOG --log-prefix x\n{returns}", Web);

        var branch = Assert.Single(walk.Branches);
        Assert.Equal((NetfilterVerdict.Drop, "-A INPUT -j DROP"), (branch.Verdict, branch.Rule!.ToString()));
    }

    [Fact]
    public void Forty_unknown_rules_after_each_other_are_forty_forks_and_not_all_their_combinations()
    {
        // each may drop within a chain that may be called
        var rules = string.Join('\n', Enumerable.Range(0, 40).Select(i => $"-A INPUT -m limit --limit {i + 1}/sec -j D{i}\n-A D{i} -m limit --limit 1/min -j DROP"));
        var walk = Walk(rules, Web);

        Assert.Equal(Ternary.Unknown, walk.Accepted);
        Assert.Equal((Fraction.Zero, Fraction.One), walk.Share(e => e.Verdict == NetfilterVerdict.Accept));
        Assert.Contains(walk.Branches, b => b.Reason.Contains("more than", StringComparison.Ordinal));
    }

    [Fact]
    public void Texts_that_no_kernel_would_take_end_too()
    {
        var circle = Walk("-A INPUT -j A\n-A A -j B\n-A B -j A", Web);
        Assert.Equal((Ternary.Unknown, "A is called from itself"), (circle.Accepted, circle.Branches[0].Reason));

        var deep = Walk($"-A INPUT -j C0\n{string.Join('\n', Enumerable.Range(0, 5000).Select(i => $"-A C{i} -j C{i + 1}"))}", Web);
        Assert.Contains("too deep", deep.Branches[0].Reason, StringComparison.Ordinal);

        var wide = Walk(string.Join('\n', Enumerable.Range(0, 10_000).Select(i => $"-A INPUT -m limit --limit 1/sec -m comment --comment {i} -j DROP")), Web);
        Assert.Equal(Ternary.Unknown, wide.Accepted);
        Assert.Contains(wide.Branches, b => b.Reason.Contains("what is not known", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("MARK --set-xmark 0x4000/0x4000", "0x4000")]
    [InlineData("MARK --set-xmark 0x0/0xffffffff", "0x0")]
    [InlineData("MARK --set-mark 0x7", "0x7")]
    [InlineData("MARK --or-mark 0x10", "0x10")]
    [InlineData("MARK --nosuch 0x10", "?")]
    [InlineData("CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff", "0x0")]
    [InlineData("HMARK --hmark-tuple src --hmark-mod 2", "?")]
    [InlineData("LOG --log-prefix \"-j DROP\"", "0x0")]
    [InlineData("NFLOG", "0x0")]
    [InlineData("TCPMSS --clamp-mss-to-pmtu", "0x0")]
    public void A_target_that_lets_the_packet_go_on_changes_what_it_says(string target, string mark)
    {
        var branch = Assert.Single(Walk($"-A INPUT -j {target}\n-A INPUT -p tcp", Web).Branches);

        Assert.Equal((NetfilterVerdict.Accept, mark), (branch.Verdict, branch.Packet.Mark.ToString()));
    }

    [Theory]
    [InlineData("DNAT --to-destination 10.1.1.1", "10.1.1.1", 80)]
    [InlineData("DNAT --to-destination 10.1.1.1:8080", "10.1.1.1", 8080)]
    [InlineData("DNAT --to-destination :8080", "10.96.0.10", 8080)]
    [InlineData("DNAT --to-destination 10.1.1.1-10.1.1.9", "", 80)]
    [InlineData("DNAT --to-destination 10.1.1.1:80-90", "10.1.1.1", null)]
    [InlineData("DNAT --to-destination 10.1.1.1:80 --random", "10.1.1.1", 80)]
    [InlineData("REDIRECT --to-ports 3128", "", 3128)]
    [InlineData("NETMAP --to 192.168.0.0/16", "192.168.0.10", 80)]
    public void A_translation_ends_the_table_and_shows_in_the_packet(string target, string address, int? port)
    {
        var branch = Assert.Single(Walk($"-A PREROUTING -j {target}\n-A PREROUTING -j DROP", Web, "nat", "PREROUTING").Branches);

        Assert.Equal((NetfilterVerdict.Accept, address, port, true),
            (branch.Verdict, branch.Packet.Destination?.ToString() ?? "", branch.Packet.DestinationPort, branch.Packet.IsDestinationTranslated));
    }

    [Fact]
    public void A_target_that_nobody_knows_may_end_the_way_or_not()
    {
        var walk = Walk("-A INPUT -j NOSUCH --thing\n-A INPUT -j DROP", Web);

        Assert.Equal(Ternary.Unknown, walk.Accepted);
        Assert.Equal([NetfilterVerdict.Unknown, NetfilterVerdict.Drop], walk.Branches.Select(b => b.Verdict));
        Assert.Contains("NOSUCH", walk.Branches[0].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodes", "hash:ip", "src", "10.244.1.7", "Yes")]
    [InlineData("nodes", "hash:ip", "src", "10.244.1.8", "No")]
    [InlineData("nodes", "hash:net", "src", "10.244.0.0/16|10.244.1.0/24 nomatch", "No")]
    [InlineData("nodes", "hash:net", "src", "10.244.0.0/16 nomatch|10.244.1.0/24", "Yes")]
    [InlineData("nodes", "hash:ip,port", "dst,dst", "10.96.0.10,tcp:80", "Yes")]
    [InlineData("nodes", "hash:ip,port", "dst,dst", "10.96.0.10,udp:80", "No")]
    [InlineData("nodes", "hash:ip,port,ip", "dst,dst,src", "10.96.0.10,tcp:80,10.244.1.7", "Yes")]
    [InlineData("nodes", "bitmap:port", "dst", "80", "Yes")]
    [InlineData("nodes", "bitmap:port", "dst", "81", "No")]
    [InlineData("nodes", "hash:net,iface", "src,src", "10.244.0.0/16,cni0", "Yes")]
    [InlineData("all", "hash:ip", "src", "10.244.1.7", "Yes")]
    [InlineData("gone", "hash:ip", "src", "10.244.1.7", "Unknown")]
    public void Sets_of_the_node_answer(string name, string type, string ends, string entries, string answer)
    {
        var text = $"create nodes {type}{(type.StartsWith("hash", StringComparison.Ordinal) ? " family inet hashsize 1024 maxelem 65536" : " range 0-65535")}\ncreate all list:set size 8\n"
            + string.Concat(entries.Split('|').Select(e => $"add nodes {e}\n")) + "add all nodes\n";
        var context = new NetfilterContext { Sets = IpsetSave.Parse("n", "ipset", text).Records.ToDictionary(s => s.Name) };

        Assert.Equal(answer, Walk($"-A INPUT -m set --match-set {name} {ends} -j ACCEPT", Web, context: context).Accepted.ToString());
        // a rule that changes the set makes it unknown
        Assert.Equal("Unknown", Walk($"-A INPUT -j SET --add-set {name} src\n-A INPUT -m set --match-set {name} {ends} -j ACCEPT", Web, context: context).Accepted.ToString());
    }

    [Fact]
    public void Types_of_addresses_are_the_nodes_to_tell()
    {
        var context = new NetfilterContext { AddressType = (address, device) => address.ToString() == "10.96.0.10" && device is null ? "LOCAL" : "UNICAST" };

        Assert.Equal(Ternary.Yes, Walk("-A INPUT -m addrtype --dst-type LOCAL -j ACCEPT", Web, context: context).Accepted);
        Assert.Equal(Ternary.No, Walk("-A INPUT -m addrtype --src-type LOCAL -j ACCEPT", Web, context: context).Accepted);
        Assert.Equal(Ternary.Yes, Walk("-A INPUT -m addrtype ! --src-type LOCAL,BROADCAST -j ACCEPT", Web, context: context).Accepted);
        Assert.Equal(Ternary.No, Walk("-A INPUT -m addrtype --dst-type LOCAL --limit-iface-in -j ACCEPT", Web, context: context).Accepted);
    }

    private static NetfilterWalk Walk(string rules, NetfilterPacket packet, string table = "filter", string chain = "INPUT", string? policy = null, NetfilterContext? context = null)
    {
        var names = rules.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .SelectMany(l => l.Split(' ') is { Length: > 1 } words ? words.Where((_, i) => i == 1 || (i > 1 && words[i - 1] is "-j" or "-g" && !Targets.IsKnown(words[i]) && words[i] != "NOSUCH")) : [])
            .Where(n => n != chain && !n.EndsWith('"')).Distinct();
        policy ??= rules.EndsWith("-j ACCEPT", StringComparison.Ordinal) && !rules.Contains("-A A", StringComparison.Ordinal) ? "DROP" : "ACCEPT";
        var text = $"*{table}\n:{chain} {policy} [0:0]\n{string.Concat(names.Select(n => $":{n} - [0:0]\n"))}{rules}\nCOMMIT\n";
        var ruleset = IptablesSave.Parse("n", "iptables", text);
        Assert.Empty(ruleset.Unread);
        return NetfilterWalk.Chain(ruleset.Table(table)!, chain, packet, context)!;
    }
}
