using System.Net.NetworkInformation;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

/// <summary>A node behind two hosts: the name of each is known only to the one before it.</summary>
public sealed class SshJumpTests : IAsyncLifetime
{
    private readonly SshServer _outer = new() { KnowsHost = "middle.test" };
    private readonly SshServer _middle = new() { KnowsHost = "inner.test" };
    private readonly SshServer _inner = new();
    private readonly TransportFactory _transports = new();
    private string? _missing;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Known =>
        _outer.KnownLine(_outer.Name, "host_ed25519") + _middle.KnownLine($"[middle.test]:{_middle.Port}", "host_ed25519") + _inner.KnownLine($"[inner.test]:{_inner.Port}", "host_ed25519");

    private string Config => $"""
        Host outer
          HostName 127.0.0.1
          Port {_outer.Port}
          IdentityFile {_outer.KeyFile}
        Host middle
          HostName middle.test
          Port {_middle.Port}
          IdentityFile {_middle.KeyFile}
          ProxyJump outer
        Host inner
          HostName inner.test
          Port {_inner.Port}
          User {Environment.UserName}
          ProxyJump middle
        """;

    public async ValueTask InitializeAsync()
    {
        _missing = Environment.IsPrivilegedProcess ? null : "a server with a hosts file of its own takes root";
        if (_missing is not null) return;
        foreach (var server in new[] { _outer, _middle, _inner })
        {
            await server.InitializeAsync();
            _missing ??= server.Missing;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in new[] { _outer, _middle, _inner }) await server.DisposeAsync();
    }

    [Fact]
    public async Task The_node_is_reached_through_both_and_closing_closes_all()
    {
        Need();
        var shell = await ConnectAsync(Known, Config);
        Assert.Equal("through\n", (await shell.RunAsync("echo through", TimeSpan.FromSeconds(20), Cancel)).Output);
        Assert.True(Connections(_outer) > 0 && Connections(_middle) > 0 && Connections(_inner) > 0);
        await shell.DisposeAsync();
        for (var i = 0; i < 100 && Connections(_outer) + Connections(_middle) + Connections(_inner) > 0; i++) await Task.Delay(50, Cancel);
        Assert.Equal((0, 0, 0), (Connections(_outer), Connections(_middle), Connections(_inner)));

        var options = Options(Known, Config) with { JumpHosts = [] };
        var e = await Assert.ThrowsAsync<SourceException>(() => _transports.ConnectAsync(_transports.Resolve(["inner"], options, _ => { })[0], options, Cancel));
        Assert.Equal(SourceFailure.Unreachable, e.Failure);
    }

    [Fact]
    public async Task Each_hosts_key_is_checked_under_its_own_name()
    {
        Need();
        foreach (var (server, name, shown) in new[] { (_outer, _outer.Name, "jump host outer"), (_middle, $"[middle.test]:{_middle.Port}", "jump host middle"), (_inner, $"[inner.test]:{_inner.Port}", "inner.test") })
        {
            var e = await Assert.ThrowsAsync<SourceException>(() => ConnectAsync(Known.Replace(server.KnownLine(name, "host_ed25519"), "", StringComparison.Ordinal), Config));
            Assert.Equal((SourceFailure.HostKeyUnknown, "inner"), (e.Failure, e.SourceName));
            Assert.Contains(shown, e.Message, StringComparison.Ordinal);
            Assert.Contains(server == _inner ? "the node's console" : "the jump host's console", e.Remedy, StringComparison.Ordinal);
            Assert.Equal(server == _inner, e.Remedy.Contains("on the jump host middle", StringComparison.Ordinal));

            e = await Assert.ThrowsAsync<SourceException>(() => ConnectAsync(Known.Replace(server.KnownLine(name, "host_ed25519"), server.KnownLine(name, "stranger"), StringComparison.Ordinal), Config));
            Assert.Equal(SourceFailure.HostKeyChanged, e.Failure);
        }
    }

    [Fact]
    public async Task A_jump_host_that_refuses_the_login_is_named()
    {
        Need();
        var e = await Assert.ThrowsAsync<SourceException>(() => ConnectAsync(Known, Config.Replace(_middle.KeyFile, _middle.Folder + "/stranger", StringComparison.Ordinal), _inner.Folder + "/stranger"));
        Assert.Equal((SourceFailure.AuthenticationFailed, "inner"), (e.Failure, e.SourceName));
        Assert.StartsWith("inner: jump host middle: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("jump host's authorized_keys", e.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("-Credential", e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_jump_host_that_is_not_there_is_told_as_such()
    {
        Need();
        var dead = Processes.FreePort();
        var e = await Assert.ThrowsAsync<SourceException>(() => ConnectAsync(Known, Config.Replace($"Port {_middle.Port}", $"Port {dead}", StringComparison.Ordinal)));
        Assert.Equal(SourceFailure.Unreachable, e.Failure);
        Assert.StartsWith("inner: jump host middle: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("jump host is up and reachable from the jump host outer", e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_the_last_jump_host_cannot_reach_is_unreachable_and_the_jump_host_named()
    {
        Need();
        var dead = Processes.FreePort();
        var e = await Assert.ThrowsAsync<SourceException>(() => ConnectAsync(Known, Config.Replace($"Port {_inner.Port}", $"Port {dead}", StringComparison.Ordinal)));
        Assert.Equal((SourceFailure.Unreachable, "inner"), (e.Failure, e.SourceName));
        Assert.Contains($"inner.test:{dead}", e.Message, StringComparison.Ordinal);
        Assert.Contains("from the jump host", e.Remedy, StringComparison.Ordinal);
        Assert.Contains("jump host middle", e.Message, StringComparison.Ordinal);
    }

    private void Need() => Assert.SkipWhen(_missing is not null, _missing ?? "");

    private SshOptions Options(string known, string config, string? keyFile = null) =>
        new() { ConfigFile = _inner.WriteFile(config), KnownHostsFile = _inner.WriteFile(known), KeyFile = keyFile ?? _inner.KeyFile };

    private async Task<INodeShell> ConnectAsync(string known, string config, string? keyFile = null)
    {
        var options = Options(known, config, keyFile);
        return await _transports.ConnectAsync(_transports.Resolve(["inner"], options, _ => { })[0], options, Cancel);
    }

    private static int Connections(SshServer server) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(c => c.State == TcpState.Established && c.RemoteEndPoint.Port == server.Port);
}
