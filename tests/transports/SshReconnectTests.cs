using System.Diagnostics;
using System.Globalization;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.Transports.Ssh;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

/// <summary>Connections that die between two questions, and in the middle of one.</summary>
public sealed class SshReconnectTests(SshServer server) : IClassFixture<SshServer>
{
    // the sshd process of the connection that runs this
    private const string Connection = "p=$$; until [ $(cat /proc/$p/comm) = sshd ]; do p=$(cut -d' ' -f4 /proc/$p/stat); done; echo $p";

    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_questions_connect_once_and_are_answered()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var before = await IdAsync(shell);
        Kill(before);
        var notes = new List<string>();
        SourceNotes.Listen(notes.Add);
        var after = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => IdAsync(shell)));
        Assert.NotEqual(before, Assert.Single(after.Distinct()));
        Assert.Equal($"bench: the connection to 127.0.0.1:{server.Port} had died and was made anew", Assert.Single(notes));
    }

    [Fact]
    public async Task A_server_that_was_restarted_is_connected_to_again_and_one_that_is_gone_costs_no_time()
    {
        await using var own = new SshServer();
        await own.InitializeAsync();
        own.Need();
        await using var shell = await own.ConnectAsync();
        await shell.RunAsync("true", Enough, Cancel);
        await own.StopAsync();
        for (var i = 0; i < 3; i++)
        {
            var clock = Stopwatch.StartNew();
            var e = await Assert.ThrowsAsync<SourceException>(() => shell.RunAsync("true", Enough, Cancel));
            Assert.Equal(SourceFailure.ConnectionLost, e.Failure);
            Assert.Contains($"was lost and cannot be made again: cannot connect to 127.0.0.1:{own.Port}: the connection was refused", e.Message, StringComparison.Ordinal);
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
        }

        await own.RestartAsync();
        await Task.Delay(1000, Cancel);
        Assert.Equal("back\n", (await shell.RunAsync("echo back", Enough, Cancel)).Output);
    }

    [Fact]
    public async Task A_chain_of_jump_hosts_is_made_anew()
    {
        server.Need();
        var jump = server.Target with { Name = "jump", IsJump = true, KeyFiles = [server.KeyFile] };
        await using var shell = await new TransportFactory().ConnectAsync(server.Target with { Jumps = [jump] }, server.Options, Cancel);
        var before = await IdAsync(shell);

        // the connection to the jump host dies, and the node's within it: the node's comes from a process of sshd
        var port = (await shell.RunAsync("set -- $SSH_CONNECTION; echo $2", Enough, Cancel)).Output.Trim();
        var owner = Processes.Run("ss", "-Htnp", "state", "established", "sport", "=", $":{port}");
        Kill(owner[(owner.IndexOf("pid=", StringComparison.Ordinal) + 4)..].Split(',')[0]);
        Assert.NotEqual(before, await IdAsync(shell));
    }

    [Fact]
    public async Task A_script_that_was_running_is_not_run_again()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var count = Path.Combine(server.Folder, "count");
        var connection = await IdAsync(shell);
        var word = Processes.NextSleep();
        var run = shell.RunAsync($"echo ran >>{count}; sleep {word}", Enough, Cancel);
        Assert.Equal(1, await Processes.WaitForAsync(word, 1, TimeSpan.FromSeconds(20)));
        Kill(connection);
        Assert.Equal(SourceFailure.ConnectionLost, (await Assert.ThrowsAsync<SourceException>(() => run)).Failure);
        await IdAsync(shell);
        Assert.Equal("ran\n", await File.ReadAllTextAsync(count, Cancel));
    }

    [Fact]
    public async Task A_connection_that_died_in_silence_is_noticed_and_made_anew()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var before = await IdAsync(shell);

        // stopped, it answers as little as one whose packets are dropped
        Processes.Run("kill", "-STOP", before);
        try
        {
            var clock = Stopwatch.StartNew();
            Assert.NotEqual(before, await IdAsync(shell));
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 30);
        }
        finally
        {
            Processes.Run("kill", "-CONT", before);
        }
    }

    [Fact]
    public async Task Disposal_in_the_middle_of_connecting_anew_leaves_no_login()
    {
        server.Need();
        var shell = await server.ConnectAsync();
        Kill(await IdAsync(shell));
        var run = shell.RunAsync("true", Enough, Cancel);
        await shell.DisposeAsync();
        await Record.ExceptionAsync(() => run);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => shell.RunAsync("true", Enough, Cancel));
    }

    private static async Task<string> IdAsync(INodeShell shell) => (await shell.RunAsync(Connection, Enough, Cancel)).Output.Trim();

    private static void Kill(string id)
    {
        using var sshd = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
        sshd.Kill();
        sshd.WaitForExit(TimeSpan.FromSeconds(10));
    }
}
