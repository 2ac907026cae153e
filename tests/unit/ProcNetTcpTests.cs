using System.Net;
using System.Net.Sockets;
using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class ProcNetTcpTests
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
        var found = ProcNetTcp.ParseListeners(File.ReadAllText("/proc/net/tcp") + File.ReadAllText("/proc/net/tcp6"));
        Assert.Contains((IPEndPoint)v4.LocalEndpoint, found);
        Assert.Contains((IPEndPoint)v6.LocalEndpoint, found);
        Assert.DoesNotContain((IPEndPoint)client.Client.LocalEndPoint!, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  sl  local_address rem_address   st")]
    [InlineData("   0: 0100007F:XXXX 00000000:0000 0A 0")]
    [InlineData("   0: 0100007:094B 00000000:0000 0A 0")]
    [InlineData("   0: 010000ZZ:094B 00000000:0000 0A 0")]
    [InlineData("   0: 0100007F 00000000:0000 0A 0")]
    public void What_is_no_such_line_is_passed_over(string line) => Assert.Empty(ProcNetTcp.ParseListeners(line));
}
