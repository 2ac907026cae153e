using GravityNet.Netfilter;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests.Netfilter;

/// <summary>
/// The filter walk against Diekmann's Iptables_Semantics: its rule sets, the closures that it computed of them, and statements about them that were proved there.
/// </summary>
public sealed class PublishedRulesetTests
{
    private const string Private = "!192.168.0.0/16 !172.16.0.0/12 !10.0.0.0/8";
    private const string Squirrel = "ldit 10.13.42.136/29,lmd 10.13.42.128/29,loben 10.13.42.144/28,wg 10.13.42.176/28,wt 10.13.42.160/28,lup " + Private;

    public static TheoryData<string> Saves => [.. PublishedRulesets.Saves];

    // IPPartEval/IP_Address_Space_Examples_All_Small.thy and _All_Large.thy: which interface has which addresses is what the closures assume. "lo 127.0.0.0/8" is its
    // ipassmt_generic_ipv4.
    public static TheoryData<string, string, string, string> Closures => new()
    {
        { "config_memphis_testbed/iptables-save", "config_memphis_testbed/iptables.Ln.FWD", "FORWARD", "lo 127.0.0.0/8" },
        { "docker_topos/iptables-save.topos4.1", "docker_topos/iptables-save.Ln.FWD", "FORWARD", "lo 127.0.0.0/8" },
        { "config_random_srv/iptables-save", "config_random_srv/iptables.INP.Ln", "INPUT", "lo 127.0.0.0/8" },
        {
            "config_home_user/typical_home_user_iptables-save", "config_home_user/typical_home_user.Ln.FWD", "FORWARD",
            "lo 127.0.0.0/8,eth1 !127.0.0.0/8 " + Private + ",tun0 10.12.0.0/16,eth0.10 192.168.10.0/24,eth0.11 192.168.11.0/24,eth0.12 192.168.12.0/24,eth0.13 192.168.13.0/24,"
            + "eth0.14 192.168.14.0/24,eth0.19 192.168.19.0/24,eth0.20 192.168.20.0/24,eth0.21 192.168.21.0/24,eth0.22 192.168.22.0/24,eth0.23 192.168.23.0/24,eth0.24 192.168.24.0/24"
        },
        { "configs_sqrl_shorewall/2015_aug_iptables-save-spoofing-protection", "configs_sqrl_shorewall/2015_aug_iptables-save-spoofing-protection.Ln.FWD", "FORWARD", Squirrel + ",lo 127.0.0.0/8" },
        { "configs_sqrl_shorewall/2015_aug_iptables-save-spoofing-protection", "configs_sqrl_shorewall/2015_aug_iptables-save-spoofing-protection.Ln.INP", "INPUT", Squirrel + ",lo 127.0.0.0/8" },
        { "configs_sqrl_shorewall/2014_sep_iptables-saveakachan", "configs_sqrl_shorewall/2014_sep_iptables-saveakachan.Ln.FWD", "FORWARD", Squirrel + ",lo 127.0.0.0/8" },
        { "iptables-save_jun_2015_legacyifacerules", "iptables-save_jun_2015_legacyifacerules.Ln.INP", "INPUT", "eth0 192.168.1.0/24,lo 127.0.0.0/8" },
        { "configs_srvs_ufw/server2-iptables-save", "configs_srvs_ufw/server2-iptables-save.Ln.INP", "INPUT", "lo 127.0.0.0/8" },
        { "linux.gda.pl/firewallp.txt", "linux.gda.pl/firewallp.txt.Ln.FWD", "FORWARD", "lo 127.0.0.0/8" },
        { "openvpn.eu/iptables-save", "openvpn.eu/iptables-save.Ln.FWD", "FORWARD", "lo 127.0.0.0/8,eth0 192.168.0.0/24,eth1 192.168.2.0/24" },
        { "openwrt.org/iptables-save-AA.txt_fixed_newline", "openwrt.org/iptables-save-AA.txt_fixed_newline.Ln.FWD", "FORWARD", "lo 127.0.0.0/8,eth0 192.168.1.0/24,tun0 10.8.0.0/24,br-lan 192.168.1.0/24" },
        { "pastebin.com_bbWXHaTn/iptables-save", "pastebin.com_bbWXHaTn/iptables-save.Ln.FWD", "FORWARD", "lo 127.0.0.0/8" },
        { "rlworkman.net/iptables-save", "rlworkman.net/iptables-save.Ln.INP", "INPUT", "lo 127.0.0.0/8,eth0 192.168.13.0/24,ppp0 !192.168.13.0/24 !127.0.0.0/8" },
        { "sargon/iptables-save.txt", "sargon/iptables-save.txt.Ln.INP", "INPUT", "lo 127.0.0.0/8" },
        { "gopherproxy.meulie.net/iptables-save", "gopherproxy.meulie.net/iptables-save.Ln.INP", "INPUT", "lo 127.0.0.0/8" },
        { "IPPartEval/medium-sized-company/iptables-save", "medium-sized-company/iptables-save.Ln.INP", "INPUT", "lo 127.0.0.0/8,eth0 172.16.2.0/24" },
        { "IPPartEval/medium-sized-company/iptables-save", "medium-sized-company/iptables-save.Ln.FWD", "FORWARD", "lo 127.0.0.0/8,eth0 172.16.2.0/24" },
        {
            "configs_ugent/iptables-save.v1.4.21", "configs_ugent/iptables.Ln.INP", "INPUT",
            "lo 127.0.0.0/8,eth0 192.168.134.0/24,eth1 192.168.16.0/24,eth2 131.159.15.64/26,virbr0 192.168.122.0/24"
        },
        { "TUM_Net/iptables-save-2015-05-15_15-23-41", "TUM_Net/iptables-save-2015-05-15_15-23-41.Ln.FWD", "FORWARD", Munich },
        { "TUM_Net/iptables-save-2015-09-03_15-56-50", "TUM_Net/iptables-save-2015-09-03_15-56-50.Ln.FWD", "FORWARD", Munich },
        { "TUM_Net/iptables_20.10.2013", "TUM_Net/iptables_20.10.2013.Ln.FWD", "FORWARD", Munich },
        { "TUM_Net/iptables_25.07.2014", "TUM_Net/iptables_25.07.2014.Ln.FWD", "FORWARD", Munich },
    };

