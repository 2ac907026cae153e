using System.Net;
using System.Net.Sockets;
using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Text;

public sealed class SocketTests
{
    [Fact]
    public void The_kernels_own_lines_name_who_listens()
    {
        Assert.SkipUnless(File.Exists("/proc/net/tcp6"), "this kernel has no /proc/net/tcp6");
        using var v4 = new TcpListener(IPAddress.Loopback, 0);
        using var v6 = new TcpListener(IPAddress.IPv6Any, 0);
        v4.Start();
        v6.Start();
        using var client = new TcpClient();
        client.Connect((IPEndPoint)v4.LocalEndpoint);
        var parsed = ProcNetSockets.Parse("node-1", "ss-tcp", File.ReadAllText("/proc/net/tcp") + File.ReadAllText("/proc/net/tcp6"));
        Assert.Empty(parsed.Unread);
        var found = parsed.Records.Where(s => s.State == "LISTEN").Select(s => new IPEndPoint(IPAddress.Parse(s.LocalAddress), int.Parse(s.LocalPort, null))).ToList();
        Assert.Contains((IPEndPoint)v4.LocalEndpoint, found);
        Assert.Contains((IPEndPoint)v6.LocalEndpoint, found);
        Assert.DoesNotContain((IPEndPoint)client.Client.LocalEndPoint!, found);
    }

    [Theory]
    [InlineData("   0: 0100007F:XXXX 00000000:0000 0A 0")]
    [InlineData("   0: 0100007:094B 00000000:0000 0A 0")]
    [InlineData("   0: 010000ZZ:094B 00000000:0000 0A 0")]
    [InlineData("   0: 0100007F 00000000:0000 0A 0")]
    public void What_is_no_such_line_is_kept_as_unread(string line)
    {
        var parsed = ProcNetSockets.Parse("node-1", "ss-tcp", line);
        Assert.Empty(parsed.Records);
        Assert.Equal(line, Assert.Single(parsed.Unread).Text);
    }

    [Theory]
    [InlineData("ss-tcp.iproute2-6.1")]
    [InlineData("ss-tcp.iproute2-4.11")]
    public void Each_ss_tells_the_same_of_who_listens_where(string sample)
    {
        var sockets = SocketTable.Parse("node-1", "ss-tcp", Languages.Sample(sample)).Records;
        Assert.All(sockets, s => Assert.Equal(("tcp", "LISTEN", 7L), (s.Protocol, s.State, s.SendQueue)));
        var bound = Assert.Single(sockets, s => s.LocalPort == "2379");
        Assert.Equal("v1", bound.Interface);
        Assert.Equal("::1", Assert.Single(sockets, s => s.LocalPort == "6443").LocalAddress);
        Assert.Equal("*", Assert.Single(sockets, s => s.LocalPort == "9090").LocalAddress.Replace("::", "*", StringComparison.Ordinal));
        Assert.All(sockets, s => Assert.Contains(s.Processes, p => p.Name == "my \"x\" p" && p.Id > 1));
    }

    [Fact]
    public void Files_and_ss_tell_the_same_sockets()
    {
        var ss = SocketTable.Parse("node-1", "ss-udp", Languages.Sample("ss-udp.iproute2-6.1")).Records;
        var files = SocketTable.Parse("node-1", "ss-udp", Languages.Sample("ss-udp.proc")).Records;
        Assert.NotEmpty(ss);
        Assert.Equal(ss.Select(s => (s.Protocol, s.State, s.LocalPort)).Order(), files.Select(s => (s.Protocol, s.State, s.LocalPort)).Order());
        Assert.All(files, s => Assert.True(s.Inode > 0 && s.UserId == 0));
    }

    [Fact]
    public void A_socket_that_is_made_prints_as_ss_does()
    {
        var socket = new NodeSocket
        {
            Node = "node-1", Protocol = "tcp", State = "LISTEN", ReceiveQueue = 0, SendQueue = 128, LocalAddress = "fe80::1", Interface = "eth0", LocalPort = "22",
            PeerAddress = "::", PeerPort = "*", Processes = [new("sshd", 12, 3), new("sshd", 13, 3)], Source = new("", "", 0, ""),
        };
        Assert.Equal("LISTEN 0 128 [fe80::1]%eth0:22 [::]:* users:((\"sshd\",pid=12,fd=3),(\"sshd\",pid=13,fd=3))", socket.Print());
    }
}
