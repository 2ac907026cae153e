using System.Diagnostics;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.Transports.Ssh.Login;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

/// <summary>Keys of a real ssh-agent, encrypted key files and user certificates, at a real sshd.</summary>
public sealed class SshKeyTests(SshKeyTests.Server fixture) : IClassFixture<SshKeyTests.Server>
{
    private readonly TransportFactory _transports = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private SshServer Bench => fixture.Bench;

    // no key file, so that none of the machine's own is tried
    private SshTarget Target => Bench.Target with { KeyFiles = [Path.Combine(Bench.Folder, "missing")] };

    private SshOptions Options => new() { KnownHostsFile = Bench.KnownHosts };

    [Theory]
    [InlineData("ed25519")]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    public async Task A_key_of_the_agent_logs_in(string type)
    {
        Bench.Need();
        Bench.NewKey("held-" + type, type);
        Bench.Allow("held-" + type);
        await using var agent = new SshKeyAgent(Key("stranger"), Key("held-" + type));
        await AssertInAsync(Target with { Agent = agent.Socket }, Options);
    }

    [Fact]
    public async Task An_agent_behind_a_named_pipe_is_asked_too()
    {
        Bench.Need();

        // what Windows calls a pipe is a socket of this name here
        var name = "gravitynet-" + Guid.NewGuid().ToString("N");
        await using var agent = new SshKeyAgent(Bench.KeyFile);
        File.CreateSymbolicLink(Path.Combine(Path.GetTempPath(), "CoreFxPipe_" + name), agent.Socket);
        try
        {
            await AssertInAsync(Target with { Agent = @"\\.\pipe\" + name }, Options);
        }
        finally
        {
            File.Delete(Path.Combine(Path.GetTempPath(), "CoreFxPipe_" + name));
        }
    }

    [Fact]
    public async Task An_agent_that_is_gone_or_hangs_costs_a_note_and_two_seconds()
    {
        Bench.Need();
        await using var agent = new SshKeyAgent(Key("client"));
        agent.Stop();
        var named = Random.Shared.Next().ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (socket, why) in new[] { (agent.Socket, "did not answer within 2 s"), (@"\\.\pipe\gravitynet-" + named, "did not answer within 2 s"), ("/nowhere/agent", "cannot be asked"), ("/" + new string('x', 200), "cannot be asked") })
        {
            var target = Bench.Target with { Agent = socket, KeyFiles = [Bench.KeyFile] };
            var notes = new List<string>();
            var clock = Stopwatch.StartNew();
            Assert.Empty(await _transports.FindLockedKeysAsync([target, target with { Name = "other" }], Options, notes.Add, Cancel));
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
            Assert.Contains(socket, Assert.Single(notes), StringComparison.Ordinal);
            Assert.Contains(why, notes[0], StringComparison.Ordinal);
            await AssertInAsync(target, Options);
        }

        // without another way in the refusal tells it
        var e = await RefusedAsync(Target with { Agent = "/nowhere/agent" }, Options);
        Assert.Contains("/nowhere/agent", e.Message, StringComparison.Ordinal);
        Assert.Contains("ssh-agent", e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_keys_than_the_server_tries_are_an_error_that_says_what_to_do()
    {
        Bench.Need();
        await using var agent = new SshKeyAgent();
        for (var i = 0; i < 7; i++)
        {
            Bench.NewKey($"many-{i}", "ed25519");
            agent.Add(Key($"many-{i}"));
        }

        agent.Add(Bench.KeyFile);
        var e = await RefusedAsync(Target with { Agent = agent.Socket }, Options);
        Assert.Contains("8 keys", e.Message, StringComparison.Ordinal);
        Assert.Contains("IdentitiesOnly", e.Remedy, StringComparison.Ordinal);

        // a key file, or only its public half, names the agent's key that is tried first
        File.Copy(Bench.KeyFile + ".pub", Key("half.pub"), overwrite: true);
        foreach (var file in new[] { Bench.KeyFile, Key("half.pub"), Key("half") })
        {
            await AssertInAsync(Bench.Target with { Agent = agent.Socket, KeyFiles = [file] }, Options);
            await AssertInAsync(Bench.Target with { Agent = agent.Socket, KeyFiles = [file], IdentitiesOnly = true }, Options);
            await AssertInAsync(Target with { Agent = agent.Socket }, Options with { KeyFile = file });
        }

        e = await RefusedAsync(Bench.Target with { Agent = agent.Socket, KeyFiles = [Key("stranger")], IdentitiesOnly = true }, Options);
        Assert.DoesNotContain("many-", e.Message, StringComparison.Ordinal);
        Assert.Contains($"'{Key("stranger")}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_key_that_no_agent_holds_is_told_as_such()
    {
        Bench.Need();
        var e = await RefusedAsync(Bench.Target, Options with { KeyFile = Bench.KeyFile + ".pub" });
        Assert.Contains("public key", e.Message, StringComparison.Ordinal);
        Assert.Contains("ssh-add", e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_its_owner_does_not_let_be_used_is_passed_over()
    {
        Bench.Need();
        await using var agent = new SshKeyAgent();
        agent.Add("-c", Bench.KeyFile);
        var e = await RefusedAsync(Target with { Agent = agent.Socket }, Options);
        Assert.Contains("refuses to sign", e.Message, StringComparison.Ordinal);

        Bench.NewKey("second", "ecdsa");
        Bench.Allow("second");
        agent.Add(Key("second"));
        await AssertInAsync(Target with { Agent = agent.Socket }, Options);
    }

    [Fact]
    public async Task An_agent_that_waits_for_its_owners_consent_costs_the_connect_time()
    {
        Bench.Need();
        await using var agent = SshKeyAgent.OfSilentOwner();
        agent.Add("-c", Bench.KeyFile);
        var clock = Stopwatch.StartNew();
        var e = await RefusedAsync(Target with { Agent = agent.Socket }, Options with { ConnectTimeout = TimeSpan.FromSeconds(3) });
        Assert.InRange(clock.Elapsed.TotalSeconds, 2.5, 10);
        Assert.Matches($"ssh-agent at '{agent.Socket}' did not (sign|answer) within 3 s", e.Message);
    }

    [Fact]
    public async Task A_locked_key_is_found_before_the_login_and_opened_by_its_passphrase_or_the_agent()
    {
        Bench.Need();
        Bench.NewKey("sealed", "ed25519", "open sesame");
        Bench.Allow("sealed");
        var named = Bench.Target with { KeyFiles = [Key("sealed")] };
        var options = Options with { KeyFile = Key("sealed") };
        Assert.Equal([Key("sealed")], await _transports.FindLockedKeysAsync([named, named with { Name = "b" }], Options, _ => { }, Cancel));
        Assert.Equal([Key("sealed")], await _transports.FindLockedKeysAsync([Bench.Target], options, _ => { }, Cancel));
        Assert.Equal([Key("sealed")], await _transports.FindLockedKeysAsync([Bench.Target with { Jumps = [named with { IsJump = true }] }], Options, _ => { }, Cancel));
        Assert.Empty(await _transports.FindLockedKeysAsync([named], Options with { Password = "open sesame" }, _ => { }, Cancel));

        // what opened the key is its passphrase, and not shown to the server
        var login = await SshLogin.FindAsync(named, Options with { Password = "open sesame" }, Cancel);
        Assert.Equal(["publickey"], login.Methods.Select(m => m.Name));
        await AssertInAsync(named, Options with { Password = "open sesame" });

        var opened = new Dictionary<string, string> { [Key("sealed")] = "open sesame" };
        await AssertInAsync(named, Options with { Passphrases = opened });
        await AssertInAsync(Bench.Target, options with { Passphrases = opened });
        var e = await RefusedAsync(named, Options with { Passphrases = new Dictionary<string, string> { [Key("sealed")] = "open barley" } });
        Assert.Contains(Key("sealed"), e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("barley", e.Message + e.Remedy, StringComparison.Ordinal);

        // the agent took it over without its passphrase being known here
        Bench.NewKey("plain", "ed25519");
        Bench.Allow("plain");
        await using var agent = new SshKeyAgent(Key("plain"));
        Processes.Run("ssh-keygen", "-q", "-p", "-N", "open sesame", "-f", Key("plain"));
        var held = Bench.Target with { KeyFiles = [Key("plain")], Agent = agent.Socket };
        Assert.Empty(await _transports.FindLockedKeysAsync([held], Options, _ => { }, Cancel));
        await AssertInAsync(held, Options);
        await AssertInAsync(held, Options with { KeyFile = Key("plain") });
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    public async Task A_certificate_beside_the_key_named_or_in_the_agent_logs_in(string type)
    {
        Bench.Need();
        var name = "certified-" + type;
        Bench.NewKey(name, type);
        var file = Bench.Target with { KeyFiles = [Key(name)] };
        await RefusedAsync(file, Options);

        Bench.Certify(name, "authority", "ops,crew", "-V", "+1h");
        var certificate = Key(name + "-cert.pub");
        await AssertInAsync(file, Options);
        await AssertInAsync(Bench.Target, Options with { KeyFile = Key(name) });
        await using (var both = new SshKeyAgent(Key(name)))
        {
            await AssertInAsync(Target with { Agent = both.Socket }, Options);
        }

        File.Move(certificate, Key(name + ".certificate"));
        await using var agent = new SshKeyAgent(Key(name));
        await RefusedAsync(Target with { Agent = agent.Socket }, Options);
        await AssertInAsync(Target with { Agent = agent.Socket, CertificateFiles = [Key(name + ".certificate")] }, Options);
        await AssertInAsync(file with { CertificateFiles = [Key(name + ".certificate")] }, Options);
    }

    [Theory]
    [InlineData("crew", "20190101:20200102", "expired on 2020-01-02")]
    [InlineData("crew", "20990101:20990102", "it is valid from 2099-01-01")]
    [InlineData("crew", "-h", "is not that of a user")]
    [InlineData("strangers", "+1h", "was refused")]
    public async Task A_certificate_that_does_not_fit_is_told(string principals, string validity, string why)
    {
        Bench.Need();
        var name = "bad-" + Guid.NewGuid().ToString("N");
        Bench.NewKey(name, "ed25519");
        Bench.Certify(name, "authority", principals, validity == "-h" ? ["-h"] : ["-V", validity]);
        var e = await RefusedAsync(Bench.Target with { KeyFiles = [Key(name)] }, Options);
        Assert.Contains(name + "-cert.pub", e.Message, StringComparison.Ordinal);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_certificate_that_is_missing_or_has_no_key_is_noted()
    {
        Bench.Need();
        Bench.NewKey("lonely", "ed25519");
        Bench.Certify("lonely", "authority", "crew");
        var notes = new List<string>();
        var target = Bench.Target with { KeyFiles = [Bench.KeyFile], CertificateFiles = ["/nowhere-cert.pub", Key("lonely-cert.pub"), Bench.KnownHosts] };
        await _transports.FindLockedKeysAsync([target], Options, notes.Add, Cancel);
        Assert.Equal(3, notes.Count);
        Assert.Contains("is not there", notes[0], StringComparison.Ordinal);
        Assert.Contains("neither in the agent nor in a key file", notes[1], StringComparison.Ordinal);
        Assert.Contains("is none that can be read", notes[2], StringComparison.Ordinal);
        await AssertInAsync(target, Options);
    }

    [Fact]
    public async Task The_agent_opens_the_jump_host_and_the_node_behind_it()
    {
        Bench.Need();
        await using var inner = new SshServer();
        await inner.InitializeAsync();
        await using var agent = new SshKeyAgent(Bench.KeyFile, inner.KeyFile);
        var known = Bench.WriteFile(await File.ReadAllTextAsync(Bench.KnownHosts, Cancel) + await File.ReadAllTextAsync(inner.KnownHosts, Cancel));
        var config = Bench.WriteFile($"Host jump\n  HostName 127.0.0.1\n  Port {Bench.Port}\nHost node\n  HostName 127.0.0.1\n  Port {inner.Port}\n  ProxyJump jump\nHost *\n  User {Environment.UserName}\n  IdentityAgent {agent.Socket}\n  IdentityFile {Key("missing")}\n");
        var options = new SshOptions { ConfigFile = config, KnownHostsFile = known };
        await AssertInAsync(_transports.Resolve(["node"], options, _ => { })[0], options);
    }

    private string Key(string name) => Path.Combine(Bench.Folder, name);

    private async Task AssertInAsync(SshTarget target, SshOptions options)
    {
        await using var shell = await _transports.ConnectAsync(target, options, Cancel);
        Assert.Equal("in\n", (await shell.RunAsync("echo in", TimeSpan.FromSeconds(10), Cancel)).Output);
    }

    private async Task<SourceException> RefusedAsync(SshTarget target, SshOptions options)
    {
        var e = await Assert.ThrowsAsync<SourceException>(() => _transports.ConnectAsync(target, options, Cancel));
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
        return e;
    }

    /// <summary>A server that trusts an authority for those who are of its crew.</summary>
    public sealed class Server : IAsyncLifetime
    {
        public SshServer Bench { get; } = new()
        {
            Configuration = "TrustedUserCAKeys FOLDER/authority.pub\nAuthorizedPrincipalsFile FOLDER/principals",
            Prepare = server =>
            {
                server.NewKey("authority", "ed25519");
                File.WriteAllText(Path.Combine(server.Folder, "principals"), "crew\n");
            },
        };

        public ValueTask InitializeAsync() => Bench.InitializeAsync();

        public ValueTask DisposeAsync() => Bench.DisposeAsync();
    }
}
