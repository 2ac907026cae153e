using GravityNet.Sources;
using GravityNet.Transports.Ssh.Config;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

/// <summary>The reading of ~/.ssh/config, against what the real client makes of the same file (ssh -G).</summary>
public sealed class SshConfigTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("gravitynet-home-").FullName;

    private string Folder => Path.Combine(_home, ".ssh");

    public SshConfigTests() => Directory.CreateDirectory(Folder);

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData("", "node-1")]
    [InlineData("User core\nPort 2222\nHostName 10.0.0.1", "node-1")]
    [InlineData("Host node-1\n  User a\nHost *\n  User b\n  Port 2200", "node-1")]
    [InlineData("Host node-1\n  User a\nHost *\n  User b\n  Port 2200", "node-2")]
    [InlineData("Host *\n  User first\nHost node-1\n  User second", "node-1")]
    [InlineData("Host node-* !node-2\n  Port 22022", "node-1")]
    [InlineData("Host node-* !node-2\n  Port 22022", "node-2")]
    [InlineData("Host !node-2\n  Port 22022", "node-1")]
    [InlineData("Host a b\tnode-?\n  Port 22022", "node-1")]
    [InlineData("Host Node-1\n  Port 22022", "node-1")]
    [InlineData("Host node-1\n  HostName %h.example.net", "node-1")]
    [InlineData("Host node-1\n  HostName 100%%%h", "node-1")]
    [InlineData("hOsT=node-1\n\tPORT = 33\n  user\t=\tcore  ", "node-1")]
    [InlineData("Host \"node-1\"\nUser \"domain user\"\nIdentityFile \"/keys/my key\"", "node-1")]
    [InlineData("User core # the login\n# User root\n   # Port 1\nPort 77", "node-1")]
    [InlineData("IdentityFile ~/.ssh/%r@%h\nIdentityFile /b\nHost *\nIdentityFile /c\nIdentityFile /b", "node-1")]
    [InlineData("UserKnownHostsFile /a \"/b c\" /d\nUserKnownHostsFile /e", "node-1")]
    [InlineData("CertificateFile /a-cert.pub\nCertificateFile /b-cert.pub\nIdentitiesOnly yes\nIdentityAgent none", "node-1")]
    [InlineData("Host node-1\nIdentitiesOnly=true\nIdentityAgent SSH_AUTH_SOCK\nHost *\nIdentitiesOnly no\nIdentityAgent /run/agent", "node-1")]
    [InlineData("IdentitiesOnly no\nIdentityAgent $GRAVITYNET_AGENT", "node-1")]
    [InlineData("Match host node-1\n  Port 2\nMatch all\n  Port 3", "node-1")]
    [InlineData("Match host node-1\n  Port 2\nMatch all\n  Port 3", "node-2")]
    [InlineData("Match Host=node-*,!node-2\n  Port 2", "node-1")]
    [InlineData("Match Host node-*,!node-2\n  Port 2", "node-2")]
    [InlineData("Match !host node-2\n  Port 2", "node-1")]
    [InlineData("Match !host node-2\n  Port 2", "node-2")]
    [InlineData("HostName 10.0.0.1\nMatch host 10.*\n  Port 2\nMatch originalhost node-1 host 10.0.0.1\n  User both", "node-1")]
    [InlineData("Match host 10.*\n  Port 2\nHost *\n  HostName 10.0.0.1", "node-1")]
    [InlineData("HostName %h.example\nMatch host node-1.example\n  Port 2", "node-1")]
    [InlineData("User core\nMatch user core host node-1\n  Port 2\nMatch user other\n  Port 3", "node-1")]
    [InlineData("Match user core\n  Port 2\nHost *\n  User core", "node-1")]
    [InlineData("Match host node-1\n  HostName 10.0.0.1\n  User a\n  Port 2", "node-1")]
    [InlineData("HostKeyAlias other\nGlobalKnownHostsFile /a /b\nPreferredAuthentications publickey,password\nConnectTimeout 7\nServerAliveInterval 1m30s", "node-1")]
    [InlineData("Host node-1\nConnectTimeout 1h\nHost *\nConnectTimeout 2\nServerAliveInterval 0\nStrictHostKeyChecking accept-new", "node-1")]
    [InlineData("ConnectTimeout none\nIdentityFile /keys/%k\nHostName other", "node-1")]
    [InlineData("ProxyJump core@bastion:2200,second\nHost *\nProxyJump other", "node-1")]
    [InlineData("Host node-1\nProxyJump none\nHost *\nProxyJump bastion", "node-1")]
    [InlineData("ProxyCommand nc %h %p\nProxyJump bastion", "node-1")]
    [InlineData("ProxyJump bastion\nProxyCommand nc %h %p", "node-1")]
    [InlineData("Host a\r\n  Port 1\r\nHost node-1\r\n  Port 2\r\n", "node-1")]
    public void The_real_client_reads_the_same(string text, string host)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/ssh"), "the ssh client is not there: install openssh-client");
        var file = Write("config", text);
        Compare(file, host);
    }

    [Fact]
    public void Included_files_are_read_in_their_place_and_under_their_host()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/ssh"), "the ssh client is not there: install openssh-client");
        var parts = Path.Combine(Folder, "conf.d");
        Directory.CreateDirectory(parts);
        Write("conf.d/20-b.conf", "User late\nPort 2\n");
        Write("conf.d/10-a.conf", "Host node-1\n  User early\nHost other\n  Port 3\n");
        Write("conf.d/.hidden.conf", "Port 9\n");
        Write("conf.d/note.txt", "Port 8\n");
        Write("only-2", "IdentityFile /two\nHost node-1\n  Port 1\n");
        var file = Write("config", $"Host node-2\n  Include {Folder}/only-2 {Folder}/missing\n  HostName two.example\nHost *\n  Include {parts}/*.conf\n  HostName all.example\n");
        Compare(file, "node-1");
        Compare(file, "node-2");
        Compare(file, "other");
    }

    [Fact]
    public void An_include_without_a_folder_is_looked_for_in_the_ssh_folder()
    {
        Write("more", "Port 99\n");
        Write("home-more", "User core\n");
        var config = SshConfig.Read(Write("config", "Include more ~/.ssh/home-m?re nothing*\n"), _home);
        Assert.Equal(99, config.Lookup("x", null, "me").Port);
        Assert.Equal("core", config.Lookup("x", null, "me").User);
    }

    [Theory]
    [InlineData("exec \"test -f /x\"", "exec")]
    [InlineData("final host node-1", "final")]
    [InlineData("host node-1 canonical", "canonical")]
    [InlineData("localnetwork 10.0.0.0/8", "localnetwork")]
    public void A_Match_that_asks_for_more_than_names_is_passed_over_and_said(string match, string word)
    {
        var file = Write("config", $"Match {match}\n  User wrong\n  Include other\nHost node-1\n  Port 23\n");
        Write("other", "User wrong too\n");
        var config = SshConfig.Read(file, _home);
        Assert.Null(config.Lookup("node-1", null, "me").User);
        Assert.Equal(23, config.Lookup("node-1", null, "me").Port);
        Assert.StartsWith($"{file}:1: 'Match {word}'", Assert.Single(config.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Match_user_looks_at_the_login_that_was_typed()
    {
        var config = SshConfig.Read(Write("config", "Match user core\n  Port 23\nHost *\n  User late\n"), _home);
        Assert.Equal(23, config.Lookup("x", "core", "root").Port);
        Assert.Equal(23, config.Lookup("x", null, "core").Port);
        Assert.Null(config.Lookup("x", "other", "core").Port);
    }

    [Theory]
    [InlineData("User a\nPort many", ":2:", "'many' is not a port")]
    [InlineData("Port 70000", ":1:", "'70000' is not a port")]
    [InlineData("Host \"a", ":1:", "quote")]
    [InlineData("User", ":1:", "no value")]
    [InlineData("Include ~/.ssh/config", ":1:", "include each other")]
    [InlineData("ConnectTimeout soon", ":1:", "'soon' is not a time")]
    [InlineData("ServerAliveInterval 5x", ":1:", "'5x' is not a time")]
    [InlineData("IdentitiesOnly perhaps", ":1:", "'perhaps' is neither yes nor no")]
    public void A_line_that_cannot_be_understood_is_named(string text, string line, string why)
    {
        var file = Write("config", text);
        var e = Assert.Throws<SourceException>(() => SshConfig.Read(file, _home));
        Assert.Contains(file + line, e.Message, StringComparison.Ordinal);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.Contains("-SshConfigFile none", e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_typed_wins_then_the_file_then_the_defaults()
    {
        Write("config", "Host node-1\n  HostName 10.0.0.1\n  User core\n  Port 2222\n  IdentityFile ~/keys/%r-%h-%n-%p-%%\n  IdentityFile %d/own\n  UserKnownHostsFile ~/known none\n  StrictHostKeyChecking no\n");
        var notes = new List<string>();
        var target = new SshResolver(new(), _home, notes.Add).Resolve("node-1");
        Assert.Equal(("node-1", "10.0.0.1", 2222, "core"), (target.Name, target.Host, target.Port, target.User));
        Assert.Equal([$"{_home}/keys/core-10.0.0.1-node-1-2222-%", $"{_home}/own"], target.KeyFiles);
        Assert.Equal([$"{_home}/known"], target.KnownHostsFiles);
        Assert.Contains("-HostKeyPolicy", Assert.Single(notes), StringComparison.Ordinal);

        target = new SshResolver(new() { User = "given" }, _home, notes.Add).Resolve("node-1:23");
        Assert.Equal(("10.0.0.1", 23, "given"), (target.Host, target.Port, target.User));
        Assert.Equal("typed", new SshResolver(new() { User = "given" }, _home, notes.Add).Resolve("typed@node-1").User);

        target = new SshResolver(new() { ConfigFile = SshOptions.NoConfigFile }, _home, notes.Add).Resolve("node-1");
        Assert.Equal(("node-1", "node-1", 22, "root"), (target.Name, target.Host, target.Port, target.User));
        Assert.Empty(target.KeyFiles);
        target = new SshResolver(new(), _home, notes.Add).Resolve("ssh://a@b@[fd00::1]:2022");
        Assert.Equal(("fd00::1", 2022, "a@b"), (target.Host, target.Port, target.User));
        Assert.Equal("fd00::1", new SshResolver(new(), _home, notes.Add).Resolve("fd00::1").Host);
    }

    [Theory]
    [InlineData("", "/of/variable")]
    [InlineData("IdentityAgent SSH_AUTH_SOCK", "/of/variable")]
    [InlineData("IdentityAgent $GRAVITYNET_AGENT", "/of/another")]
    [InlineData("IdentityAgent ${GRAVITYNET_AGENT}.%r", "/of/another.root")]
    [InlineData("IdentityAgent $GRAVITYNET_NOT_SET", null)]
    [InlineData("IdentityAgent ${GRAVITYNET_NOT_SET}", null)]
    [InlineData("IdentityAgent ~/.agent", "HOME/.agent")]
    [InlineData("IdentityAgent none", null)]
    public void The_agent_is_found_where_the_file_says(string text, string? agent)
    {
        Write("config", text);
        var before = Environment.GetEnvironmentVariable("SSH_AUTH_SOCK");
        try
        {
            Environment.SetEnvironmentVariable("SSH_AUTH_SOCK", "/of/variable");
            Environment.SetEnvironmentVariable("GRAVITYNET_AGENT", "/of/another");
            Assert.Equal(agent?.Replace("HOME", _home, StringComparison.Ordinal), new SshResolver(new(), _home, _ => { }).Resolve("node-1").Agent);
        }
        finally
        {
            Environment.SetEnvironmentVariable("SSH_AUTH_SOCK", before);
            Environment.SetEnvironmentVariable("GRAVITYNET_AGENT", null);
        }
    }

    [Theory]
    [InlineData("Host *\nProxyJump anna@bastion:2200", "node-1", "anna@bastion:2200")]
    [InlineData("Host *\nProxyJump bastion", "bastion", "")]
    [InlineData("Host bastion\nHostName 10.0.0.9\nUser anna\nPort 2200\nHost node-*\nProxyJump bastion", "node-1", "anna@10.0.0.9:2200")]
    [InlineData("Host node-*\nProxyJump inner\nHost inner\nProxyJump a@outer,b@middle", "node-1", "a@outer:22 b@middle:22 ME@inner:22")]
    [InlineData("Host node-*\nProxyJump ssh://a@outer:1,b@[fd00::1]:2", "node-1", "a@outer:1 b@fd00::1:2")]
    [InlineData("Host a\nProxyJump u@b\nHost b\nProxyJump u@a", "a", "u@b:22")]
    [InlineData("Host node-1\nProxyJump none\nHost *\nProxyJump bastion", "node-1", "")]
    [InlineData("Host node-1\nProxyJump u@jump-for-%h:%p", "node-1", "u@jump-for-node-1:22")]
    public void Jump_hosts_are_found_in_the_file(string text, string node, string way)
    {
        Write("config", text);
        Assert.Equal(way, Way(new(), node));
    }

    [Fact]
    public void Jump_hosts_that_are_given_take_the_place_of_those_in_the_file()
    {
        Write("config", "Host given\n  HostName 10.0.0.9\n  IdentityFile /keys/own\nHost node-1\n  ProxyJump bastion\n");
        Assert.Equal("ME@10.0.0.9:22 x@y:3", Way(new() { JumpHosts = ["given", "x@y:3"], User = "core" }, "node-1"));
        Assert.Equal("", Way(new() { JumpHosts = [] }, "node-1"));
        var jump = new SshResolver(new() { JumpHosts = ["given"] }, _home, _ => { }).Resolve("node-1").Jumps.Single();
        Assert.True(jump.IsJump);
        Assert.Equal("/keys/own", jump.KeyFiles.Single());
    }

    private string Way(SshOptions options, string node) => string.Join(
        ' ',
        new SshResolver(options, _home, _ => { }).Resolve(node).Jumps.Select(j => $"{(j.User == Environment.UserName ? "ME" : j.User)}@{j.Host}:{j.Port}"));

    [Fact]
    public void Values_that_cannot_be_filled_in_are_passed_over_and_said()
    {
        Write("config", "IdentityFile /keys/%Z\nIdentityFile ${GRAVITYNET_NOT_SET}/id\nIdentityFile /keys/ok\nProxyCommand nc %h %p\n");
        var notes = new List<string>();
        var target = new SshResolver(new(), _home, notes.Add).Resolve("node-1");
        Assert.Equal(["/keys/ok"], target.KeyFiles);
        Assert.Equal(3, notes.Count);
        Assert.Contains(notes, n => n.Contains("ProxyCommand", StringComparison.Ordinal));
    }

    [Fact]
    public void The_systems_file_is_read_after_the_users_and_not_beside_one_that_was_named()
    {
        var system = Path.Combine(_home, "etc");
        Directory.CreateDirectory(Path.Combine(system, "ssh_config.d"));
        File.WriteAllText(Path.Combine(system, "ssh_config"), "Include ssh_config.d/*.conf\nHost *\n  User shared\n  Port 2200\n");
        File.WriteAllText(Path.Combine(system, "ssh_config.d", "a.conf"), "ServerAliveInterval 20\nConnectTimeout 3\nHostKeyAlias alias\n");
        var file = Write("config", "Host node-1\n  User own\n");
        var target = new SshResolver(new(), _home, _ => { }, system).Resolve("node-1");
        Assert.Equal(("own", 2200), (target.User, target.Port));
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(3)), (target.KeepAlive, target.ConnectTimeout));
        Assert.Equal("shared", new SshResolver(new(), _home, _ => { }, system).Resolve("node-2").User);
        Assert.Equal(TimeSpan.FromSeconds(9), new SshOptions { ConnectTimeout = TimeSpan.FromSeconds(9) }.TimeFor(target));
        Assert.Equal(TimeSpan.FromSeconds(3), new SshOptions().TimeFor(target));

        target = new SshResolver(new() { ConfigFile = file }, _home, _ => { }, system).Resolve("node-1");
        Assert.Equal(("own", 22), (target.User, target.Port));
        File.Delete(file);
        Assert.Equal("shared", new SshResolver(new(), _home, _ => { }, system).Resolve("node-1").User);
        Assert.Equal("root", new SshResolver(new() { ConfigFile = SshOptions.NoConfigFile }, _home, _ => { }, system).Resolve("node-1").User);
    }

    [Fact]
    public void A_file_that_others_may_write_is_refused_and_one_that_was_named_must_exist()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are Unix's");
        var file = Write("config", "User core\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, (UnixFileMode)0b110_110_100);
        var e = Assert.Throws<SourceException>(() => new SshResolver(new(), _home, _ => { }));
        Assert.Contains(file, e.Message, StringComparison.Ordinal);
        e = Assert.Throws<SourceException>(() => new SshResolver(new() { ConfigFile = "/nowhere/config" }, _home, _ => { }));
        Assert.Contains("/nowhere/config", e.Message, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    // the client prints its defaults where the file says nothing
    private void Compare(string file, string host)
    {
        var lines = Processes.Run("ssh", "-G", "-F", file, host).Split('\n').Select(l => l.Split(' ', 2)).ToLookup(l => l[0], l => l[^1]);
        var ours = SshConfig.Read(file, _home).Lookup(host, null, Environment.UserName);
        var target = new SshResolver(new() { ConfigFile = file }, _home, _ => { }).Resolve(host);
        Assert.Equal(lines["hostname"].Single(), target.Host);
        Assert.Equal(lines["user"].Single(), ours.User ?? Environment.UserName);
        Assert.Equal(lines["port"].Single(), (ours.Port ?? 22).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (ours.IdentityFiles.Count > 0) Assert.Equal(lines["identityfile"], ours.IdentityFiles);
        else Assert.Contains("~/.ssh/id_rsa", lines["identityfile"]);
        if (ours.UserKnownHostsFiles.Count > 0) Assert.Equal(lines["userknownhostsfile"].Single(), string.Join(' ', ours.UserKnownHostsFiles));
        else Assert.Contains("known_hosts2", lines["userknownhostsfile"].Single(), StringComparison.Ordinal);
        Assert.Equal(lines["hostkeyalias"].SingleOrDefault(), ours.HostKeyAlias);
        Assert.Equal(lines["globalknownhostsfile"].Single(), ours.GlobalKnownHostsFiles.Count == 0 ? "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2" : string.Join(' ', ours.GlobalKnownHostsFiles));
        Assert.Equal(lines["preferredauthentications"].SingleOrDefault(), ours.PreferredAuthentications);
        Assert.Equal(lines["stricthostkeychecking"].Single(), ours.StrictHostKeyChecking ?? "ask");
        Assert.Equal(lines["connecttimeout"].Single(), ours.ConnectTimeout?.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none");
        Assert.Equal(lines["serveraliveinterval"].Single(), (ours.ServerAliveInterval?.TotalSeconds ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(lines["certificatefile"], ours.CertificateFiles);
        Assert.Equal(lines["identitiesonly"].Single(), target.IdentitiesOnly ? "yes" : "no");
        Assert.Equal(lines["identityagent"].SingleOrDefault() ?? "SSH_AUTH_SOCK", ours.IdentityAgent ?? "SSH_AUTH_SOCK");
        Assert.Equal(lines["proxyjump"].SingleOrDefault(), ours.ProxyJump == "none" ? null : ours.ProxyJump);
        Assert.Equal(lines["proxycommand"].SingleOrDefault(), ours.ProxyCommand);
    }
}