    private const string NotMunich = "!131.159.14.0/23 !131.159.20.0/23 !192.168.212.0/23 !188.95.233.0/24 !188.95.232.192/27 !188.95.234.0/23 !192.48.107.0/24 !188.95.236.0/22 !185.86.232.0/22";

    private const string Munich = "eth0 192.168.213.0/24,eth1.96 131.159.14.0/25,eth1.108 131.159.14.128/26,eth1.109 131.159.20.0/24,eth1.110 " + NotMunich
        + ",eth1.116 131.159.15.128/26,eth1.152 131.159.15.240/28,eth1.171 131.159.15.0/26,eth1.173 131.159.21.0/24,eth1.1010 131.159.15.224/28,eth1.1011 131.159.14.192/27,"
        + "eth1.1012 131.159.14.224/28,eth1.1014 131.159.15.192/27,eth1.1016 131.159.15.64/26,eth1.1017 131.159.14.240/28,eth1.1111 192.168.212.0/24,eth1.97 188.95.233.0/24,"
        + "eth1.1019 188.95.234.0/23,eth1.1020 192.48.107.0/24,eth1.1023 188.95.236.0/22,eth1.1025 185.86.232.0/22,eth1.1024 " + NotMunich;

    [Theory]
    [MemberData(nameof(Closures))]
    public void The_published_closures_bracket_the_walk(string save, string closure, string chain, string assignment)
    {
        var seed = Seed.Now;
        var rules = PublishedRulesets.Rules(save);
        var (lower, upper) = (PublishedRulesets.Closure(closure + ".lower", chain), PublishedRulesets.Closure(closure + ".upper", chain));
        var packets = new PublishedRulesets.Packets(rules, new Random(seed));
        var random = new Random(seed);
        var networks = Assignment(assignment);
        var table = rules.Table("filter")!;
        var sure = 0;
        for (var i = 0; i < 800; i++)
        {
            var packet = packets.Next() with { IcmpType = null, IcmpCode = null, OutInterface = chain == "INPUT" ? "" : null };
            if (Device(packet.Source!.Value, networks, packets, random) is not { } device) continue;
            // a new connection begins with SYN: the closures assume it too (packet_assume_new)
            packet = packet with { InInterface = device, TcpFlags = KnownBits.Of(packet.Protocol == IpProtocol.Tcp ? 2U : 0) };
            var (surely, possibly) = (Accepts(lower, packet), Accepts(upper, packet));
            var walk = NetfilterWalk.Chain(table, chain, packet)!.Accepted;

            // what is accepted in the lower closure surely is, and what is not in the upper one surely is not
            Assert.True(!surely || walk == Ternary.Yes, $"seed {seed}: the lower closure accepts, the walk says {walk}: {packet}");
            Assert.True(possibly || walk == Ternary.No, $"seed {seed}: the upper closure does not accept, the walk says {walk}: {packet}");
            if (walk != Ternary.Unknown) sure++;
        }

        Assert.True(sure > 30, $"seed {seed}: {sure} sure answers");
    }

