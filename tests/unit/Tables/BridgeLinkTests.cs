using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Tables;

public sealed class BridgeLinkTests
{
    [Theory]
    [InlineData("bridge-link.4.11-details")]
    [InlineData("bridge-link.4.11-one-line")]
    [InlineData("bridge-link.4.18-details")]
    [InlineData("bridge-link.7.1-details")]
    [InlineData("bridge-link.7.1-one-line")]
    public void Versions_say_the_same_of_a_port(string sample)
    {
        var links = Samples.All(sample, BridgeLinks.Parse);

        Assert.All(links, l => Assert.True(l is { Words: [], SettingWords: [] }, l.Print()));
        var port = links.Single(l => l.Interface == "veth1");
        Assert.True(port is { Index: 10, Peer: "pod1", Mtu: 1500, Master: "cni0", State: "forwarding", Priority: 32, Cost: 2, Hairpin: false, Learning: true, Flood: true, McastFlood: true });
        Assert.Equal(["BROADCAST", "MULTICAST", "UP", "LOWER_UP"], port.Flags);
        Assert.Equal("10: veth1@pod1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master cni0 state forwarding priority 32 cost 2", port.ToString());
    }

    [Fact]
    public void A_changed_setting_is_printed_where_the_tool_prints_it()
    {
        var old = Samples.All("bridge-link.4.11-plain", BridgeLinks.Parse)[0];
        var today = Samples.All("bridge-link.7.1-details", BridgeLinks.Parse)[0];

        Assert.Equal("UP", old.OperState);
        Assert.Equal("10: veth1 state UP @pod1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master cni0 state blocking priority 32 cost 2 \n    hairpin on", (old with { State = "blocking", Hairpin = true }).Print());
        Assert.Contains("\n    hairpin on guard off root_block off fastleave off learning off flood on", (today with { Hairpin = true, Learning = false }).Print(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_has_its_field()
    {
        var links = Samples.All("bridge-link.ports.printed-sample", BridgeLinks.Parse);

        Assert.All(links, l => Assert.True(l is { Words: [], SettingWords: [] }, l.Print()));
        Assert.True(links[0] is { OperState: "LOWERLAYERDOWN", State: "disabled", Peer: "" });
        Assert.True(links[1] is { HwMode: "VEB", Peer: "bond0" });
        Assert.True(links[3] is { State: "(7)", BackupPort: "eth1", BackupNexthopId: 7, McastRouter: 2, McastGroups: 4, McastMaxGroups: 64, NeighForwardGrat: true, HwMode: "VEB", NeighSuppress: true });
        Assert.Equal("if2", links[4].Peer);
    }

    [Theory]
    [InlineData("bridge-vlan.ports.printed-sample")]
    [InlineData("bridge-vlan.old.printed-sample")]
    public void Vlans_are_those_of_the_port_above(string sample)
    {
        var rows = Samples.All(sample, BridgeVlans.Parse).Where(v => v.Interface == "eth0").ToList();

        Assert.Equal([(1, null), (10, null), (20, (int?)30)], rows.Select(v => (v.Vlan!.Value, v.LastVlan)));
        Assert.True(rows[0] is { Pvid: true, Untagged: true });
        Assert.Equal("eth0 10", rows[1].ToString());
    }
}
