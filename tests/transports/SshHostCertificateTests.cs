using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.Transports.Ssh;
using GravityNet.TransportTests.Bench;
using Renci.SshNet;
using Renci.SshNet.Security;

namespace GravityNet.TransportTests;

/// <summary>Servers that show a certificate for their key, and whom known_hosts believes.</summary>
public sealed class SshHostCertificateTests
{
    private readonly TransportFactory _transports = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_certificate_is_believed_for_the_names_of_its_authority()
    {
        await using var server = await StartAsync("127.0.0.1,alias.example");
        var authority = server.KnownLine("", "authority");
        await AssertInAsync(server, $"@cert-authority {server.Name}{authority}");
        await AssertInAsync(server, $"@cert-authority 127.0.0.*{authority}");
        await AssertInAsync(server, $"@cert-authority *,!other{authority}{server.KnownLine(server.Name, "stranger")}");

        Assert.Equal(SourceFailure.HostKeyUnknown, (await RefusedAsync(server, $"@cert-authority other{authority}")).Failure);
        Assert.Equal(SourceFailure.HostKeyUnknown, (await RefusedAsync(server, $"127.0.0.1{authority}")).Failure);

        // revoked: the authority, the key
        Assert.Equal(SourceFailure.HostKeyRevoked, (await RefusedAsync(server, $"@cert-authority *{authority}@revoked *{authority}")).Failure);
        Assert.Equal(SourceFailure.HostKeyRevoked, (await RefusedAsync(server, $"@cert-authority *{authority}@revoked {server.KnownLine("*", "host_ed25519")}")).Failure);

        // another authority proves nothing, and the key in the certificate is known or not by itself
        var other = $"@cert-authority *{server.KnownLine("", "stranger")}";
        Assert.Equal(SourceFailure.HostKeyUnknown, (await RefusedAsync(server, other)).Failure);
        Assert.Equal(SourceFailure.HostKeyChanged, (await RefusedAsync(server, other + server.KnownLine(server.Name, "stranger"))).Failure);
        await AssertInAsync(server, other + server.KnownLine(server.Name, "host_ed25519"));
    }