    [Theory]
    [MemberData(nameof(Saves))]
    public void Who_knows_less_of_a_packet_is_told_less_and_nothing_else(string save)
    {
        var seed = Seed.Now;
        var random = new Random(seed);
        var rules = PublishedRulesets.Rules(save);
        Assert.Empty(rules.Unread);
        Assert.NotEmpty(rules.Tables);
        var packets = new PublishedRulesets.Packets(rules, random);
        var asked = 0;
        foreach (var table in rules.Tables)
        {
            foreach (var chain in table.Chains.Where(c => c.Policy != "-" && c.Rules.Count > 0))
            {
                var limit = table.Rules.Count > 1000 ? 60 : 200;
                for (var i = 0; i < limit; i++, asked++)
                {
                    var full = packets.Next(rules.IsIPv6);
                    var hidden = Hide(full, random);
                    var (known, less) = (NetfilterWalk.Chain(table, chain.Name, full)!, NetfilterWalk.Chain(table, chain.Name, hidden)!);

                    Assert.True(less.Accepted == Ternary.Unknown || less.Accepted == known.Accepted, $"seed {seed}: {table} {chain.Name} {known.Accepted}, {less.Accepted}: {full}, {hidden}");
                    // whatever the unknown is, the packet takes one of the ways
                    var coin = CoinWalk.Verdict(table, chain.Name, full, random);
                    Assert.True(known.Root.Ends().Any(e => e.Verdict == coin || e.Verdict == NetfilterVerdict.Unknown), $"seed {seed}: {table} {chain.Name} {coin}: {full}");
                    Assert.True(less.Root.Ends().Any(e => e.Verdict == coin || e.Verdict == NetfilterVerdict.Unknown), $"seed {seed}: {table} {chain.Name} {coin}: {hidden}");
                }
            }
        }

        Assert.True(asked > 0 || rules.Tables.All(t => t.Chains.All(c => c.Policy == "-" || c.Rules.Count == 0)));
    }

