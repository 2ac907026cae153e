using GravityNet.Facts;
using GravityNet.Netfilter;
using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Netfilter;

public sealed class HookWalkTests
{
    private static readonly NetfilterPacket Web = new()
    {
        Protocol = IpProtocol.Tcp,
        Source = NetfilterPacket.Address("10.244.1.7"),
        Destination = NetfilterPacket.Address("10.96.0.10"),
        SourcePort = 40000,
        DestinationPort = 80,
        InInterface = "cni0",
        Mark = KnownBits.Of(0),
        State = PacketState.New,
        IsDestinationTranslated = false,
        IsSourceTranslated = false,
    };

    private const string All = """
        *raw
        :PREROUTING ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        -A PREROUTING -m conntrack --ctstate INVALID -m comment --comment raw
        -A PREROUTING -s 10.9.9.9/32 -j CT --notrack
        COMMIT
        *mangle
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        -A PREROUTING -m comment --comment mangle
        -A PREROUTING -m conntrack --ctstate NEW -j ACCEPT
        -A PREROUTING -j DROP
        -A INPUT -m comment --comment mangle
        -A FORWARD -m comment --comment mangle
        -A OUTPUT -m comment --comment mangle
        -A POSTROUTING -m comment --comment mangle
        COMMIT
        *nat
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        -A PREROUTING -m comment --comment nat -d 10.96.0.10/32 -j DNAT --to-destination 10.244.1.8:8080
        -A INPUT -m comment --comment nat
        -A OUTPUT -m comment --comment nat -j DNAT --to-destination 10.244.1.8:8080
        -A POSTROUTING -m comment --comment nat -j MASQUERADE --random-fully
        COMMIT
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        -A INPUT -m comment --comment filter
        -A FORWARD -m comment --comment filter
        -A OUTPUT -m comment --comment filter -d 10.244.1.8/32 -j REJECT
        COMMIT
        *security
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        -A INPUT -m comment --comment security
        -A FORWARD -m comment --comment security
        COMMIT
        """;

    [Theory]
    [InlineData(NetfilterHook.Prerouting, "raw mangle nat", NetfilterVerdict.Accept)]
    [InlineData(NetfilterHook.Input, "mangle filter security nat", NetfilterVerdict.Accept)]
    [InlineData(NetfilterHook.Forward, "mangle filter security", NetfilterVerdict.Accept)]
    [InlineData(NetfilterHook.Output, "mangle nat filter", NetfilterVerdict.Reject)]
    [InlineData(NetfilterHook.Postrouting, "mangle nat", NetfilterVerdict.Accept)]
    public void Tables_are_asked_in_the_kernels_order(object at, string tables, object verdict)
    {
        var hook = (NetfilterHook)at;
        var branch = Assert.Single(NetfilterWalk.Hook([Rules(All)], hook, Web).Branches);

        Assert.Equal(tables, string.Join(' ', branch.Steps.Where(s => s.Rule!.Comment.Length > 0).Select(s => s.Rule!.Comment)));
        Assert.Equal(verdict, branch.Verdict);
        if (hook == NetfilterHook.Prerouting) Assert.Equal(("10.244.1.8", 8080, PacketState.New), (branch.Packet.Destination.ToString(), branch.Packet.DestinationPort, branch.Packet.State));
        if (hook == NetfilterHook.Postrouting) Assert.Equal((null, null, true), (branch.Packet.Source, branch.Packet.SourcePort, branch.Packet.IsSourceTranslated));
    }

    [Theory]
    [InlineData(PacketState.New, true)]
    [InlineData(PacketState.Related, true)]
    [InlineData(PacketState.Established, false)]
    [InlineData(PacketState.Invalid, false)]
    [InlineData(PacketState.Untracked, false)]
    public void Table_nat_is_asked_for_the_first_packet_of_a_connection(object state, bool asked)
    {
        var branch = Assert.Single(NetfilterWalk.Hook([Rules(All)], NetfilterHook.Postrouting, Web with { State = (PacketState)state }).Branches);

        Assert.Equal(asked, branch.Packet.IsSourceTranslated);
    }

    [Fact]
    public void Whether_a_packet_begins_a_connection_may_not_be_known()
    {
        var walk = NetfilterWalk.Hook([Rules(All)], NetfilterHook.Postrouting, Web with { State = null });

        Assert.Equal(["-m conntrack --ctstate NEW", "-m conntrack --ctstate NEW"], walk.Branches.Select(b => Assert.Single(b.Assumptions).Words));
        Assert.Equal([true, false], walk.Branches.Select(b => b.Packet.IsSourceTranslated));
    }

