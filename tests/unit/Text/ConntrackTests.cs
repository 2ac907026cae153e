using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Text;

public sealed class ConntrackTests
{
    [Fact]
    public void A_translated_connection_shows_where_its_answers_come_from()
    {
        var connection = Assert.Single(Conntrack.Parse("node-1", "conntrack", Languages.Sample("conntrack.counted")).Records, c => c.Original.Destination == "10.96.0.10");
        Assert.Equal(("tcp", 6, "ESTABLISHED", "ASSURED", 0L, true), (connection.Protocol, connection.ProtocolNumber, connection.State, connection.Status, connection.Mark, connection.IsTranslated));
        Assert.Equal(("10.9.0.1", 8080), (connection.Reply.SourceAddress, connection.Reply.SourcePort));
        Assert.True(connection.Original.Packets > 0 && connection.Original.Bytes > connection.Original.Packets);
    }

    [Fact]
    public void Protocols_zones_and_times_are_read()
    {
        var connections = Conntrack.Parse("node-1", "conntrack", Languages.Sample("conntrack.ktimestamp")).Records;
        Assert.Equal(["dccp", "gre", "icmp", "icmpv6", "tcp", "udp", "unknown"], connections.Select(c => c.Protocol).Distinct().Order());
        Assert.All(connections, c => Assert.True(c is { Id: > 0, AgeSeconds: >= 0, FamilyNumber: 2 or 10 }));
        Assert.Equal(5, Assert.Single(connections, c => c.Zone is not null).Zone);
        Assert.Equal(0x4000, Assert.Single(connections, c => c.Mark > 0).Mark);
        Assert.Equal(("0x0", "0x5"), connections.Where(c => c.Protocol == "gre").Select(c => (c.Original.SourceKey, c.Original.DestinationKey)).Single());
        var echo = Assert.Single(connections, c => c.Protocol == "icmpv6");
        Assert.Equal((128, 129, false), (echo.Original.IcmpType, echo.Reply.IcmpType, echo.IsUnreplied));
        Assert.Equal(echo.Original.IcmpId, echo.Reply.IcmpId);
    }

    [Fact]
    public void A_changed_connection_prints_with_the_change_in_its_place()
    {
        var connection = Assert.Single(Conntrack.Parse("node-1", "conntrack", "udp      17 26 src=10.244.19.2 dst=10.100.214.177 sport=51854 dport=53 src=10.244.19.3 dst=10.244.19.2 sport=53 dport=51854 mark=0 use=1\n").Records);
        Assert.Equal(
            "udp      17 26 src=10.244.19.2 dst=10.100.214.177 sport=51854 dport=53 src=10.244.65.3 dst=10.244.19.2 sport=53 dport=51854 mark=7 zone=3 use=1",
            (connection with { Reply = connection.Reply with { SourceAddress = "10.244.65.3" }, Mark = 7, Zone = 3 }).Print());
        Assert.Equal("udp 10.244.19.2:51854 -> 10.100.214.177:53 (10.244.19.3:53 -> 10.244.19.2:51854)", connection.ToString());
    }

    [Theory]
    [InlineData("tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 [ASSURED] mark=0 secctx=system_u:object_r:unlabeled_t:s0 zone=0 use=2", 0)]
    [InlineData("tcp      6 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 [OFFLOAD] mark=0 use=2", 0)]
    [InlineData("sctp     132 3 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=3868 dport=3868 src=10.0.0.2 dst=10.0.0.1 sport=3868 dport=3868 [ASSURED] mark=0 use=1", 0)]
    [InlineData("    [NEW] udp      17 30 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 helper=tftp labels=a,b", 3)]
    [InlineData("tcp 6 007 CLOSE src=10.0.0.1 dst=10.0.0.2 sport=1 sport=2 dport=99999 mark=0x5", 4)]
    public void Words_without_a_field_are_kept_in_their_place(string line, int others)
    {
        var connection = Assert.Single(Conntrack.Parse("node-1", "conntrack", line).Records);
        Assert.Equal(line, (connection with { Source = new("", "", 0, "") }).Print());
        Assert.Equal(others, connection.Words.Count);
    }

    [Fact]
    public void Counters_of_tool_and_file_have_names()
    {
        var tool = ConntrackStats.Parse("node-1", "conntrack-stats", "cpu=1   \tfound=0 invalid=3 insert=0 insert_failed=2 drop=2 early_drop=0 error=0 search_restart=0 clash_resolve=0 chaintoolong=0 \n").Records;
        Assert.Equal((1, 2L, 2L, null), (Assert.Single(tool).Cpu, tool[0].Get("insert_failed"), tool[0].Get("drop"), tool[0].Get("nothing")));
        Assert.Equal("cpu=1 invalid=3 insert_failed=2 drop=2", tool[0].ToString());
        var file = ConntrackStats.Parse("node-1", "conntrack-stats", Languages.Sample("conntrack-stats.proc").Replace("00000000", "0000000f", StringComparison.Ordinal)).Records;
        Assert.Equal(Enumerable.Range(0, file.Count), file.Select(c => c.Cpu));
        Assert.Equal(15, file[0].Get("insert_failed"));
    }
}
