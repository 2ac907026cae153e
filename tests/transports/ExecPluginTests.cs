using System.Diagnostics;
using System.Text.Json;
using GravityNet.Facts;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

/// <summary>Exec plugins of a kubeconfig: real programs, good and bad ones.</summary>
public sealed class ExecPluginTests : IAsyncLifetime
{
    private const string Secret = "eyJhbGciOiJSUzI1NiJ9.c2VjcmV0LXRva2VuLTEyMw.c2lnbmF0dXJl";
    private KubeServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "plugins of these tests are shell scripts");
        _server = await KubeServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task A_plugin_gets_its_arguments_variables_and_the_cluster_and_its_token_is_shown(string version)
    {
        var file = Path.Combine(Folder, "seen");
        _server.Plugin("plugin", $"""
            printf '%s|' "$@" "$COLOUR" > {file}
            printf '%s' "$KUBERNETES_EXEC_INFO" > {file}.json
            {Print(version, "secret")}
            """);
        _server.Accepts = login => login == "Bearer secret";
        var config = Config(version, "./plugin", """args: ["--name", "two words", "$(id)", "it's"], env: [{ name: COLOUR, value: "dark blue" }], provideClusterInfo: true""");
        Assert.True((await Nodes(config)).Answered);
        Assert.Equal("--name|two words|$(id)|it's|dark blue|", await File.ReadAllTextAsync(file, Cancel));
        var info = JsonDocument.Parse(await File.ReadAllTextAsync(file + ".json", Cancel)).RootElement;
        Assert.Equal(("client.authentication.k8s.io/" + version, "ExecCredential"), (info.GetProperty("apiVersion").GetString(), info.GetProperty("kind").GetString()));
        var spec = info.GetProperty("spec");
        Assert.False(spec.GetProperty("interactive").GetBoolean());
        Assert.Equal(_server.Url, spec.GetProperty("cluster").GetProperty("server").GetString());
        Assert.Equal(await File.ReadAllBytesAsync(_server.Certificates.Ca, Cancel), spec.GetProperty("cluster").GetProperty("certificate-authority-data").GetBytesFromBase64());
    }

    [Fact]
    public async Task A_plugins_client_certificate_is_shown()
    {
        _server.Plugin("plugin", $$$"""
            pem() { sed ':a;N;$!ba;s/\n/\\n/g' "$1"; }
            printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientCertificateData":"%s","clientKeyData":"%s"}}' \
                "$(pem {{{_server.Certificates.Client}}})" "$(pem {{{_server.Certificates.ClientKey}}})"
            """);
        _server.Accepts = login => login == "CN=client";
        Assert.True((await Nodes(Config("v1", "./plugin"))).Answered);
    }

    [Fact]
    public async Task A_login_is_used_until_it_ends_or_is_refused()
    {
        var count = Path.Combine(Folder, "count");
        _server.Plugin("plugin", $"""
            echo x >> {count}
            {Print("v1", "token-$(wc -l < " + count + ")", "$(cat " + count + ".end)")}
            """);
        await File.WriteAllTextAsync(count + ".end", Utc(TimeSpan.FromHours(1)), Cancel);
        var source = Open(Config("v1", "./plugin"));
        await Nodes(source);
        await Nodes(source);
        Assert.Equal(["Bearer token-1", "Bearer token-1"], Logins());

        // taken back before its time: the plugin is asked once more, and not for ever
        _server.Accepts = login => login != "Bearer token-1";
        await File.WriteAllTextAsync(count + ".end", Utc(TimeSpan.FromSeconds(10)), Cancel);
        Assert.True((await Nodes(source)).Answered);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], Logins().Skip(2));

        // this one ends within seconds, so that the next question needs another
        Assert.True((await Nodes(source)).Answered);
        Assert.Equal(["Bearer token-3"], Logins().Skip(4));

        _server.Accepts = _ => false;
        var e = await Assert.ThrowsAsync<SourceException>(() => Nodes(source));
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
        Assert.Equal(7, Logins().Count());
        Assert.DoesNotContain("token-", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_hangs_is_ended_with_its_children()
    {
        var (own, child, left) = (Processes.NextSleep(), Processes.NextSleep(), Processes.NextSleep());
        _server.Plugin("plugin", $"(sleep {left} &); sleep {child} & echo 'please open https://login.test in a browser' >&2; sleep {own}");
        var e = await Assert.ThrowsAsync<SourceException>(() => Nodes(Open(Config("v1", "./plugin"), TimeSpan.FromSeconds(2))));
        Assert.Equal(SourceFailure.TimedOut, e.Failure);
        Assert.Contains("'./plugin' of the user 'joe' of the context 'bench'", e.Message, StringComparison.Ordinal);
        Assert.Contains("2 s", e.Message, StringComparison.Ordinal);
        Assert.Contains("please open https://login.test in a browser", e.Message, StringComparison.Ordinal);
        foreach (var sleep in new[] { own, child, left }) Assert.Equal(0, await Processes.WaitForAsync(sleep, 0, TimeSpan.FromSeconds(5)));
        Assert.Empty(_server.Seen);
    }

    [Fact]
    public async Task A_stop_ends_the_plugin_at_once()
    {
        var sleep = Processes.NextSleep();
        _server.Plugin("plugin", $"sleep {sleep}; true");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var asking = Open(Config("v1", "./plugin")).CollectAsync(["kube-nodes"], stop.Token);
        Assert.Equal(1, await Processes.WaitForAsync(sleep, 1, TimeSpan.FromSeconds(10)));
        var clock = Stopwatch.StartNew();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
        Assert.Equal(0, await Processes.WaitForAsync(sleep, 0, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task What_a_plugin_leaves_behind_neither_holds_up_the_answer_nor_stays()
    {
        var sleep = Processes.NextSleep();
        _server.Plugin("plugin", $"sleep {sleep} & {Print("v1", "secret")}");
        var clock = Stopwatch.StartNew();
        Assert.True((await Nodes(Config("v1", "./plugin"))).Answered);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
        Assert.Equal(0, await Processes.WaitForAsync(sleep, 0, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_plugin_has_nobody_to_ask()
    {
        // neither on its input nor on the terminal that this process may have
        _server.Plugin("plugin", $"""
            if read answer; then exit 3; fi
            if (read answer < /dev/tty) 2>/dev/null; then exit 4; fi
            {Print("v1", "secret")}
            """);
        Assert.True((await Nodes(Config("v1", "./plugin"))).Answered);
    }

    [Fact]
    public async Task A_plugin_that_fails_is_told_in_its_own_words_without_secrets()
    {
        _server.Plugin("plugin", $"""
            printf 'debug: token={Secret}\n\033[31mpassword: "hunter-22"\033[0m got {Secret} and %s\n' "$PIN" >&2
            echo '-----BEGIN PRIVATE KEY-----' >&2; echo MIIE >&2; echo '-----END PRIVATE KEY-----' >&2
            echo 'the session has expired: run "cloud login" again' >&2
            {Print("v1", Secret)}
            exit 7
            """);
        var e = await Assert.ThrowsAsync<SourceException>(() => Nodes(Config("v1", "./plugin", "env: [{ name: PIN, value: 'my-private-pin' }]")));
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
        Assert.Contains("exit code 7", e.Message, StringComparison.Ordinal);
        Assert.Contains("the session has expired: run \"cloud login\" again", e.Message, StringComparison.Ordinal);
        foreach (var secret in new[] { Secret, "c2VjcmV0", "hunter-22", "my-private-pin", "MIIE", "\u001b" }) Assert.DoesNotContain(secret, e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo 'eyJhbGciOiJSUzI1NiJ9 oops'", "something else than JSON")]
    [InlineData("true", "printed nothing")]
    [InlineData("echo '[1]'", "no ExecCredential")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"eyJhbGciOiJSUzI1NiJ9"}}'""", "v1beta1")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientCertificateData":"eyJhbGciOiJSUzI1NiJ9"}}'""", "neither a token")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}'""", "without a status")]
    [InlineData("head -c 3000000 /dev/zero | tr '\\0' x", "more than")]
    public async Task A_plugin_that_prints_something_else_is_told(string script, string expected)
    {
        _server.Plugin("plugin", script);
        var e = await Assert.ThrowsAsync<SourceException>(() => Nodes(Config("v1", "./plugin")));
        Assert.Equal(SourceFailure.BadAnswer, e.Failure);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJhbGciOiJSUzI1NiJ9", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_is_not_there_is_told_with_its_hint()
    {
        var e = await Assert.ThrowsAsync<SourceException>(() => Nodes(Config("v1", "no-such-plugin-here", "installHint: \"Get it\\n from the shop.\"")));
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
        Assert.Contains("'no-such-plugin-here'", e.Message, StringComparison.Ordinal);
        Assert.Equal("Get it from the shop", e.Remedy.TrimEnd('.'));
    }

    [Theory]
    [InlineData("v1alpha1", "./plugin", "", "v1alpha1")]
    [InlineData("v1", "", "", "no command")]
    [InlineData("v1", "./plugin", "interactiveMode: Always", "terminal")]
    public void A_plugin_that_cannot_be_used_here_is_told_before_anybody_is_asked(string version, string command, string more, string expected)
    {
        var e = Assert.Throws<SourceException>(() => Open(Config(version, command, more)));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    private string Folder => Path.GetDirectoryName(_server.Certificates.Ca)!;

    private IEnumerable<string> Logins() => _server.Seen.Select(s => s.Login);

    private static string Utc(TimeSpan later) => (DateTimeOffset.UtcNow + later).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    // the values are expanded by the plugin's shell
    private static string Print(string version, string token, string expires = "") =>
        $$$"""printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/{{{version}}}","status":{"expirationTimestamp":"%s","token":"%s"}}' "{{{expires}}}" "{{{token}}}" """;

    private string Config(string version, string command, string more = "") =>
        _server.Config($"exec: {{ apiVersion: client.authentication.k8s.io/{version}, command: \"{command}\"{(more.Length > 0 ? ", " + more : "")} }}");

    private static IClusterSource Open(string config, TimeSpan? patience = null) =>
        new TransportFactory().OpenKubernetes(new() { ConfigFiles = [config], Timeout = patience ?? TimeSpan.FromSeconds(30) }, _ => { });

    private static Task<FactResult> Nodes(string config) => Nodes(Open(config));

    private static async Task<FactResult> Nodes(IClusterSource source) => Assert.Single(await source.CollectAsync(["kube-nodes"], Cancel));
}
