using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GravityNet.TransportTests.Bench;

/// <summary>A real etcd of one member on loopback, with both of its stores.</summary>
internal sealed class EtcdServer : IAsyncDisposable
{
    private const string Daemon = "/usr/bin/etcd";
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-etcd-").FullName;
    private Process? _process;
    private EtcdCertificates? _tls;
    private string[] _arguments = [];

    /// <summary>Where it answers clients.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>Starts an etcd; skips the test where there is none.</summary>
    public static async Task<EtcdServer> StartAsync(bool v2, EtcdCertificates? tls = null)
    {
        Assert.SkipUnless(File.Exists(Daemon), "etcd is not there: install etcd-server");
        var server = new EtcdServer();
        var port = Processes.FreePort();
        var peer = $"http://127.0.0.1:{Processes.FreePort()}";
        server.Endpoint = new Uri($"{(tls is null ? "http" : "https")}://127.0.0.1:{port}");
        server._tls = tls;
        server._arguments =
        [
            "--name", "bench", "--data-dir", server._folder, "--enable-v2=" + (v2 ? "true" : "false"), "--log-level", "error",
            "--listen-client-urls", server.Endpoint.OriginalString, "--advertise-client-urls", server.Endpoint.OriginalString,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", $"bench={peer}",
            .. tls is null ? Array.Empty<string>() : ["--client-cert-auth", "--trusted-ca-file", tls.Ca, "--cert-file", tls.Server, "--key-file", tls.ServerKey],
        ];
        await server.RunAsync();
        return server;
    }

    /// <summary>Kills it, waits, and starts it again on its data.</summary>
    public async Task RestartAsync(TimeSpan away)
    {
        await KillAsync();
        await Task.Delay(away);
        await RunAsync();
    }

    /// <summary>Stops its process in the middle of what it does, or lets it go on: connections stay open and nothing is answered.</summary>
    public void Freeze(bool isOn) => Processes.Run("kill", isOn ? "-STOP" : "-CONT", _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Sets a key of the v2 store.</summary>
    public async Task PutV2Async(string key, string value, int? ttl = null)
    {
        using var client = Client();
        var fields = new Dictionary<string, string> { ["value"] = value };
        if (ttl is { } seconds) fields["ttl"] = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var form = new FormUrlEncodedContent(fields);
        using var response = await client.PutAsync(new Uri(Endpoint, "/v2/keys" + key), form);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Sends a request to the v3 store's HTTP gateway.</summary>
    public async Task<string> V3Async(string path, string json)
    {
        using var client = Client();
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri(Endpoint, "/v3/" + path), content);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    private async Task RunAsync()
    {
        var start = new ProcessStartInfo(Daemon, _arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        await Processes.WaitForPortAsync(Endpoint.Port);
        await WaitUntilReadyAsync();
    }

    private async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private HttpClient Client()
    {
        var handler = new HttpClientHandler();
        if (_tls is not null)
        {
            handler.ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator;
            handler.ClientCertificates.Add(X509Certificate2.CreateFromPemFile(_tls.Client, _tls.ClientKey));
        }

        return new HttpClient(handler);
    }

    private async Task WaitUntilReadyAsync()
    {
        using var client = Client();
        for (var clock = Stopwatch.StartNew(); ;)
        {
            using var response = await client.GetAsync(new Uri(Endpoint, "/health"));
            if (response.IsSuccessStatusCode) return;
            if (clock.Elapsed > TimeSpan.FromSeconds(20)) response.EnsureSuccessStatusCode();
            await Task.Delay(50);
        }
    }
}
