using System.Globalization;
using System.Text;
using GravityNet.Netfilter;
using GravityNet.Parsing;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests.Netfilter;

/// <summary>A walk with the index of a long chain is the walk that asks every rule.</summary>
public sealed class ChainIndexTests
{
    // lines that an index may read wrongly, each with how a packet to 10.96.0.10:80 stands to it
    private static readonly string[] Odd =
    [
        "-d 10.96.0.10/32", "-d 10.96.0.10", "! -d 10.96.0.10/32", "-d 10.96.0.0/24", "-d 10.96.0.10/255.255.255.255", "-d 10.0.0.10/255.0.0.255",
        "-s 10.96.0.11/32 -d 10.96.0.10/32", "! -s 10.96.0.11/32 -d 10.96.0.10/32", "-d 10.96.0.10/32 ! -p udp -m comment --comment \"to --dport 81 x\"",
        "-p tcp -m tcp --dport 80", "-p tcp -m tcp ! --dport 80", "-p tcp -m tcp --dport 80:81", "-p tcp -m tcp --dport 81", "-p tcp -m tcp --dport http",
        "-p tcp -m multiport --dports 80,81", "-d 10.96.0.10/32 -p tcp -m comment --comment \"a \\\" --dport 81\" -m tcp --dport 80",
        "-d 10.96.0.10/32 -p tcp -m tcp --dport 80 -m comment --comment \"late --dport 81 text\"", "-p tcp -m tcp --dport 81 -m comment --comment \"late --dport 80 text\"",
        "-m comment --comment -d -d 10.96.0.11/32", "-i eth0 -p tcp -m tcp --sport 80 --dport 80", "-f", "",
    ];

    [Fact]
    public void Lines_of_every_sort_are_found_where_they_may_match()
    {
        var seed = Seed.Now;
        var random = new Random(seed);
        for (var round = 0; round < 6; round++)
        {
            var text = new StringBuilder("*filter\n:INPUT ACCEPT [0:0]\n:A - [0:0]\n");
            for (var i = 0; i < 120; i++)
            {
                var counters = random.Next(2) == 0 ? "[1:2] " : "";
                var target = random.Next(20) switch { 0 => "-j ACCEPT", 1 => "-j DROP", 2 => "-j A", 3 => "-j RETURN", _ => FormattableString.Invariant($"-j MARK --set-xmark 0x{1 << random.Next(3):x}/0x0") };
                text.Append($"{counters}-A {(random.Next(6) == 0 ? "A" : "INPUT")} {Odd[random.Next(Odd.Length)]} {target}\n".Replace("  ", " ", StringComparison.Ordinal));
            }

            // chain A may not call itself
            var table = IptablesSave.Parse("n", "iptables", text.ToString().Replace("-A A -j A\n", "", StringComparison.Ordinal) + "COMMIT\n").Table("filter")!;
            foreach (var destination in new[] { "10.96.0.10", "10.96.0.11", "10.96.0.0/24", "fd00::1", "" })
            {
                foreach (var port in new int?[] { 80, 81, 53, null })
                {
                    AssertSame($"seed {seed}", table, "INPUT", new()
                    {
                        Protocol = IpProtocol.Tcp,
                        Source = NetfilterPacket.Address("10.1.1.1"),
                        Destination = NetfilterPacket.Address(destination),
                        DestinationPort = port,
                        Mark = KnownBits.Of(0),
                        IsFragment = false,
                    });
                }
            }
        }
    }

    public static TheoryData<string> Recorded => [.. Recordings.Names];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Recorded_rules_are_walked_the_same(string recording)
    {
        var seed = Seed.Now;
        foreach (var node in Recordings.Nodes(recording))
        {
            var rules = new RecordedCluster(recording).Node(node).Iptables.Records;
            foreach (var ruleset in rules)
            {
                var packets = new PublishedRulesets.Packets(ruleset, new Random(seed));
                foreach (var table in ruleset.Tables)
                {
                    foreach (var chain in table.Chains.Where(c => c.Policy != "-" || c.Rules.Count >= 32))
                    {
                        for (var i = 0; i < 20; i++) AssertSame($"seed {seed}", table, chain.Name, packets.Next());
                    }
                }
            }
        }
    }

