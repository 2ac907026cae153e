using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Tables;

public sealed class BrctlTests
{
    [Fact]
    public void A_bridge_tells_its_spanning_tree()
    {
        var bridges = Samples.All("brctl-showstp.1.7.1", BrctlStp.Parse);

        Assert.Equal(["cni0", "br7"], bridges.Select(b => b.Interface));
        var bridge = bridges[0];
        Assert.Equal((bridge.Id, 0, 0), (bridge.DesignatedRoot, bridge.RootPort!.Value, bridge.PathCost!.Value));
        Assert.True(bridge is { MaxAge: 20m, BridgeMaxAge: 20m, HelloTime: 2m, ForwardDelay: 15m, BridgeForwardDelay: 15m, AgeingTime: 300m, TcnTimer: 0m, GcTimer: > 0m });
        Assert.Equal([("veth1", 1), ("veth2", 2), ("veth3", 3)], bridge.Ports.Select(p => (p.Interface, p.Number)));
        var port = bridge.Ports[0];
        Assert.True(port is { State: "forwarding", PathCost: 77, DesignatedCost: 0, HoldTimer: 0m, MessageAgeTimer: 0m, PortId.Length: 4 });
        Assert.Equal((bridge.Id, port.PortId), (port.DesignatedBridge, port.DesignatedPort));
        // what is left of each line is its labels
        Assert.Equal(["port", "id", "state"], port.Lines[1].Words);
    }

    [Fact]
    public void Flags_of_the_spanning_tree_are_read_and_written()
    {
        var text = Samples.Text("brctl-showstp.1.7.1").Replace(" flags\t\t\t\n", " flags\t\t\tTOPOLOGY_CHANGE TOPOLOGY_CHANGE_DETECTED \n", StringComparison.Ordinal);
        var bridge = BrctlStp.Parse("n", "brctl-showstp", text).Records[0];

        Assert.Equal(["TOPOLOGY_CHANGE", "TOPOLOGY_CHANGE_DETECTED"], bridge.Flags);
        Assert.Contains("\n flags\t\t\tTOPOLOGY_CHANGE \n", (bridge with { Flags = ["TOPOLOGY_CHANGE"] }).Print(), StringComparison.Ordinal);
        Assert.Contains(" port id\t\t8001\t\t\tstate\t\t     blocking\n", (bridge with { Ports = [bridge.Ports[0] with { PortId = "8001", State = "blocking" }] }).Print(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_table_is_printed_in_its_columns()
    {
        var bridges = Samples.Of("brctl-show.1.7.1", Brctl.ParseShow).Records;
        var macs = Samples.Of("brctl-showmacs.1.7.1", Brctl.ParseShowMacs).Records;

        var bridge = bridges.Single(b => b.Interface == "cni0");
        Assert.EndsWith("\tyes\t\tveth1\n\t\t\t\t\t\t\tveth2\n\t\t\t\t\t\t\tveth3\n\t\t\t\t\t\t\tveth9", (bridge with { Ports = [.. bridge.Ports, "veth9"] }).Print(), StringComparison.Ordinal);
        Assert.Equal("br8\t\t8000.000000000000\tno\t\t", bridges.Single(b => b.Interface == "br8").Print());
        Assert.Equal("  1\t0a:00:00:00:00:01\tno\t\t   7.50", (macs.Single(m => m.Mac == "0a:00:00:00:00:01") with { AgeSeconds = 7.5 }).Print());
    }

    [Fact]
    public void The_bridges_own_table_says_the_same_as_brctl()
    {
        var bytes = Samples.All("brctl-showmacs.brforward", Brctl.ParseShowMacs);
        var macs = Samples.Of("brctl-showmacs.1.7.1", Brctl.ParseShowMacs).Records;

        Assert.Equal(macs.Select(m => (m.PortNumber, m.Mac, m.IsLocal)).Order(), bytes.Select(m => (m.PortNumber, m.Mac, m.IsLocal)).Order());
    }
}
