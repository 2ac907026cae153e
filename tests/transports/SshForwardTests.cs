using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using GravityNet.Sources;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

/// <summary>Connections that start at a node, through a real sshd. Alone: which ports are listened on is counted.</summary>
[Collection(Alone.Name)]
public sealed class SshForwardTests(SshServer server) : IClassFixture<SshServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_starts_at_the_node_and_is_gone_when_it_is_closed()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var before = Listening();
        var stream = await shell.OpenStreamAsync("localhost", port, Cancel);
        using var peer = await listener.AcceptTcpClientAsync(Cancel);
        await stream.WriteAsync("to the node"u8.ToArray(), Cancel);
        Assert.Equal("to the node", await ReadAsync(peer.GetStream(), 11));
        var much = new byte[3_000_000];
        Random.Shared.NextBytes(much);
        _ = peer.GetStream().WriteAsync(much, Cancel).AsTask();
        var back = new byte[much.Length];
        await stream.ReadExactlyAsync(back, Cancel);
        Assert.Equal(much, back);

        // nobody else gets through the port that SSH.NET listens on
        var local = Assert.Single(Listening().Except(before), p => p != port);
        using (var stranger = new TcpClient())
        {
            await stranger.ConnectAsync(IPAddress.Loopback, local, Cancel);
            Assert.Equal(0, await stranger.GetStream().ReadAsync(new byte[1], Cancel));
        }

        Assert.False(listener.Pending());
        await stream.DisposeAsync();
        Assert.Equal(0, await peer.GetStream().ReadAsync(new byte[1], Cancel));
        for (var i = 0; i < 100 && Listening().Contains(local); i++) await Task.Delay(50, Cancel);
        Assert.DoesNotContain(local, Listening());
        Assert.Equal("still there\n", (await shell.RunAsync("echo still there", TimeSpan.FromSeconds(20), Cancel)).Output);
    }

    [Fact]
    public async Task A_connection_that_the_node_cannot_make_is_told_with_both_ends()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var dead = Processes.FreePort();
        await using var stream = await shell.OpenStreamAsync("localhost", dead, Cancel);
        var e = await Assert.ThrowsAsync<IOException>(async () => await stream.ReadAtLeastAsync(new byte[1], 1, cancellationToken: Cancel));
        Assert.StartsWith($"bench makes no connection to localhost:{dead}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_node_makes_none()
    {
        server.Need();
        var shell = await server.ConnectAsync();
        await shell.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => shell.OpenStreamAsync("localhost", 1, Cancel));
    }

    private static HashSet<int> Listening() => [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(l => l.Port)];

    private static async Task<string> ReadAsync(NetworkStream stream, int count)
    {
        var buffer = new byte[count];
        await stream.ReadExactlyAsync(buffer, Cancel);
        return Encoding.UTF8.GetString(buffer);
    }
}

/// <summary>Tests beside which no other runs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
