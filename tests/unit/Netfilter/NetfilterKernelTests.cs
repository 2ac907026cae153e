using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GravityNet.Facts;
using GravityNet.Netfilter;
using GravityNet.Parsing;
using GravityNet.UnitTests.Probing;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests.Netfilter;

/// <summary>
/// The kernel as the judge of the walk: rules by chance and recorded ones are loaded in a network namespace, real packets are sent through them, and which of them were
/// dropped and which rules counted them must be what the walk says.
/// </summary>
public sealed partial class NetfilterKernelTests
{
    private const int Packets = 250;
    private const int MostRefused = 80;

    public static TheoryData<string> Tools => ["iptables-legacy", "iptables-nft"];

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Rules_by_chance_count_and_drop_what_the_walk_says(string tool)
    {
        var seed = Seed.Now;
        var random = new Random(seed);
        await using var space = await SpaceAsync(tool);
        var met = 0;
        for (var round = 0; round < 3; round++)
        {
            var before = await LoadedAsync(space, tool, Rules(random));
            var context = await ContextAsync(space);
            var packets = Unique(new PublishedRulesets.Packets(before, random), random, Packets);
            var accepted = RawPackets.Send(space.Node, packets);
            var after = await SavedAsync(space, tool);

            var counts = new Dictionary<string, long>();
            for (var i = 0; i < packets.Count; i++)
            {
                var walk = NetfilterWalk.Hook([before], NetfilterHook.Output, packets[i], context);
                var branch = Assert.Single(walk.Branches);
                Assert.True((walk.Accepted, accepted[i]) is (Ternary.Yes, true) or (Ternary.No, false), $"seed {seed} round {round}: the walk says {walk.Accepted}, the kernel {accepted[i]}: {packets[i]}\n{string.Join('\n', branch.Steps)}");
                foreach (var step in branch.Steps) counts[Key(step.Rule!)] = counts.GetValueOrDefault(Key(step.Rule!)) + 1;
            }

            var counted = after.Tables.SelectMany(t => t.Rules).Where(r => r.Table != "raw" || r.Chain != "PREROUTING").Select(r => (Key(r), r.Packets!.Value)).ToList();
            met += counted.Count(c => c.Value > 0);
            foreach (var (rule, value) in counted) Assert.True(counts.GetValueOrDefault(rule) == value, $"seed {seed} round {round}: the walk counts {counts.GetValueOrDefault(rule)}, the kernel {value}: {rule}");
        }

        Assert.True(met > 15, $"seed {seed}: {met} rules were met");
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Recorded_rules_and_chance_drop_within_the_bounds(string tool)
    {
        var seed = Seed.Now;
        var random = new Random(seed);
        await using var space = await SpaceAsync(tool);
        // what the node itself recorded, and a balancer of three that the recording's are like
        var text = Recordings.Text("healthy", "nodes/node-1/iptables.txt") + """

            *filter
            :THREE - [0:0]
            :ONE - [0:0]
            :TWO - [0:0]
            :REST - [0:0]
            -I OUTPUT -p 89 -j THREE
            -A THREE -m statistic --mode random --probability 0.33333333349 -j ONE
            -A THREE -m statistic --mode random --probability 0.50000000000 -j TWO
            -A THREE -j REST
            -A ONE -j ACCEPT
            -A TWO -j DROP
            -A REST -j DROP
            COMMIT

            """;
        var before = await LoadedAsync(space, tool, text, noFlush: true);
        var context = await ContextAsync(space);
        var packets = Unique(new PublishedRulesets.Packets(before, random), random, Packets);
        var balanced = Enumerable.Range(0, 1200).Select(i => packets[0] with { Protocol = 89, SourcePort = null, DestinationPort = null, IcmpType = null, IcmpCode = null, Destination = NetfilterPacket.Address($"10.9.{i >> 8}.{i & 255}"), OutInterface = "v0" }).ToList();
        var accepted = RawPackets.Send(space.Node, packets);
        var passed = RawPackets.Send(space.Node, balanced).Count(a => a);

        for (var i = 0; i < packets.Count; i++)
        {
            var walk = NetfilterWalk.Hook([before], NetfilterHook.Output, packets[i], context);
            Assert.True(walk.Accepted == Ternary.Unknown || walk.Accepted == TernaryLogic.Of(accepted[i]), $"seed {seed}: the walk says {walk.Accepted}, the kernel {accepted[i]}: {packets[i]}");
        }

        var share = NetfilterWalk.Hook([before], NetfilterHook.Output, balanced[0], context).Share(e => e.Verdict == NetfilterVerdict.Accept);
        Assert.Equal((Fraction.Of(1, 3), Fraction.Of(1, 3)), share);
        // 400 of 1200, within eight standard deviations
        Assert.InRange(passed, 270, 530);
    }

    // two rules may be the same; both saves have them in the same lines
    private static string Key(IptablesRule rule) => string.Create(CultureInfo.InvariantCulture, $"{rule.Source.Line} {rule.Table} {rule with { Packets = null, Bytes = null, Origin = default }}");

    // packets of connections that no other packet is of, to where the namespace has a way
    private static List<NetfilterPacket> Unique(PublishedRulesets.Packets source, Random random, int count)
    {
        var packets = new List<NetfilterPacket>();
        var known = new HashSet<string>();
        while (packets.Count < count)
        {
            var packet = source.Next();
            if (random.Next(8) == 0) packet = packet with { Destination = NetfilterPacket.Address(random.Next(2) == 0 ? "10.99.0.1" : "127.0.0.1") };
            var octet = (int)(packet.Destination!.Value.Bits >> 24);
            var isLocal = packet.Destination!.Value.ToString() is "10.99.0.1" or "127.0.0.1";
            if (octet is 0 or >= 224 || (octet == 127 && !isLocal) || (uint)(packet.Source!.Value.Bits >> 24) is 0 or 127 or >= 224) continue;
            packet = packet with
            {
                Protocol = packet.Protocol == 47 ? 89 : packet.Protocol,
                InInterface = "",
                OutInterface = isLocal ? "lo" : "v0",
                Mark = KnownBits.Of(random.Next(3) == 0 ? (uint)random.Next(1 << 16) : 0),
                // what begins a connection to the kernel (nf_conntrack_proto_tcp.c, nf_conntrack_proto_icmp.c)
                TcpFlags = KnownBits.Of(packet.Protocol != IpProtocol.Tcp ? 0 : random.Next(4) == 0 ? 0x18U : 2),
                IcmpType = packet.IcmpType is null ? null : random.Next(2) == 0 ? 8 : 13,
                Length = random.Next(48, 200),
            };
            var (from, to) = ($"{packet.Source}:{packet.SourcePort}", $"{packet.Destination}:{packet.DestinationPort}");
            if (packet.Source == packet.Destination || !known.Add($"{packet.Protocol} {from} {to}") || !known.Add($"{packet.Protocol} {to} {from}")) continue;
            // without ports, two of one sender that are translated to one place cannot be told apart, and the kernel drops the second
            if (packet.Protocol == 89 && !known.Add($"89 {packet.Source}")) continue;
            packets.Add(packet);
        }

        return packets;
    }

    private static string Rules(Random random)
    {
        var text = new StringBuilder("*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A PREROUTING -j DROP\n");
        Chains(text, random, 3, "-j CT --notrack", "-j MARK --set-xmark 0x10/0xff", "-j CONNMARK --set-xmark 0x1/0xff", "-j ACCEPT");
        text.Append("COMMIT\n*mangle\n:OUTPUT ACCEPT [0:0]\n");
        Chains(text, random, 12, "-j MARK --set-xmark 0x4000/0x4000", "-j MARK --set-xmark 0x0/0xff", "-j MARK --set-mark 0x7", "-j CONNMARK --set-xmark 0x8/0xf", "-j CONNMARK --save-mark --nfmask 0xff00 --ctmask 0xff00", "-j CONNMARK --restore-mark --nfmask 0xf --ctmask 0xf", "-j TOS --set-tos 0x10/0x3f", "-j ACCEPT");
        text.Append("COMMIT\n*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n");
        Chains(text, random, 4, "-j DNAT --to-destination 10.77.1.1", "-p tcp -j DNAT --to-destination 10.77.1.2:8080", "-j ACCEPT", "-j MARK --set-xmark 0x100/0x100");
        text.Append(CultureInfo.InvariantCulture, $"COMMIT\n*filter\n:OUTPUT {(random.Next(2) == 0 ? "ACCEPT" : "DROP")} [0:0]\n");
        Chains(text, random, 40, "-j ACCEPT", "-j DROP", "-j ACCEPT", "-j DROP", "-j NFLOG --nflog-group 5", "", "-j RETURN");
        return text.Append("COMMIT\n").ToString();
    }

    // OUTPUT and three chains, of which each calls later ones alone
    private static void Chains(StringBuilder text, Random random, int count, params string[] targets)
    {
        string[] chains = ["OUTPUT", "A", "B", "C"];
        foreach (var chain in chains[1..]) text.Append(CultureInfo.InvariantCulture, $":{chain} - [0:0]\n");
        for (var i = 0; i < count; i++)
        {
            var at = random.Next(5) switch { < 2 => 0, var n => n - 1 };
            var target = random.Next(3) == 0 && at < 3 ? $"-{(random.Next(3) == 0 ? "g" : "j")} {chains[random.Next(at + 1, 4)]}" : targets[random.Next(targets.Length)];
            if (at > 0 && random.Next(6) == 0) target = "-j RETURN";
            text.Append(CultureInfo.InvariantCulture, $"-A {chains[at]} {Question(random)}{(random.Next(3) == 0 ? Question(random, true) : "")}{target}\n");
        }
    }

    private static string Question(Random random, bool isMatch = false)
    {
        string Not() => random.Next(4) == 0 ? "! " : "";
        string Network() => $"10.{random.Next(8)}.{random.Next(4)}.0/{new[] { "8", "15", "16", "22", "24", "255.0.255.0", "255.6.0.0" }[random.Next(7)]}";
        string Ports() => random.Next(3) switch { 0 => $"{random.Next(65536)}", 1 => $"{random.Next(30000)}:{random.Next(30000, 65536)}", _ => $":{random.Next(65536)}" };
        return (isMatch ? random.Next(10, 22) : random.Next(21)) switch
        {
            0 or 1 => $"{Not()}-s {Network()} ",
            2 or 3 => $"{Not()}-d {Network()} ",
            4 => $"{Not()}-o {new[] { "v0", "lo", "v+", "x+" }[random.Next(4)]} ",
            5 => $"-p tcp -m tcp {Not()}--dport {Ports()} ",
            6 => $"-p udp -m udp {Not()}--sport {Ports()} ",
            7 => $"-p tcp -m tcp {Not()}--tcp-flags FIN,SYN,RST,ACK SYN ",
            8 => $"-p icmp -m icmp {Not()}--icmp-type {new[] { "8", "13", "8/0", "any" }[random.Next(4)]} ",
            9 => $"-p {(random.Next(2) == 0 ? "tcp" : "udp")} -m multiport {Not()}--{new[] { "dports", "sports", "ports" }[random.Next(3)]} {random.Next(20000)}:{random.Next(20000, 50000)},{random.Next(50000, 65536)} ",
            10 or 11 => $"-m mark {Not()}--mark 0x{random.Next(8):x}/0x{random.Next(1, 16) | 7:x} ",
            12 => $"-m mark {Not()}--mark 0x4000/0x4000 ",
            13 => $"-m connmark {Not()}--mark 0x{random.Next(2) * 8:x}/0xf ",
            14 => $"-m conntrack {Not()}--ctstate {new[] { "NEW", "INVALID", "RELATED,ESTABLISHED", "DNAT", "NEW,UNTRACKED", "RELATED,DNAT,UNTRACKED" }[random.Next(6)]} ",
            15 => $"-m state --state {new[] { "NEW", "INVALID,UNTRACKED", "RELATED,ESTABLISHED" }[random.Next(3)]} ",
            16 => $"-m addrtype {Not()}--dst-type {new[] { "LOCAL", "UNICAST", "LOCAL,BROADCAST" }[random.Next(3)]} ",
            17 => $"-m iprange {Not()}--{(random.Next(2) == 0 ? "src" : "dst")}-range 10.{random.Next(4)}.0.0-10.{random.Next(4, 8)}.255.255 ",
            18 => $"-m length {Not()}--length {random.Next(100)}:{random.Next(100, 200)} ",
            19 => $"-m ttl --ttl-{new[] { "lt", "gt", "eq" }[random.Next(3)]} {random.Next(1, 255)} ",
            20 => $"-m set {Not()}--match-set {new[] { "hosts src", "nets dst", "ports dst,dst", "both dst" }[random.Next(4)]} ",
            _ => "-m comment --comment \"a --dport 80 of -j DROP\" ",
        };
    }

    private static async Task<NamespaceShell> SpaceAsync(string tool)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "network namespaces need root on Linux");
        Assert.SkipUnless(File.Exists($"/usr/sbin/{tool}-restore"), $"{tool}-restore is not installed");
        var space = await NamespaceShell.CreateAsync();
        await space.SetUpAsync("""
            ip link add v0 type veth peer name v1
            ip addr add 10.99.0.1/32 dev v0
            ip link set v0 up; ip link set v1 up
            ip route add default dev v0
            sysctl -qw net.ipv6.conf.all.disable_ipv6=1
            """);
        var tried = await space.RunAsync($"{tool} -S", TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        if (tried.ExitCode == 0) return space;
        await space.DisposeAsync();
        Assert.Skip($"this machine has no {tool}: {tried.Error}");
        return space;
    }

