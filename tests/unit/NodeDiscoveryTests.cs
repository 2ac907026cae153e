using GravityNet.Connecting;
using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class NodeDiscoveryTests
{
    // the order and names of the fields are gravity's (lib/status), and so is that there is one line
    private const string Status = """
        {"cluster":{"application":{"repository":"gravitational.io","name":"telekube","version":"7.0.30"},"state":"active","domain":"dev.test","token":{},"operation":{"type":"operation_install","id":"4e6c","state":"completed","created":"2026-03-02T10:11:12.13Z","description":"3-node install","progress":{"message":"Operation has completed","completion":100,"created":"2026-03-02T10:20:12.13Z"}},"endpoints":{"applications":{},"cluster":{"auth_gateway":["192.168.33.11:32009"],"ui":["https://192.168.33.11:32009"]}},"client_version":{"edition":"open-source","version":"7.0.30"},"system_status":1,"nodes":[{"hostname":"node-1","advertise_ip":"192.168.33.11","role":"master","profile":"node","status":"healthy"},{"hostname":"","advertise_ip":"192.168.33.12","role":"node","profile":"node","status":"offline"},{"hostname":"node-3","role":"node"}],"version":{"version":"7.0.30","gitCommit":"x","gitTreeState":"clean"}}}
        """;

    [Fact]
    public void The_nodes_of_gravitys_status_are_read_with_their_addresses()
    {
        Assert.Equal([("node-1", "192.168.33.11"), ("", "192.168.33.12")], GravityStatus.Parse(Status).Select(s => (s.Name, s.Address)));
        Assert.Equal(2, GravityStatus.Parse("a line of a log\n" + Status).Count);
        // as it is where the cluster's state is not known
        Assert.Equal("10.0.0.1", Assert.Single(GravityStatus.Parse("""{"nodes":[{"hostname":"a","advertise_ip":"10.0.0.1"}]}""")).Address);
    }

    [Fact]
    public void What_is_cut_short_or_of_another_form_has_no_nodes_and_throws_nothing()
    {
        for (var length = 0; length < Status.TrimEnd().Length; length++) Assert.Empty(GravityStatus.Parse(Status[..length]));
        foreach (var odd in (string[])["", "degraded", "[]", """{"cluster":[]}""", """{"cluster":{"nodes":{}}}""", """{"cluster":{"nodes":[1,null,{"advertise_ip":7.5}]}}"""])
            Assert.True(GravityStatus.Parse(odd).Count <= 1, odd);
    }

    [Theory]
    [InlineData("node-1", "10.0.0.2", "10.0.0.2")]
    [InlineData("admin@10.0.0.1:2222", "10.0.0.2", "admin@10.0.0.2:2222")]
    [InlineData("admin@10.0.0.1", "fd00::2", "admin@fd00::2")]
    [InlineData("[fd00::1]:2222", "fd00::2", "[fd00::2]:2222")]
    [InlineData("fd00::1", "10.0.0.2", "10.0.0.2")]
    public void A_found_node_gets_the_login_that_was_typed(string first, string address, string typed) => Assert.Equal(typed, NodeDiscovery.Typed(first, address));
}
