using System.Diagnostics;
using System.Globalization;
using System.Text;
using GravityNet.Sources;
using GravityNet.Transports.Ssh;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

public sealed class SshNodeShellTests(SshServer server) : IClassFixture<SshServer>
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(30);

    // Bounds that a busy machine keeps too, and that are far below the minutes that a forgotten process would sleep on.
    private static readonly TimeSpan Started = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AfterSilence = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exit_code_output_and_error_come_apart()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var result = await shell.RunAsync("echo out; echo err >&2; exit 3", Enough, Cancel);
        Assert.Equal((3, "out\n", "err\n"), (result.ExitCode, result.Output, result.Error));
        Assert.Equal(127, (await shell.RunAsync("no-such-tool", Enough, Cancel)).ExitCode);
        Assert.Equal(2, (await shell.RunAsync("if then", Enough, Cancel)).ExitCode);
        Assert.Equal(143, (await shell.RunAsync("kill -TERM $$", Enough, Cancel)).ExitCode);
    }

    [Fact]
    public async Task A_script_ends_at_once_when_it_is_done()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        await shell.RunAsync("true", Enough, Cancel);
        var result = await shell.RunAsync("true", Enough, Cancel);
        Assert.InRange(result.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public async Task Scripts_need_no_quoting_and_have_no_limit_of_size()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var script = "cat <<'END'\n'single' \"double\" $dollar `tick` \\back ! # ü \t|\nEND\nx='a b'\necho \"$x\" | cat";
        Assert.Equal("'single' \"double\" $dollar `tick` \\back ! # ü \t|\na b\n", (await shell.RunAsync(script, Enough, Cancel)).Output);

        var large = new StringBuilder();
        for (var i = 0; i < 6000; i++) large.Append(CultureInfo.InvariantCulture, $": line {i} of a script that is longer than one argument may be\n");
        Assert.True(large.Length > 300_000);
        Assert.Equal("end\n", (await shell.RunAsync(large + "echo end", Enough, Cancel)).Output);
    }

    [Fact]
    public async Task The_script_has_an_empty_input_the_C_locale_and_the_tools_of_root_on_its_path()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var result = await shell.RunAsync("cat; echo $LC_ALL; case :$PATH: in *:/usr/sbin:*) echo sbin;; esac", Enough, Cancel);
        Assert.Equal("C\nsbin\n", result.Output);
    }

    [Fact]
    public async Task Ten_megabytes_of_every_byte_arrive_whole()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var all = Path.Combine(server.Folder, "bytes");
        byte[] sent = [.. Enumerable.Range(0, 10 * 1024 * 1024).Select(i => (byte)(i * 31 >> (i % 7)))];
        Assert.Equal(256, sent.Distinct().Count());
        await File.WriteAllBytesAsync(all, sent, Cancel);
        using var got = new MemoryStream();
        var result = await shell.StreamAsync($"cat '{all}'; echo done >&2", Enough, piece => got.Write(piece.Span), Cancel);
        Assert.Equal((0, "", "done\n"), (result.ExitCode, result.Output, result.Error));
        Assert.True(sent.AsSpan().SequenceEqual(got.ToArray()));
    }

    [Fact]
    public async Task A_script_that_hangs_is_ended_in_time_and_on_the_node()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var word = Processes.NextSleep();
        var e = await Assert.ThrowsAsync<SourceException>(() => shell.RunAsync($"sleep {word}", TimeSpan.FromSeconds(1), Cancel));
        Assert.Equal(SourceFailure.TimedOut, e.Failure);
        Assert.Contains("bench", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, await Processes.WaitForAsync(word, 0, Soon));
        Assert.Equal("still here\n", (await shell.RunAsync("echo still here", Enough, Cancel)).Output);
    }

    [Theory]
    [InlineData("sleep {0} & sleep {0}", 2)]
    [InlineData("timeout 900 sleep {0}", 2)] // timeout makes a process group of its own
    [InlineData("trap '' TERM; sleep {0}; sleep {0}", 1)] // deaf to TERM
    public async Task Cancelling_leaves_no_process_behind(string script, int processes)
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var word = Processes.NextSleep();
        using var stop = new CancellationTokenSource();
        var run = shell.RunAsync(string.Format(CultureInfo.InvariantCulture, script, word), Enough, stop.Token);
        Assert.Equal(processes, await Processes.WaitForAsync(word, processes, Started));

        var clock = Stopwatch.StartNew();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
        Assert.Equal(0, await Processes.WaitForAsync(word, 0, Soon));
    }

    [Fact]
    public async Task Cancelling_a_script_of_many_lanes_leaves_none_of_them_behind()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        for (var round = 0; round < 4; round++)
        {
            // each timeout is a process group of its own, whose shells die while the node looks for what is left
            var word = Processes.NextSleep();
            var lane = $"(out=$(timeout 900 sleep {word}); out=$(timeout 900 sleep {word})) &\n";
            using var stop = new CancellationTokenSource();
            var run = shell.RunAsync(string.Concat(Enumerable.Repeat(lane, 48)) + "wait", Enough, stop.Token);
            Assert.Equal(96, await Processes.WaitForAsync(word, 96, Started));
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
            Assert.Equal(0, await Processes.WaitForAsync(word, 0, Soon));
        }
    }

    [Fact]
    public async Task What_a_finished_script_left_in_the_background_is_ended_too()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var word = Processes.NextSleep();
        var result = await shell.RunAsync($"sleep {word} & exit 4", Enough, Cancel);
        Assert.Equal(4, result.ExitCode);
        Assert.Empty(Processes.With(word));
        Assert.InRange(result.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public async Task Output_stops_when_the_caller_has_left()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        using var stop = new CancellationTokenSource();
        var pieces = 0;
        var run = shell.StreamAsync("while :; do echo x; done", Enough, _ => Interlocked.Increment(ref pieces), stop.Token);
        while (Volatile.Read(ref pieces) < 10) await Task.Delay(10, Cancel);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        var before = Volatile.Read(ref pieces);
        await Task.Delay(500, Cancel);
        Assert.Equal(before, Volatile.Read(ref pieces));
    }

    [Fact]
    public async Task Twenty_commands_at_once_share_the_sessions_of_one_connection()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => shell.RunAsync($"sleep 0.2; echo {i}", Enough, Cancel)));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}\n"), results.Select(r => r.Output));
    }

    [Fact]
    public async Task A_client_that_falls_silent_has_its_command_ended()
    {
        server.Need();
        await using var shell = (SshNodeShell)await server.ConnectAsync();
        var word = Processes.NextSleep();
        var run = shell.RunAsync($"sleep {word}", Enough, Cancel);
        Assert.Equal(1, await Processes.WaitForAsync(word, 1, Started));
        await Task.Delay(4500, Cancel);
        Assert.Single(Processes.With(word));

        shell.Heartbeat.Dispose();
        Assert.Equal(0, await Processes.WaitForAsync(word, 0, AfterSilence));
        var e = await Assert.ThrowsAsync<SourceException>(() => run);
        Assert.Equal(SourceFailure.ConnectionLost, e.Failure);
        Assert.Contains("heard nothing", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_allows_fewer_sessions_is_waited_for()
    {
        server.Need();
        await using var strict = new SshServer { MaxSessions = 2 };
        await strict.InitializeAsync();
        await using var shell = await strict.ConnectAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => shell.RunAsync($"sleep 0.2; echo {i}", Enough, Cancel)));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}\n"), results.Select(r => r.Output));
    }

    [Fact]
    public async Task A_connection_cut_by_the_server_is_told_and_nothing_stays()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var up = "p=$$; until [ $(cat /proc/$p/comm) = sshd ]; do p=$(cut -d' ' -f4 /proc/$p/stat); done; echo $p";
        var connection = (await shell.RunAsync(up, Enough, Cancel)).Output.Trim();
        var word = Processes.NextSleep();
        var run = shell.RunAsync($"sleep {word}", Enough, Cancel);
        Assert.Equal(1, await Processes.WaitForAsync(word, 1, Started));

        // the sshd process of this one connection
        using (var sshd = Process.GetProcessById(int.Parse(connection, CultureInfo.InvariantCulture))) sshd.Kill();

        var e = await Assert.ThrowsAsync<SourceException>(() => run);
        Assert.Equal(SourceFailure.ConnectionLost, e.Failure);
        Assert.Contains("ask again", e.Remedy, StringComparison.Ordinal);
        Assert.Equal(0, await Processes.WaitForAsync(word, 0, Soon));
        Assert.Equal("again\n", (await shell.RunAsync("echo again", Enough, Cancel)).Output);
    }

    [Fact]
    public async Task Disposal_ends_everything()
    {
        server.Need();
        var shell = await server.ConnectAsync();
        var word = Processes.NextSleep();
        var run = shell.RunAsync($"sleep {word}", Enough, Cancel);
        Assert.Equal(1, await Processes.WaitForAsync(word, 1, Started));
        await shell.DisposeAsync();
        await Assert.ThrowsAsync<SourceException>(() => run);
        Assert.Equal(0, await Processes.WaitForAsync(word, 0, Soon));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => shell.RunAsync("true", Enough, Cancel));
    }
}