    // What a kernel without some extension refuses is left out, line by line.
    private static async Task<IptablesRuleset> LoadedAsync(NamespaceShell space, string tool, string text, bool noFlush = false)
    {
        await space.RunAsync("""
            ipset destroy
            ipset restore <<END
            create hosts hash:ip family inet hashsize 64 maxelem 100
            add hosts 10.1.1.0/28
            create nets hash:net family inet hashsize 64 maxelem 100
            add nets 10.0.0.0/13
            add nets 10.2.0.0/16 nomatch
            create ports hash:ip,port family inet hashsize 64 maxelem 100
            add ports 10.77.1.2,tcp:8080
            create both list:set size 8
            add both hosts
            add both nets
            END
            """, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var lines = text.Split('\n').ToList();
        for (var refused = 0; ; refused++)
        {
            var result = await space.RunAsync($"{tool}-restore {(noFlush ? "-n " : "")}<<'end of rules'\n{string.Join('\n', lines)}\nend of rules\n", TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            if (result.ExitCode == 0) break;
            var place = LineNumber().Match(result.Error);
            Assert.True(refused < MostRefused && place.Success, $"{tool}-restore: {result.Error}");
            lines[int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture) - 1] = "#";
        }

        return await SavedAsync(space, tool);
    }

    private static async Task<IptablesRuleset> SavedAsync(NamespaceShell space, string tool)
    {
        var saved = await space.RunAsync($"{tool}-save -c", TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.True(saved.ExitCode == 0, saved.Error);
        var rules = IptablesSave.Parse("n", tool, saved.Output);
        Assert.Empty(rules.Unread);
        return rules;
    }

    private static async Task<NetfilterContext> ContextAsync(NamespaceShell space)
    {
        var facts = new Dictionary<string, FactResult>();
        foreach (var fact in new[] { "ip-addr", "ip-route", "ipset" })
        {
            var result = await space.RunAsync(FactCatalog.Get(fact).Command, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            facts[fact] = new(fact, result.Output) { ExitCode = result.ExitCode, Error = result.Error };
        }

        return NetfilterContext.Of(new NodeState(new NodeFacts("n", "", facts, [])));
    }

    [GeneratedRegex("line:? *([0-9]+)")]
    private static partial Regex LineNumber();
}
