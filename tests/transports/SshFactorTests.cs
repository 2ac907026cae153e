using GravityNet.Sources;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

/// <summary>Servers that want more than a key: passwords, both, and questions that PAM asks.</summary>
public sealed class SshFactorTests
{
    private const string Secret = "open sesame";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_and_a_password_together()
    {
        await using var server = await StartAsync("AuthenticationMethods publickey,password");
        await AssertInAsync(server, server.Options with { Password = Secret });

        var e = await RefusedAsync(server, server.Options);
        Assert.Contains("wants password too", e.Message, StringComparison.Ordinal);
        Assert.Contains("-Credential", e.Remedy, StringComparison.Ordinal);
        e = await RefusedAsync(server, server.Options with { Password = "open barley" });
        Assert.DoesNotContain("barley", e.Message + e.Remedy + e.InnerException, StringComparison.Ordinal);
        await RefusedAsync(server, server.Options with { KeyFile = Path.Combine(server.Folder, "stranger"), Password = Secret });
    }

    [Fact]
    public async Task A_jump_host_that_wants_a_password_does_not_get_the_nodes()
    {
        await using var server = await StartAsync("AuthenticationMethods publickey,password");
        var target = server.Target with { Jumps = [server.Target with { Name = "jump", IsJump = true }] };
        var e = await Assert.ThrowsAsync<SourceException>(() => new Transports.TransportFactory().ConnectAsync(target, server.Options with { Password = Secret }, Cancel));
        Assert.StartsWith("bench: jump host jump: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("not sent to a jump host", e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PAM_asks_for_the_password_by_keyboard_interactive()
    {
        await using var server = await StartAsync("UsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes", "auth required pam_unix.so\naccount required pam_permit.so\nsession required pam_permit.so\n");
        var options = new SshOptions { KnownHostsFile = server.KnownHosts, Password = Secret };
        await AssertInAsync(server, options);
        await RefusedAsync(server, options with { Password = "open barley" });
    }

    [Fact]
    public async Task A_second_question_is_not_answered_with_the_password()
    {
        await using var server = await StartAsync(
            "UsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes",
            "auth required pam_unix.so\nauth required pam_stress.so\naccount required pam_permit.so\nsession required pam_permit.so\n");
        var e = await RefusedAsync(server, new() { KnownHostsFile = server.KnownHosts, Password = Secret });
        Assert.Contains("asks 'STRESS Password:', which GravityNet cannot answer", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, e.Message + e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_after_the_key_is_not_answered_either()
    {
        await using var server = await StartAsync(
            "UsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes\nAuthenticationMethods publickey,keyboard-interactive",
            "auth required pam_unix.so\naccount required pam_permit.so\nsession required pam_permit.so\n");
        var e = await RefusedAsync(server, server.Options);
        Assert.Contains("wants keyboard-interactive too", e.Message, StringComparison.Ordinal);
        await AssertInAsync(server, server.Options with { Password = Secret });
    }

    [Fact]
    public async Task The_configuration_says_which_ways_are_tried()
    {
        await using var server = await StartAsync("");
        var options = server.Options with { Password = Secret };
        await AssertInAsync(server, options, "password");
        await AssertInAsync(server, options, "gssapi-with-mic", "publickey");
        var e = await RefusedAsync(server, options with { Password = "open barley" }, "password");
        Assert.DoesNotContain("key", e.Message, StringComparison.Ordinal);
        e = await RefusedAsync(server, options, "gssapi-with-mic");
        Assert.Contains("PreferredAuthentications", e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_connection_is_kept_alive()
    {
        await using var server = await StartAsync("LogLevel DEBUG3");
        await using var shell = await new Transports.TransportFactory().ConnectAsync(server.Target with { KeepAlive = TimeSpan.FromMilliseconds(200) }, server.Options, Cancel);
        var log = Path.Combine(server.Folder, "sshd.log");
        for (var i = 0; i < 100 && Ignored() < 3; i++) await Task.Delay(100, Cancel);
        Assert.True(Ignored() >= 3);

        int Ignored() => File.ReadAllText(log).Split("SSH2_MSG_IGNORE").Length - 1;
    }

    private static async Task<SshServer> StartAsync(string configuration, string? pam = null)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/usr/bin/openssl"), "a login with a password of its own takes root and openssl");
        Assert.SkipUnless(pam is null || File.Exists("/etc/pam.d/sshd"), "PAM's rules for sshd are not there");
        var server = new SshServer { Password = Secret, Configuration = configuration, Pam = pam };
        await server.InitializeAsync();
        server.Need();
        return server;
    }

    private static async Task AssertInAsync(SshServer server, SshOptions options, params string[] ways)
    {
        await using var shell = await new Transports.TransportFactory().ConnectAsync(With(server, ways), options, Cancel);
        Assert.Equal("in\n", (await shell.RunAsync("echo in", TimeSpan.FromSeconds(10), Cancel)).Output);
    }

    private static async Task<SourceException> RefusedAsync(SshServer server, SshOptions options, params string[] ways)
    {
        var e = await Assert.ThrowsAsync<SourceException>(() => new Transports.TransportFactory().ConnectAsync(With(server, ways), options, Cancel));
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
        return e;
    }

    private static SshTarget With(SshServer server, string[] ways) => server.Target with { Authentications = ways.Length == 0 ? null : ways, KeyFiles = [Path.Combine(server.Folder, "missing")] };
}
