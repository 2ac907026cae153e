using System.Diagnostics;
using System.Globalization;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.Transports.Ssh;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

/// <summary>Logins that are not root's: a real sshd, a real sudo, and a user who exists for them alone.</summary>
public sealed class SshSudoTests
{
    private const string Free = "root ALL=(ALL:ALL) ALL\nops ALL=(ALL:ALL) NOPASSWD: ALL";
    private const string Asks = "root ALL=(ALL:ALL) ALL\nops ALL=(ALL:ALL) ALL\nDefaults logfile=FOLDER/sudo.log";
    private const string Strict = "\nDefaults use_pty\nDefaults lecture=always\nDefaults env_reset\nDefaults secure_path=\"/usr/sbin:/usr/bin:/sbin:/bin\"";

    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Started = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterSilence = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Free, false)]
    [InlineData(Free + Strict, false)]
    [InlineData(Asks, true)]
    [InlineData(Asks + Strict, true)]
    [InlineData(Free, true)] // a password that sudo does not ask for is not sent
    public async Task Scripts_are_roots_and_nothing_of_sudo_is_in_their_answer(string sudoers, bool password)
    {
        await using var server = await StartAsync(sudoers);
        await using var shell = await server.ConnectWithSudoAsync(password ? server.UserPassword : null);
        for (var i = 0; i < 2; i++)
        {
            var result = await shell.RunAsync("id -u; echo $LC_ALL; set -- $SSH_CONNECTION; echo $# $4; cat; echo err >&2; exit 3", Enough, Cancel);
            Assert.Equal((3, $"0\nC\n4 {server.Port}\n", "err\n"), (result.ExitCode, result.Output, result.Error));
        }

        Assert.Equal(127, (await shell.RunAsync("no-such-tool", Enough, Cancel)).ExitCode);
        Assert.Equal(["0\n", "1\n", "2\n", "3\n"], (await Task.WhenAll(Enumerable.Range(0, 4).Select(i => shell.RunAsync($"sleep 0.2; echo {i}", Enough, Cancel)))).Select(r => r.Output));
    }

    [Fact]
    public async Task The_password_of_the_login_is_told_where_none_is_given_for_sudo()
    {
        await using var server = await StartAsync(Asks);
        var options = new SshOptions { KnownHostsFile = server.KnownHosts, Password = server.UserPassword, Sudo = true };
        await using var shell = await new TransportFactory().ConnectAsync(server.User with { KeyFiles = ["/nowhere"] }, options, Cancel);
        Assert.Equal("0\n", (await shell.RunAsync("id -u", Enough, Cancel)).Output);
    }

    [Fact]
    public async Task Sudo_works_behind_a_jump_host_that_needs_none()
    {
        await using var server = await StartAsync(Asks);
        var way = server.User with { Jumps = [server.Target with { Name = "jump", IsJump = true }] };
        await using var shell = await new TransportFactory().ConnectAsync(way, server.Options with { Sudo = true, SudoPassword = server.UserPassword }, Cancel);
        Assert.Equal("0\n", (await shell.RunAsync("id -u", Enough, Cancel)).Output);
    }

    [Fact]
    public async Task Root_needs_no_sudo()
    {
        await using var server = await StartAsync("", "/usr/bin/sudo");
        await using var shell = await server.ConnectAsync(server.Options with { Sudo = true });
        Assert.Equal((0, "0\n", ""), (await shell.RunAsync("id -u", Enough, Cancel)) is var r ? (r.ExitCode, r.Output, r.Error) : default);
    }

    [Theory]
    [InlineData(Free)]
    [InlineData(Asks + Strict)]
    public async Task Ten_megabytes_arrive_whole(string sudoers)
    {
        await using var server = await StartAsync(sudoers);
        await using var shell = await server.ConnectWithSudoAsync(server.UserPassword);
        var all = Path.Combine(server.Folder, "bytes");
        byte[] sent = [.. Enumerable.Range(0, 10 * 1024 * 1024).Select(i => (byte)(i * 31 >> (i % 7)))];
        await File.WriteAllBytesAsync(all, sent, Cancel);
        using var got = new MemoryStream();
        var result = await shell.StreamAsync($"cat '{all}'; echo done >&2", Enough, piece => got.Write(piece.Span), Cancel);
        Assert.Equal((0, "done\n"), (result.ExitCode, result.Error));
        Assert.True(sent.AsSpan().SequenceEqual(got.ToArray()));
    }

    [Theory]
    [InlineData(Free)]
    [InlineData(Asks + Strict)]
    public async Task Whatever_ends_a_script_ends_roots_processes(string sudoers)
    {
        await using var server = await StartAsync(sudoers);
        await using var shell = (SshNodeShell)await server.ConnectWithSudoAsync(server.UserPassword);
        var word = Processes.NextSleep();
        var script = $"timeout 900 sleep {word} & trap '' TERM; sleep {word}; sleep {word}";
        using var stop = new CancellationTokenSource();
        var run = shell.RunAsync(script, Enough, stop.Token);
        Assert.Equal(3, await Processes.WaitForAsync(word, 3, Started));
        Assert.All(Processes.With(word), id => Assert.Contains("\nUid:\t0\t0\t", File.ReadAllText($"/proc/{id}/status"), StringComparison.Ordinal));
        var clock = Stopwatch.StartNew();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
        Assert.Equal(0, await Processes.WaitForAsync(word, 0, Soon));

        var late = await Assert.ThrowsAsync<SourceException>(() => shell.RunAsync($"sleep {word}", TimeSpan.FromSeconds(2), Cancel));
        Assert.Equal(SourceFailure.TimedOut, late.Failure);
        Assert.Equal(0, await Processes.WaitForAsync(word, 0, Soon));

        run = shell.RunAsync(script, Enough, Cancel);
        Assert.Equal(3, await Processes.WaitForAsync(word, 3, Started));
        shell.Heartbeat.Dispose();
        Assert.Equal(0, await Processes.WaitForAsync(word, 0, AfterSilence));
        Assert.Equal(SourceFailure.ConnectionLost, (await Assert.ThrowsAsync<SourceException>(() => run)).Failure);
    }

    [Fact]
    public async Task A_wrong_password_is_tried_once()
    {
        await using var server = await StartAsync(Asks + Strict);
        await using var shell = await server.ConnectWithSudoAsync("not-the-one");
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 3; i++)
        {
            var e = await RefusedAsync(shell);
            Assert.Equal("bench: sudo refused the password given for the login 'ops'.", e.Message);
            Assert.Contains("-SudoCredential", e.Remedy, StringComparison.Ordinal);
            Assert.DoesNotContain("not-the-one", e.ToString(), StringComparison.Ordinal);
        }

        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
        Assert.Contains("1 incorrect password attempt ;", Assert.Single(AttemptsIn(server)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_that_nobody_gave_is_asked_for()
    {
        await using var server = await StartAsync(Asks + Strict);
        await using var shell = await server.ConnectWithSudoAsync();
        var e = await RefusedAsync(shell);
        Assert.Equal("bench: sudo asks for the password of the login 'ops', and none was given.", e.Message);
        Assert.Contains("NOPASSWD", e.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("root ALL=(ALL:ALL) ALL", "does not let the login 'ops' run a shell as root", "sudoers")]
    [InlineData("ops ALL=(ALL:ALL) NOPASSWD: /usr/bin/id", "does not let the login 'ops' run a shell as root", "sudoers")]
    [InlineData(Free + "\nDefaults requiretty", "wants a terminal for the login 'ops' (requiretty)", "Defaults:ops !requiretty")]
    [InlineData(Free, "sudo did not run the command: ", "sudo -v", "account required pam_deny.so")]
    public async Task What_sudo_does_not_allow_is_named(string sudoers, string message, string remedy, string? pam = null)
    {
        await using var server = await StartAsync(sudoers, pam: pam);
        await using var shell = await server.ConnectWithSudoAsync(server.UserPassword);
        var e = await RefusedAsync(shell);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, e.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("exec 3<&0", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_without_sudo_is_named()
    {
        await using var server = await StartAsync(Free, "/usr/bin/sudo");
        await using var shell = await server.ConnectWithSudoAsync();
        Assert.Equal("bench: there is no sudo for the login 'ops'.", (await RefusedAsync(shell)).Message);
    }

    [Fact]
    public async Task A_sudo_that_hangs_costs_the_time_of_the_question()
    {
        await using var server = await StartAsync(Asks, pam: "auth required pam_exec.so quiet /bin/sleep 6\naccount required pam_permit.so\nsession required pam_permit.so");
        await using var shell = await server.ConnectWithSudoAsync(server.UserPassword);
        var clock = Stopwatch.StartNew();
        var e = await Assert.ThrowsAsync<SourceException>(() => shell.RunAsync("true", TimeSpan.FromSeconds(2), Cancel));
        Assert.Equal(SourceFailure.TimedOut, e.Failure);
        Assert.Contains("sudo did not begin within 2 s", e.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 1.5, 8);
    }

    [Fact]
    public async Task A_password_of_two_lines_is_refused_before_it_is_sent()
    {
        await using var server = await StartAsync(Asks);
        var canary = Path.Combine(server.Folder, "canary");
        var e = await Assert.ThrowsAsync<SourceException>(() => server.ConnectWithSudoAsync($"{server.UserPassword}\ntouch {canary}"));
        Assert.Equal(SourceFailure.SudoRefused, e.Failure);
        Assert.DoesNotContain(server.UserPassword, e.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(canary));
    }

    private static async Task<SourceException> RefusedAsync(INodeShell shell)
    {
        var e = await Assert.ThrowsAsync<SourceException>(() => shell.RunAsync("true", Enough, Cancel));
        Assert.Equal(SourceFailure.SudoRefused, e.Failure);
        return e;
    }

    private static IEnumerable<string> AttemptsIn(SshServer server) =>
        File.ReadAllText(Path.Combine(server.Folder, "sudo.log")).Replace("\n    ", " ", StringComparison.Ordinal).Split('\n').Where(l => l.Contains("incorrect", StringComparison.Ordinal));

    private static async Task<SshServer> StartAsync(string sudoers, string hidden = "", string? pam = null)
    {
        var server = new SshServer { Sudoers = sudoers, SudoPam = pam, Hidden = hidden.Split(' ', StringSplitOptions.RemoveEmptyEntries) };
        await server.InitializeAsync();
        server.Need();
        return server;
    }
}