    public static TheoryData<string> Large => [.. PublishedRulesets.Saves.Where(s => s.Contains("TUM_Net/", StringComparison.Ordinal) || s.EndsWith("akachan", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Large))]
    public void Large_published_rules_are_walked_the_same(string save)
    {
        var seed = Seed.Now;
        var rules = PublishedRulesets.Rules(save);
        var packets = new PublishedRulesets.Packets(rules, new Random(seed));
        for (var i = 0; i < 60; i++) AssertSame($"seed {seed}", rules.Table("filter")!, "FORWARD", packets.Next());
    }

    [Fact]
    public void A_packet_to_one_of_thousands_of_services_reads_its_own_rules_only()
    {
        const int Services = 5000;
        var text = new StringBuilder("*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-NODEPORTS - [0:0]\n");
        text.Append("-A PREROUTING -j KUBE-SERVICES\n");
        for (var i = 0; i < Services; i++)
            text.Append(CultureInfo.InvariantCulture, $"-A KUBE-SERVICES -d 10.{96 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}/32 -p tcp -m comment --comment \"ns/s-{i}:http cluster IP\" -m tcp --dport 80 -j DNAT --to-destination 10.244.1.1:{i + 1}\n");
        text.Append("-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS\n");
        for (var i = 0; i < Services; i++) text.Append(CultureInfo.InvariantCulture, $"-A KUBE-NODEPORTS -p tcp -m tcp --dport {30000 + i} -j DNAT --to-destination 10.244.1.2:{i + 1}\n");
        var table = IptablesSave.Parse("n", "iptables", text + "COMMIT\n").Table("nat")!;
        var packet = new NetfilterPacket { Protocol = IpProtocol.Tcp, SourcePort = 1, IsFragment = false };
        for (var i = 0; i < Services; i += 97)
        {
            var cluster = NetfilterWalk.Chain(table, "PREROUTING", packet with { Destination = NetfilterPacket.Address(string.Create(CultureInfo.InvariantCulture, $"10.96.{i >> 8}.{i & 255}")), DestinationPort = 80 })!;
            Assert.Equal(i + 1, Assert.Single(cluster.Branches).Packet.DestinationPort);

            var context = new NetfilterContext { AddressType = (_, _) => "LOCAL" };
            var node = NetfilterWalk.Chain(table, "PREROUTING", packet with { Destination = NetfilterPacket.Address("192.168.1.1"), DestinationPort = 30000 + i }, context)!;
            Assert.Equal(("10.244.1.2", i + 1), (node.Branches[0].Packet.Destination.ToString(), node.Branches[0].Packet.DestinationPort));
        }

        // of the others hardly one was asked by its hash
        var chains = new[] { "KUBE-SERVICES", "KUBE-NODEPORTS" }.Select(c => table.Walked.Chain(c)!).ToList();
        Assert.InRange(chains.Sum(c => c.ReadRules), 100, 600);
    }

    private static void AssertSame(string place, IptablesTable table, string chain, NetfilterPacket packet)
    {
        var start = table.Walked.Chain(chain)!;
        var (indexed, linear) = (new ChainWalker(table.Walked, NetfilterContext.Unknown).Walk(start, packet), new ChainWalker(table.Walked, NetfilterContext.Unknown, isLinear: true).Walk(start, packet));
        Assert.True(Same(indexed, linear, []), $"{place} {table} {chain} {packet}");
    }

    private static bool Same(WalkNode one, WalkNode two, HashSet<(WalkNode, WalkNode)> known) => !known.Add((one, two)) || (one, two) switch
    {
        (WalkNode.Steps a, WalkNode.Steps b) => a.Rules.SequenceEqual(b.Rules, ReferenceEqualityComparer.Instance) && Same(a.Next, b.Next, known),
        (WalkNode.Fork a, WalkNode.Fork b) => a.Rule == b.Rule && a.Words == b.Words && a.Chance == b.Chance && Same(a.Yes, b.Yes, known) && Same(a.No, b.No, known),
        (WalkNode.End a, WalkNode.End b) => a.Verdict == b.Verdict && a.Packet == b.Packet && a.Rule == b.Rule && a.Chain == b.Chain && a.Reason == b.Reason,
        _ => false,
    };
}