    [Fact]
    public void A_packet_that_raw_takes_out_of_tracking_is_not_translated()
    {
        var branch = Assert.Single(NetfilterWalk.Hook([Rules(All)], NetfilterHook.Prerouting, Web with { Source = NetfilterPacket.Address("10.9.9.9") }).Branches);

        Assert.Equal(NetfilterVerdict.Drop, branch.Verdict);
        Assert.Equal(PacketState.Untracked, branch.Packet.State);
    }

    [Fact]
    public void Both_flavours_are_asked_and_the_first_translation_counts()
    {
        const string Other = "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING {0}-j DNAT --to-destination 10.244.2.2\nCOMMIT\n*filter\n:FORWARD DROP [0:0]\nCOMMIT\n";
        var both = NetfilterWalk.Hook([Rules(All), Rules(string.Format(null, Other, ""), "iptables-legacy")], NetfilterHook.Prerouting, Web);
        Assert.Equal(["10.244.1.8", "10.244.2.2"], both.Branches.Select(b => b.Packet.Destination.ToString()!).Order());
        Assert.All(both.Branches, b => Assert.Contains("other flavour", Assert.Single(b.Assumptions).Words, StringComparison.Ordinal));

        var one = NetfilterWalk.Hook([Rules(All), Rules(string.Format(null, Other, "-p udp "), "iptables-legacy")], NetfilterHook.Prerouting, Web);
        Assert.Equal("10.244.1.8", Assert.Single(one.Branches).Packet.Destination.ToString());

        Assert.Equal(Ternary.No, NetfilterWalk.Hook([Rules(All), Rules(string.Format(null, Other, ""), "iptables-legacy")], NetfilterHook.Forward, Web).Accepted);
        Assert.Equal(Ternary.Yes, NetfilterWalk.Hook([Rules(All), Rules(string.Format(null, Other, ""), "ip6tables")], NetfilterHook.Forward, Web).Accepted);
    }

    [Fact]
    public void A_nodes_routes_and_addresses_tell_types_and_masquerades()
    {
        const string Links = "1: lo: <UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n2: eth0: <UP> mtu 1500\n    inet 192.168.1.5/24 brd 192.168.1.255 scope global eth0\n3: two: <UP> mtu 1500\n    inet 10.1.0.1/24 scope global two\n    inet 10.2.0.1/24 scope global two\n";
        const string Routes = "default via 192.168.1.1 dev eth0\nlocal 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1\nlocal 192.168.1.5 dev eth0 table local proto kernel scope host src 192.168.1.5\nbroadcast 192.168.1.255 dev eth0 table local proto kernel scope link src 192.168.1.5\nlocal 10.1.0.1 dev two table local proto kernel scope host\n";
        foreach (var facts in new[] { new[] { ("ip-addr", Links), ("ip-route", Routes) }, [("ip-addr", Links)] })
        {
            var context = NetfilterContext.Of(new NodeState(new NodeFacts("n", "", facts.ToDictionary(f => f.Item1, f => new FactResult(f.Item1, f.Item2)), [])));
            string Type(string address, string? device = null) => context.AddressType!(MaskedAddress.Parse(address)!.Value, device) ?? "?";

            Assert.Equal(["LOCAL", "LOCAL", "BROADCAST", "BROADCAST", "MULTICAST", "UNICAST", "LOCAL"],
                [Type("127.0.5.5"), Type("192.168.1.5"), Type("192.168.1.255"), Type("255.255.255.255"), Type("224.0.0.18"), Type("192.168.1.6"), Type("10.1.0.1")]);
            Assert.Equal(["LOCAL", "UNICAST"], [Type("192.168.1.5", "eth0"), Type("192.168.1.5", "two")]);
            Assert.Equal(["?", "UNICAST"], [Type("192.168.1.0/24"), Type("10.244.0.0/16")]);
            Assert.Equal("192.168.1.5", context.InterfaceAddress!("eth0", false).ToString());
            Assert.Null(context.InterfaceAddress("two", false));
            Assert.Null(context.InterfaceAddress("gone", false));
            Assert.Null(context.Sets);

            var masked = NetfilterWalk.Hook([Rules("*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n")], NetfilterHook.Postrouting, Web with { OutInterface = "eth0" }, context);
            Assert.Equal(("192.168.1.5", 40000), (masked.Branches[0].Packet.Source.ToString(), masked.Branches[0].Packet.SourcePort));
        }

        Assert.Null(NetfilterContext.Of(new NodeState(new NodeFacts("n", "", new Dictionary<string, FactResult>(), []))).AddressType!(MaskedAddress.Parse("10.0.0.1")!.Value, null));
    }

    private static IptablesRuleset Rules(string text, string fact = "iptables")
    {
        var rules = IptablesSave.Parse("n", fact, text);
        Assert.Empty(rules.Unread);
        return rules;
    }
}