    /// <summary>topoS_generated/Analyze_topos_generated.thy: the access matrix of HTTP for new connections, and that of SSH for established ones.</summary>
    [Theory]
    [InlineData(80, "New", "10.8.8.1>10.8.2.2 10.8.8.1>10.8.2.1 10.8.1.2>10.8.2.2 10.8.1.1>10.8.2.2 10.8.1.1>10.8.2.1 10.8.0.1>10.8.1.2 10.8.0.1>10.8.1.1 10.0.1.1>10.0.0.2 10.0.1.2>10.0.0.2 10.0.1.3>10.0.0.2 10.0.1.4>10.0.0.2 10.0.0.2>10.0.0.1")]
    [InlineData(22, "Established", "10.8.8.1>10.8.2.2 10.8.8.1>10.8.2.1 10.8.2.2>10.8.8.1 10.8.2.2>10.8.1.2 10.8.2.1>10.8.8.1 10.8.2.1>10.8.1.1 10.8.1.2>10.8.2.2 10.8.1.2>10.8.0.1 10.8.1.1>10.8.2.2 10.8.1.1>10.8.2.1 10.8.1.1>10.8.0.1 10.8.0.1>10.8.1.2 10.8.0.1>10.8.1.1 10.0.1.1>10.0.0.2 10.0.1.3>10.0.0.2 10.0.1.4>10.0.0.2 10.0.0.1>10.0.0.2 10.0.1.2>10.0.0.2 10.0.0.2>10.0.0.1 10.0.0.2>10.0.1.2")]
    public void A_proved_access_matrix_is_what_the_walk_finds(int port, string state, string pairs)
    {
        var table = PublishedRulesets.Rules("imaginray_factory_network.iptables-save.by-linux-kernel").Table("filter")!;
        string[] hosts = ["10.8.8.1", "10.8.2.2", "10.8.2.1", "10.8.1.2", "10.8.1.1", "10.8.0.1", "10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.4", "10.0.0.2", "10.0.0.1", "1.2.3.4", "10.8.0.2"];
        var found = from source in hosts
                    from destination in hosts
                    let packet = Connection(source, destination, 10000, port) with { State = Enum.Parse<PacketState>(state) }
                    where NetfilterWalk.Chain(table, "FORWARD", packet)!.Accepted != Ternary.No
                    select $"{source}>{destination}";

        // the matrix joins hosts that it does not tell apart: here each stands for itself
        Assert.Equal(pairs.Split(' ').Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    /// <summary>Synology_Diskstation_DS414/Analyze_Synology_Diskstation.thy: port 80 globally blocked, 22 not, 8080 from the own networks alone.</summary>
    [Theory]
    [InlineData(22, "8.8.8.8", true)]
    [InlineData(22, "127.0.0.1", true)]
    [InlineData(80, "8.8.8.8", false)]
    [InlineData(80, "192.168.0.7", false)]
    [InlineData(80, "127.0.0.1", true)]
    [InlineData(8080, "192.168.0.7", true)]
    [InlineData(8080, "192.169.0.0", false)]
    [InlineData(8080, "127.255.255.255", true)]
    [InlineData(8080, "126.255.255.255", false)]
    public void A_storages_ports_are_open_as_it_was_proved(int port, string source, bool open)
    {
        var table = PublishedRulesets.Rules("Synology_Diskstation_DS414/iptables-save_jun_2015_cleanup").Table("filter")!;
        var packet = Connection(source, "192.168.0.1", 10000, port) with { InInterface = source.StartsWith("127.", StringComparison.Ordinal) ? "lo" : "eth1", TcpFlags = KnownBits.Unknown };

        Assert.Equal(open, NetfilterWalk.Chain(table, "INPUT", packet)!.Accepted != Ternary.No);
    }

    /// <summary>SQRL_Shorewall/SQRL_2015_nospoof.thy: SSH is surely accepted, and no spoofed packet gets through table raw; sns.ias.edu/SNS_IAS_Eduroam_Spoofing.thy.</summary>
    [Fact]
    public void Spoofing_protection_that_was_proved_is_found()
    {
        var rules = PublishedRulesets.Rules("SQRL_Shorewall/2015_aug_iptables-save-spoofing-protection");
        foreach (var state in new[] { PacketState.New, PacketState.Established })
        {
            var ssh = Connection("123.123.123.123", "131.159.14.9", 12345, 22) with { InInterface = "lup", OutInterface = "anything", State = state };
            Assert.Equal(Ternary.Yes, NetfilterWalk.Chain(rules.Table("raw")!, "PREROUTING", ssh)!.Accepted);
            Assert.Equal(Ternary.Yes, NetfilterWalk.Chain(rules.Table("filter")!, "INPUT", ssh)!.Accepted);
        }

        var seed = Seed.Now;
        var packets = new PublishedRulesets.Packets(rules, new Random(seed));
        var spoofed = 0;
        foreach (var (device, networks) in Assignment(Squirrel))
        {
            for (var i = 0; i < 500; i++)
            {
                var packet = packets.Next() with { InInterface = device };
                if (Has(networks, packet.Source!.Value)) continue;
                spoofed++;
                Assert.True(NetfilterWalk.Chain(rules.Table("raw")!, "PREROUTING", packet)!.Accepted == Ternary.No, $"seed {seed}: {packet}");
            }
        }

        Assert.True(spoofed > 500);
        var laptop = PublishedRulesets.Rules("sns.ias.edu/eduroam_iptables-save").Table("filter")!;
        var own = new NetfilterPacket { State = PacketState.New, Source = NetfilterPacket.Address("131.159.207.206"), InInterface = "wlan0" };
        Assert.Equal(Ternary.No, NetfilterWalk.Chain(laptop, "INPUT", own)!.Accepted);
        Assert.NotEqual(Ternary.No, NetfilterWalk.Chain(laptop, "OUTPUT", own with { Source = NetfilterPacket.Address("1.2.3.4"), InInterface = "", OutInterface = "wlan0" })!.Accepted);
    }

    /// <summary>Ringofsaturn_com/Analyze_Ringofsaturn_com.thy: this firewall accepts all packets, new and established.</summary>
    [Fact]
    public void A_firewall_that_accepts_everything_is_found()
    {
        var table = PublishedRulesets.Rules("Ringofsaturn_com/iptables-save").Table("filter")!;

        Assert.Equal(Ternary.Yes, NetfilterWalk.Chain(table, "INPUT", new() { State = PacketState.New })!.Accepted);
        Assert.Equal(Ternary.Yes, NetfilterWalk.Chain(table, "INPUT", new() { State = PacketState.Established })!.Accepted);
        Assert.Equal(Ternary.Unknown, NetfilterWalk.Chain(table, "INPUT", new())!.Accepted);
    }

    /// <summary>containern/Analyze_Containern.thy: one flow more than new connections have is allowed to established ones.</summary>
    [Fact]
    public void One_flow_more_is_allowed_to_established_connections()
    {
        var table = PublishedRulesets.Rules("containern/iptables-save.topos4.1").Table("filter")!;
        string[] hosts = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.42", "1.2.3.4"];
        string[] Flows(PacketState state) =>
        [
            .. from source in hosts
               from destination in hosts
               where NetfilterWalk.Chain(table, "FORWARD", Connection(source, destination, 10000, 80) with { State = state })!.Accepted != Ternary.No
               select $"{source}>{destination}",
        ];

        Assert.Equal(["1.2.3.4>10.0.0.4"], Flows(PacketState.Established).Except(Flows(PacketState.New)));
    }

    private static NetfilterPacket Connection(string source, string destination, int from, int to) => new()
    {
        Protocol = IpProtocol.Tcp,
        Source = NetfilterPacket.Address(source),
        Destination = NetfilterPacket.Address(destination),
        SourcePort = from,
        DestinationPort = to,
        State = PacketState.New,
        TcpFlags = KnownBits.Of(2),
        IsDestinationTranslated = false,
        IsSourceTranslated = false,
    };

    private static bool Accepts(IReadOnlyList<PublishedRulesets.SimpleRule> closure, NetfilterPacket packet) => closure.First(r => r.Matches(packet)).Accepts;

    // eth0 10.0.0.0/8,eth1 !10.0.0.0/8 !127.0.0.0/8
    private static List<(string Device, string[] Networks)> Assignment(string text) => [.. text.Split(',').Select(a => a.Split(' ')).Select(w => (w[0], w[1..]))];

    private static bool Has(string[] networks, MaskedAddress address)
    {
        return networks[0][0] == '!' ? !networks.Any(n => Is(n[1..])) : networks.Any(Is);

        bool Is(string network) => address.IsIn(MaskedAddress.Parse(network)!.Value) == Ternary.Yes;
    }

    // an interface that may bring a source: one of those that have it, else one that nothing is assumed of
    private static string? Device(MaskedAddress source, List<(string Device, string[] Networks)> assignment, PublishedRulesets.Packets packets, Random random)
    {
        var owners = assignment.Where(a => Has(a.Networks, source)).Select(a => a.Device).ToList();
        if (owners.Count == 0) owners = [.. packets.Devices.Where(d => assignment.All(a => a.Device != d))];
        return owners.Count == 0 ? null : owners[random.Next(owners.Count)];
    }

    private static NetfilterPacket Hide(NetfilterPacket packet, Random random)
    {
        bool Hidden() => random.Next(3) == 0;
        return packet with
        {
            Protocol = Hidden() ? null : packet.Protocol,
            Source = Hidden() ? null : Hidden() ? packet.Source!.Value.Under(UInt128.MaxValue << random.Next(packet.IsIPv6 ? 128 : 32)) : packet.Source,
            Destination = Hidden() ? null : Hidden() ? packet.Destination!.Value.Under(UInt128.MaxValue << random.Next(packet.IsIPv6 ? 128 : 32)) : packet.Destination,
            SourcePort = Hidden() ? null : packet.SourcePort,
            DestinationPort = Hidden() ? null : packet.DestinationPort,
            InInterface = Hidden() ? null : packet.InInterface,
            OutInterface = Hidden() ? null : packet.OutInterface,
            State = Hidden() ? null : packet.State,
            IsDestinationTranslated = Hidden() ? null : false,
            Mark = Hidden() ? KnownBits.Unknown : packet.Mark,
            TcpFlags = Hidden() ? KnownBits.Unknown : packet.TcpFlags,
            IcmpType = Hidden() ? null : packet.IcmpType,
            IcmpCode = Hidden() ? null : packet.IcmpCode,
            Length = Hidden() ? null : packet.Length,
            Ttl = Hidden() ? null : packet.Ttl,
            IsFragment = Hidden() ? null : false,
        };
    }
}
