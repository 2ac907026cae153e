using System.Diagnostics;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.Transports.Ssh.Login;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

public sealed class SshConnectTests(SshServer server) : IClassFixture<SshServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_known_host_and_a_key_give_a_shell()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var result = await shell.RunAsync("echo $((6 * 7))", TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal("42\n", result.Output);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("bench", shell.Node);
    }

    [Fact]
    public async Task A_configuration_file_says_where_the_node_is_and_how_to_log_in()
    {
        server.Need();
        var file = server.WriteFile($"Host the-node\n  HostName 127.0.0.1\n  Port {server.Port}\n  User {Environment.UserName}\n  IdentityFile {server.Folder}/stranger\n  IdentityFile {server.KeyFile}\n  UserKnownHostsFile {server.KnownHosts}\n");
        var options = new SshOptions { ConfigFile = file };
        var transports = new TransportFactory();
        var target = Assert.Single(transports.Resolve(["the-node"], options, _ => { }));
        await using var shell = await transports.ConnectAsync(target, options, Cancel);
        Assert.Equal("the-node", shell.Node);
        Assert.Equal("in\n", (await shell.RunAsync("echo in", TimeSpan.FromSeconds(10), Cancel)).Output);

        // what is given explicitly takes the place of what the file says
        var e = await Assert.ThrowsAsync<SourceException>(() => transports.ConnectAsync(target, options with { KnownHostsFile = server.WriteFile("") }, Cancel));
        Assert.Equal(SourceFailure.HostKeyUnknown, e.Failure);
        e = await Assert.ThrowsAsync<SourceException>(() => transports.ConnectAsync(target, options with { KeyFile = Path.Combine(server.Folder, "stranger") }, Cancel));
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
    }

    [Fact]
    public async Task Another_key_is_refused_and_named()
    {
        server.Need();
        var stranger = Path.Combine(server.Folder, "stranger");
        var e = await Refused(server.Options with { KeyFile = stranger });
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
        Assert.Contains(Environment.UserName, e.Message, StringComparison.Ordinal);
        Assert.Contains(stranger, e.Message, StringComparison.Ordinal);
        Assert.Contains("-KeyFile", e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encrypted_key_asks_for_its_passphrase()
    {
        server.Need();
        server.NewKey("locked", "ed25519", "open sesame");
        await File.AppendAllTextAsync(Path.Combine(server.Folder, "authorized_keys"), await File.ReadAllTextAsync(Path.Combine(server.Folder, "locked.pub"), Cancel), Cancel);
        var locked = server.Options with { KeyFile = Path.Combine(server.Folder, "locked") };

        var e = await Refused(locked);
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
        Assert.Contains("passphrase", e.Message, StringComparison.Ordinal);
        Assert.Contains("-Credential", e.Remedy, StringComparison.Ordinal);

        var wrong = await Refused(locked with { Password = "open barley" });
        Assert.Equal(SourceFailure.AuthenticationFailed, wrong.Failure);
        Assert.Contains("passphrase", wrong.Remedy, StringComparison.Ordinal);

        await using var shell = await server.ConnectAsync(locked with { Password = "open sesame" });
        Assert.Equal(0, (await shell.RunAsync("true", TimeSpan.FromSeconds(10), Cancel)).ExitCode);
    }

    [Fact]
    public async Task A_key_file_that_is_missing_or_no_key_is_named()
    {
        server.Need();
        var missing = await Refused(server.Options with { KeyFile = "/nowhere/id" });
        Assert.Equal(SourceFailure.AuthenticationFailed, missing.Failure);
        Assert.Contains("/nowhere/id", missing.Message, StringComparison.Ordinal);
        var text = await Refused(server.Options with { KeyFile = server.KnownHosts });
        Assert.Equal(SourceFailure.AuthenticationFailed, text.Failure);
    }

    [Fact]
    public async Task An_unknown_host_is_refused_with_its_fingerprint()
    {
        server.Need();
        var e = await Refused(server.Options with { KnownHostsFile = server.WriteFile("") });
        Assert.Equal(SourceFailure.HostKeyUnknown, e.Failure);
        Assert.Matches("(ecdsa|ed25519)[^ ]* SHA256:[A-Za-z0-9+/]{43}[.]", e.Message);
        Assert.Contains("AcceptNew", e.Remedy, StringComparison.Ordinal);
        Assert.Contains("ssh-keyscan", e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_new_files_the_key_once_and_refuses_another_one_later()
    {
        server.Need();
        var file = Path.Combine(server.Folder, "new-folder", "known_hosts");
        var options = server.Options with { KnownHostsFile = file, HostKeyPolicy = HostKeyPolicy.AcceptNew };
        var shells = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.ConnectAsync(options)));
        foreach (var shell in shells) await shell.DisposeAsync();

        var line = Assert.Single(await File.ReadAllLinesAsync(file, Cancel));
        Assert.StartsWith(server.Name + " ", line, StringComparison.Ordinal);
        Assert.Equal("600 700", Processes.Run("stat", "-c", "%a", file, Path.GetDirectoryName(file)!).TrimEnd().Replace('\n', ' '));

        // OpenSSH reads what was written
        Assert.Contains("found", Processes.Run("ssh-keygen", "-F", server.Name, "-f", file), StringComparison.Ordinal);
        await using var again = await server.ConnectAsync(options with { HostKeyPolicy = HostKeyPolicy.Strict });
        Assert.Equal("bench", again.Node);
    }

    [Theory]
    [InlineData(HostKeyPolicy.Strict)]
    [InlineData(HostKeyPolicy.AcceptNew)]
    public async Task A_changed_host_key_is_always_refused_with_file_and_line(HostKeyPolicy policy)
    {
        server.Need();
        var file = server.WriteFile("# keys\n" + server.KnownLine(server.Name, "stranger"));
        var e = await Refused(server.Options with { KnownHostsFile = file, HostKeyPolicy = policy });
        Assert.Equal(SourceFailure.HostKeyChanged, e.Failure);
        Assert.Contains(file + ":2", e.Message, StringComparison.Ordinal);
        Assert.Contains("ssh-keygen -R", e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_host_key_is_refused_though_it_is_known()
    {
        server.Need();
        var file = server.WriteFile(server.KnownLine(server.Name, "host_ed25519") + "@revoked " + server.KnownLine("*", "host_ed25519"));
        var e = await Refused(server.Options with { KnownHostsFile = file, HostKeyPolicy = HostKeyPolicy.AcceptNew });
        Assert.Equal(SourceFailure.HostKeyRevoked, e.Failure);
        Assert.Contains(file + ":2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hashed_entry_is_found()
    {
        server.Need();
        var file = server.WriteFile(server.KnownLine(server.Name, "host_ed25519"));
        Processes.Run("ssh-keygen", "-q", "-H", "-f", file);
        Assert.StartsWith("|1|", await File.ReadAllTextAsync(file, Cancel), StringComparison.Ordinal);
        await using var shell = await server.ConnectAsync(server.Options with { KnownHostsFile = file });
        Assert.Equal("bench", shell.Node);
    }

    [Theory]
    [InlineData("host_ed25519")]
    [InlineData("host_ecdsa")]
    public async Task The_host_is_asked_for_the_type_of_key_that_is_known(string known)
    {
        server.Need();
        await using var shell = await server.ConnectAsync(server.Options with { KnownHostsFile = server.WriteFile(server.KnownLine(server.Name, known)) });
        Assert.Equal("bench", shell.Node);
    }

    [Fact]
    public async Task A_node_without_ssh_is_unreachable_at_its_address()
    {
        server.Need();
        var port = Processes.FreePort();
        var e = await Assert.ThrowsAsync<SourceException>(() => new TransportFactory().ConnectAsync(server.Target with { Port = port }, server.Options, Cancel));
        Assert.Equal(SourceFailure.Unreachable, e.Failure);
        Assert.Contains($"127.0.0.1:{port}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_costs_the_connect_time_and_a_cancellation_ends_the_wait()
    {
        server.Need();
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var target = server.Target with { Port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port };

        var clock = Stopwatch.StartNew();
        var e = await Assert.ThrowsAsync<SourceException>(
            () => new TransportFactory().ConnectAsync(target, server.Options with { ConnectTimeout = TimeSpan.FromSeconds(1) }, Cancel));
        Assert.Equal(SourceFailure.Unreachable, e.Failure);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.9, 5);

        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        clock.Restart();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new TransportFactory().ConnectAsync(target, server.Options, stop.Token));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.2, 3);
    }

    [Fact]
    public async Task A_password_logs_in_and_a_wrong_one_does_not()
    {
        server.Need();
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/usr/bin/openssl"), "a login with a password of its own takes root and openssl");
        await using var own = new SshServer { Password = "open sesame" };
        await own.InitializeAsync();
        var options = new SshOptions { KnownHostsFile = own.KnownHosts, Password = "open sesame" };
        await using var shell = await own.ConnectAsync(options);
        Assert.Equal("in\n", (await shell.RunAsync("echo in", TimeSpan.FromSeconds(10), Cancel)).Output);

        var e = await Assert.ThrowsAsync<SourceException>(() => own.ConnectAsync(options with { Password = "open barley" }));
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
        Assert.DoesNotContain("barley", e.Message + e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_key_and_password_nothing_is_tried()
    {
        var e = await Assert.ThrowsAsync<SourceException>(() => SshLogin.FindAsync(new("n", "h", 22, "u"), new() { KeyFile = "/nowhere" }, Cancel));
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
        var login = await SshLogin.FindAsync(new("n", "h", 22, "u"), new() { Password = "secret" }, Cancel);
        Assert.Equal(["password", "keyboard-interactive"], login.Methods.Select(m => m.Name).Where(n => n != "publickey"));
        Assert.DoesNotContain("secret", login.Tried, StringComparison.Ordinal);
    }

    private async Task<SourceException> Refused(SshOptions options) => await Assert.ThrowsAsync<SourceException>(() => server.ConnectAsync(options));
}
