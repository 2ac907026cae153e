using System.Net;
using System.Net.Sockets;
using System.Text;
using GravityNet.Facts;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.Transports.Kubernetes;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

/// <summary>Every way of a kubeconfig to log in and to check the server, against a server with TLS.</summary>
public sealed class KubeLoginTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("token: secret", "Bearer secret")]
    [InlineData("token: wrong, tokenFile: token", "Bearer from-file")]
    [InlineData("username: joe, password: 'p:w'", "Basic am9lOnA6dw==")]
    [InlineData("client-certificate: client.pem, client-key: client.key", "CN=client")]
    [InlineData("client-certificate: none.pem, client-certificate-data: CERTIFICATE, client-key: none.key, client-key-data: KEY", "CN=client")]
    public async Task A_login_is_shown_to_the_server(string user, string expected)
    {
        await using var server = await KubeServer.StartAsync();
        server.Certificates.Write("token", "from-file\n");
        user = user.Replace("CERTIFICATE", Base64(server.Certificates.Client), StringComparison.Ordinal)
            .Replace("KEY", Base64(server.Certificates.ClientKey), StringComparison.Ordinal);
        server.Accepts = login => login == expected;
        var warnings = new List<string>();
        var source = Open(server.Config(user), warnings.Add);
        Assert.Equal(server.Url, source.Place);
        Assert.Empty(server.Seen);
        Assert.True((await Nodes(source)).Answered);
        Assert.Empty(warnings);
    }

    [Fact]
    public async Task A_token_file_and_a_certificate_are_read_again_for_each_question()
    {
        await using var server = await KubeServer.StartAsync();
        var token = server.Certificates.Write("token", "first");
        var source = Open(server.Config($"tokenFile: {token}"));
        Assert.True((await Nodes(source)).Answered);
        await File.WriteAllTextAsync(token, "second\n", Cancel);
        Assert.True((await Nodes(source)).Answered);
        Assert.Equal(["Bearer first", "Bearer second"], server.Seen.Select(s => s.Login));

        File.Delete(token);
        var e = await Assert.ThrowsAsync<SourceException>(() => Nodes(source));
        Assert.Contains("tokenFile", e.Message, StringComparison.Ordinal);

        source = Open(server.Config("client-certificate: client.pem, client-key: client.key"));
        await Nodes(source);
        File.Copy(server.Certificates.Server, server.Certificates.Client, overwrite: true);
        File.Copy(server.Certificates.ServerKey, server.Certificates.ClientKey, overwrite: true);
        await Nodes(source);
        Assert.Equal(["CN=client", "CN=etcd"], server.Seen.Skip(2).Select(s => s.Login));
    }

    [Fact]
    public async Task A_kubeconfig_that_acts_as_somebody_else_does()
    {
        await using var server = await KubeServer.StartAsync();
        await Nodes(Open(server.Config("token: secret, as: ann, as-groups: [readers], as-user-extra: { reason: [test] }")));
        Assert.Equal("ann readers test", Assert.Single(server.Seen).ActingAs);
    }

    [Fact]
    public async Task A_server_whose_certificate_does_not_fit_gets_no_login()
    {
        await using var server = await KubeServer.StartAsync("kube.test");
        var e = await Assert.ThrowsAsync<SourceException>(() => Nodes(Open(server.Config("token: secret"))));
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
        Assert.Contains("for another host", e.Message, StringComparison.Ordinal);

        using var other = new EtcdCertificates("kube.test");
        e = await Assert.ThrowsAsync<SourceException>(() => Nodes(Open(server.Config(
            "token: secret", $"tls-server-name: kube.test, certificate-authority-data: {Base64(other.Ca)}"))));
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
        Assert.Contains("not trusted", e.Message, StringComparison.Ordinal);
        Assert.Contains("CN=bench-ca", e.Message, StringComparison.Ordinal);
        Assert.Empty(server.Seen);

        Assert.True((await Nodes(Open(server.Config("token: secret", "tls-server-name: kube.test")))).Answered);
        Assert.Equal(("Bearer secret", "kube.test"), (Assert.Single(server.Seen).Login, server.Seen.First().Host));
    }

    [Fact]
    public async Task A_check_that_is_switched_off_is_obeyed_with_a_warning()
    {
        await using var server = await KubeServer.StartAsync("kube.test");
        var warnings = new List<string>();
        var config = server.Config("token: secret", "insecure-skip-tls-verify: true");
        var source = Open(config, warnings.Add);
        var warning = Assert.Single(warnings);
        Assert.Contains("insecure-skip-tls-verify", warning, StringComparison.Ordinal);
        Assert.Contains(config, warning, StringComparison.Ordinal);
        Assert.True((await Nodes(source)).Answered);
    }

    [Fact]
    public async Task A_proxy_of_the_kubeconfig_is_gone_through()
    {
        await using var server = await KubeServer.StartAsync();
        using var proxy = new ConnectProxy();
        Assert.True((await Nodes(Open(server.Config("token: secret", $"proxy-url: 'http://joe:pass@127.0.0.1:{proxy.Port}'")))).Answered);
        Assert.Equal($"CONNECT 127.0.0.1:{server.Port} HTTP/1.1", proxy.Requests.Single(r => r.Contains("am9lOnBhc3M=", StringComparison.Ordinal)).Split("\r\n")[0]);

        var dead = Processes.FreePort();
        var e = await Assert.ThrowsAsync<SourceException>(() => Nodes(Open(server.Config("token: secret", $"proxy-url: 'http://joe:pass@127.0.0.1:{dead}'"))));
        Assert.Equal(SourceFailure.Unreachable, e.Failure);
        Assert.DoesNotContain("pass", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_has_expired_is_named_with_its_user_and_context()
    {
        await using var server = await KubeServer.StartAsync();
        server.Accepts = login => login == "CN=client";
        var e = await Assert.ThrowsAsync<SourceException>(() => Nodes(Open(server.Config("token: hidden-away"))));
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
        Assert.Contains("the user 'joe' of the context 'bench'", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-away", e.ToString(), StringComparison.Ordinal);

        e = await Assert.ThrowsAsync<SourceException>(() => Nodes(Open(server.Config("client-certificate: past.pem, client-key: past.key"))));
        Assert.Contains("the user 'joe' of the context 'bench': its client certificate ended at ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_merged_and_the_first_that_names_a_thing_wins()
    {
        await using var server = await KubeServer.StartAsync();
        var first = server.Certificates.Write("first", """
            users: [{ name: joe, user: { token: first } }]
            contexts: [{ name: a, context: { cluster: bench, user: joe } }]
            current-context: a
            """);
        var second = server.Config("token: second");
        Assert.True((await Nodes(Factory.OpenKubernetes(new() { ConfigFiles = [first, second] }, Unwarned))).Answered);
        Assert.Equal("Bearer first", server.Seen.Last().Login);
        Assert.True((await Nodes(Factory.OpenKubernetes(new() { ConfigFiles = [second, first] }, Unwarned))).Answered);
        Assert.Equal("Bearer second", server.Seen.Last().Login);

        // without a file: those of the environment, of which one is not there
        try
        {
            Environment.SetEnvironmentVariable("KUBECONFIG", $"/nowhere/config{Path.PathSeparator}{first}{Path.PathSeparator}{second}");
            Assert.True((await Nodes(Factory.OpenKubernetes(new() { Context = "bench" }, Unwarned))).Answered);
            Assert.Equal("Bearer first", server.Seen.Last().Login);
            Environment.SetEnvironmentVariable("KUBECONFIG", "/nowhere/config");
            Assert.Contains("KUBECONFIG", Assert.Throws<SourceException>(() => Factory.OpenKubernetes(new(), Unwarned)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("KUBECONFIG", null);
        }
    }

    [Theory]
    [InlineData("auth-provider: { name: gcp }", "", "'gcp'")]
    [InlineData("token: t, as: ann, as-groups: [readers, writers]", "", "as-groups")]
    [InlineData("token: t", "proxy-url: nonsense", "proxy-url")]
    [InlineData("client-certificate: ca.pem, client-key: client.key", "", "another certificate")]
    [InlineData("client-certificate: client.pem", "", "no private key")]
    [InlineData("client-certificate: client.pem, client-key-data: '@@@'", "", "client-key-data")]
    [InlineData("client-certificate: none.pem, client-key: client.key", "", "none.pem")]
    [InlineData("token: t", "certificate-authority-data: bm9uZQ==", "certificate-authority")]
    [InlineData("token: [hidden, away]", "", "line 5")]
    public async Task What_cannot_be_used_is_told_before_anybody_is_asked(string user, string cluster, string named)
    {
        await using var server = await KubeServer.StartAsync();
        var config = server.Config(user, cluster);
        var e = Assert.Throws<SourceException>(() => Open(config));
        Assert.Equal((SourceFailure.BadAnswer, config), (e.Failure, e.SourceName));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", e.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(e.Remedy);
    }

    [Fact]
    public async Task A_pod_logs_in_with_its_service_account()
    {
        await using var server = await KubeServer.StartAsync();
        var folder = Path.GetDirectoryName(server.Certificates.Ca)!;
        Assert.Contains("KUBERNETES_SERVICE_HOST", Assert.Throws<SourceException>(() => KubeLogin.FromPod(folder)).Message, StringComparison.Ordinal);
        try
        {
            Environment.SetEnvironmentVariable("KUBERNETES_SERVICE_HOST", "127.0.0.1");
            Environment.SetEnvironmentVariable("KUBERNETES_SERVICE_PORT", server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.Contains(Path.Combine(folder, "token"), Assert.Throws<SourceException>(() => KubeLogin.FromPod(folder)).Message, StringComparison.Ordinal);
            server.Certificates.Write("token", "of-the-pod");
            File.Copy(server.Certificates.Ca, Path.Combine(folder, "ca.crt"));
            server.Accepts = login => login == "Bearer of-the-pod";
            Assert.True((await Nodes(KubernetesClusterSource.Open(KubeLogin.FromPod(folder), TimeSpan.FromSeconds(20), Unwarned))).Answered);

            server.Accepts = _ => false;
            var e = await Assert.ThrowsAsync<SourceException>(() => Nodes(KubernetesClusterSource.Open(KubeLogin.FromPod(folder), TimeSpan.FromSeconds(20), Unwarned)));
            Assert.Contains("service account", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("KUBERNETES_SERVICE_HOST", null);
            Environment.SetEnvironmentVariable("KUBERNETES_SERVICE_PORT", null);
        }
    }

    private static TransportFactory Factory => new();

    private static void Unwarned(string warning) => Assert.Fail(warning);

    private static IClusterSource Open(string config, Action<string>? onWarning = null) => Factory.OpenKubernetes(new() { ConfigFiles = [config] }, onWarning ?? Unwarned);

    private static async Task<FactResult> Nodes(IClusterSource source) => Assert.Single(await source.CollectAsync(["kube-nodes"], Cancel));

    private static string Base64(string file) => Convert.ToBase64String(File.ReadAllBytes(file));

    /// <summary>An HTTP proxy that makes tunnels.</summary>
    private sealed class ConnectProxy : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public ConnectProxy()
        {
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            _ = ServeAsync();
        }

        public int Port { get; }

        public System.Collections.Concurrent.ConcurrentQueue<string> Requests { get; } = new();

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var client = await _listener.AcceptTcpClientAsync();
                    _ = Task.Run(() => TunnelAsync(client));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // closed
            }
        }

        private async Task TunnelAsync(TcpClient client)
        {
            using (client)
            {
                var from = client.GetStream();
                var head = new StringBuilder();
                var buffer = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await from.ReadAsync(buffer) == 1) head.Append((char)buffer[0]);
                Requests.Enqueue(head.ToString());
                if (!head.ToString().Contains("Proxy-Authorization", StringComparison.OrdinalIgnoreCase))
                {
                    await from.WriteAsync("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"bench\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                    while (head.Length > 0)
                    {
                        head.Clear();
                        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await from.ReadAsync(buffer) == 1) head.Append((char)buffer[0]);
                        if (!head.ToString().Contains("Proxy-Authorization", StringComparison.OrdinalIgnoreCase)) return;
                        Requests.Enqueue(head.ToString());
                        break;
                    }
                }

                using var server = new TcpClient();
                await server.ConnectAsync(IPAddress.Loopback, int.Parse(head.ToString().Split(' ')[1].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
                await from.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
                await Task.WhenAny(from.CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(from));
            }
        }
    }
}