    [Fact]
    public async Task An_alias_takes_the_place_of_the_name_in_file_and_certificate()
    {
        await using var server = await StartAsync("alias.example");
        var authority = server.KnownLine("", "authority");
        var e = await RefusedAsync(server, $"@cert-authority *{authority}");
        Assert.Contains("alias.example and not for '127.0.0.1'", e.Message, StringComparison.Ordinal);
        Assert.Contains("HostKeyAlias", e.Remedy, StringComparison.Ordinal);

        var aliased = server.Target with { HostKeyAlias = "alias.example" };
        await AssertInAsync(server, $"@cert-authority *.example{authority}", aliased);
        await AssertInAsync(server, server.KnownLine("alias.example", "host_ed25519"), aliased);
        Assert.Equal(SourceFailure.HostKeyUnknown, (await RefusedAsync(server, server.KnownLine(server.Name, "host_ed25519"), aliased)).Failure);
        var file = server.WriteFile("");
        await using (await _transports.ConnectAsync(aliased, server.Options with { KnownHostsFile = file, HostKeyPolicy = HostKeyPolicy.AcceptNew }, Cancel))
        {
            Assert.StartsWith("alias.example ssh-", await File.ReadAllTextAsync(file, Cancel), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("rsa", "rsa", null, "-t", "rsa-sha2-256")]
    [InlineData("ecdsa", "ecdsa", null)]
    [InlineData("ed25519", "rsa", "signed with 'ssh-rsa'", "-t", "ssh-rsa")]
    [InlineData("ed25519", "ed25519", "it expired on 2020-01-02", "-V", "20190101:20200102")]
    [InlineData("ed25519", "ed25519", "it is valid from 20", "-V", "20990101:20990102")]
    [InlineData("ed25519", "ed25519", "which is not known", "-O", "critical:made-up@example.org=x")]
    public async Task A_certificate_must_hold(string type, string authority, string? why, params string[] more)
    {
        await using var server = await StartAsync("127.0.0.1", type, authority, more);
        var known = $"@cert-authority *{server.KnownLine("", "authority")}";
        if (why is null)
        {
            await AssertInAsync(server, known);
            return;
        }

        foreach (var policy in new[] { HostKeyPolicy.Strict, HostKeyPolicy.AcceptNew })
        {
            var e = await RefusedAsync(server, known, policy: policy);
            Assert.Equal(SourceFailure.HostKeyUnknown, e.Failure);
            Assert.Contains(why, e.Message, StringComparison.Ordinal);
            Assert.Contains("ssh-keygen", e.Remedy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_is_told_as_such()
    {
        await using var server = await StartAsync("127.0.0.1", more: ["-O", "extension:made-up@example.org=x", "-O", "extension:made-up@example.org=y"]);
        var e = await RefusedAsync(server, $"@cert-authority *{server.KnownLine("", "authority")}");
        Assert.Equal(SourceFailure.HostKeyUnknown, e.Failure);
        Assert.Contains("cannot be read", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_its_authority_did_not_sign_is_not_verified()
    {
        await using var server = await StartAsync("127.0.0.1");
        var options = server.Options with { KnownHostsFile = server.WriteFile($"@cert-authority *{server.KnownLine("", "authority")}") };
        var check = new HostKeyCheck(server.Target, options);
        var info = new Renci.SshNet.ConnectionInfo("127.0.0.1", "root", new NoneAuthenticationMethod("root"));
        check.Choose(info);
        var make = info.HostKeyAlgorithms["ssh-ed25519-cert-v01@openssh.com"];
        var certificate = Convert.FromBase64String((await File.ReadAllTextAsync(Path.Combine(server.Folder, "host_ed25519-cert.pub"), Cancel)).Split(' ')[1]);
        var data = "what was exchanged"u8.ToArray();
        var signature = new PrivateKeyFile(Path.Combine(server.Folder, "host_ed25519")).HostKeyAlgorithms.First().Sign(data);
        Assert.True(make(certificate).VerifySignature(data, signature));

        certificate[^1] ^= 1;
        Assert.False(make(certificate).VerifySignature(data, signature));
        Assert.Contains("its signature does not hold", check.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(info.HostKeyAlgorithms.Keys, name => name.StartsWith("ssh-rsa-cert", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_certificate_is_no_hosts()
    {
        await using var server = await StartAsync("127.0.0.1", certify: false);
        server.Certify("host_ed25519", "authority", "127.0.0.1");
        var check = new HostKeyCheck(server.Target, server.Options with { KnownHostsFile = server.WriteFile($"@cert-authority *{server.KnownLine("", "authority")}") });
        var certificate = Convert.FromBase64String((await File.ReadAllTextAsync(Path.Combine(server.Folder, "host_ed25519-cert.pub"), Cancel)).Split(' ')[1]);
        var info = new Renci.SshNet.ConnectionInfo("127.0.0.1", "root", new NoneAuthenticationMethod("root"));
        check.Choose(info);
        var shown = new Renci.SshNet.Common.HostKeyEventArgs(Assert.IsType<CertificateHostAlgorithm>(info.HostKeyAlgorithms["ssh-ed25519-cert-v01@openssh.com"](certificate)));
        check.OnHostKeyReceived(this, shown);
        Assert.False(shown.CanTrust);
        Assert.Contains("not that of a host", check.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_at_another_port_may_be_known_by_its_name_alone()
    {
        await using var server = await StartAsync("127.0.0.1", certify: false);
        await AssertInAsync(server, server.KnownLine("127.0.0.1", "host_ed25519"));

        // the key of another server there says nothing about this one
        Assert.Equal(SourceFailure.HostKeyUnknown, (await RefusedAsync(server, server.KnownLine("127.0.0.1", "stranger"))).Failure);
        Assert.Equal(SourceFailure.HostKeyRevoked, (await RefusedAsync(server, $"{server.KnownLine(server.Name, "host_ed25519")}@revoked {server.KnownLine("127.0.0.1", "host_ed25519")}")).Failure);
    }

    [Fact]
    public async Task The_systems_file_is_that_of_the_configuration()
    {
        await using var server = await StartAsync("127.0.0.1");
        var known = server.WriteFile(server.KnownLine(server.Name, "host_ed25519"));
        var config = server.WriteFile($"UserKnownHostsFile {server.WriteFile("")}\nGlobalKnownHostsFile /nowhere {known}\nUser {Environment.UserName}\n");
        var options = new SshOptions { KeyFile = server.KeyFile, ConfigFile = config };
        await using var shell = await _transports.ConnectAsync(_transports.Resolve([$"127.0.0.1:{server.Port}"], options, _ => { })[0], options, Cancel);
        Assert.Equal(0, (await shell.RunAsync("true", TimeSpan.FromSeconds(10), Cancel)).ExitCode);
    }

    private static async Task<SshServer> StartAsync(string principals, string type = "ed25519", string authority = "ed25519", string[]? more = null, bool certify = true)
    {
        var server = new SshServer
        {
            Configuration = certify ? $"HostKey FOLDER/host_{type}\nHostCertificate FOLDER/host_{type}-cert.pub" : "",
            Prepare = server =>
            {
                if (type == "rsa") server.NewKey("host_rsa", "rsa");
                server.NewKey("authority", authority);
                if (certify) server.Certify("host_" + type, "authority", principals, ["-h", .. more ?? []]);
            },
        };
        await server.InitializeAsync();
        server.Need();
        return server;
    }

    private async Task AssertInAsync(SshServer server, string known, SshTarget? target = null)
    {
        await using var shell = await _transports.ConnectAsync(target ?? server.Target, server.Options with { KnownHostsFile = server.WriteFile(known) }, Cancel);
        Assert.Equal("in\n", (await shell.RunAsync("echo in", TimeSpan.FromSeconds(10), Cancel)).Output);
    }

    private Task<SourceException> RefusedAsync(SshServer server, string known, SshTarget? target = null, HostKeyPolicy policy = HostKeyPolicy.Strict) =>
        Assert.ThrowsAsync<SourceException>(() => _transports.ConnectAsync(target ?? server.Target, server.Options with { KnownHostsFile = server.WriteFile(known), HostKeyPolicy = policy }, Cancel));
}
