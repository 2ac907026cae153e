using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace GravityNet.TransportTests.Bench;

/// <summary>
/// A Kubernetes API of a few answers behind real TLS on loopback: it takes the bearer tokens and client certificates that the test allows, and
/// serves what the test makes.
/// </summary>
internal sealed class KubeServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private KubeServer(WebApplication app, EtcdCertificates certificates, int port)
    {
        _app = app;
        Certificates = certificates;
        Port = port;
    }

    /// <summary>Its certificates, its clients', and a folder for further files.</summary>
    public EtcdCertificates Certificates { get; }

    public int Port { get; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{Port}");

    /// <summary>The requests so far: path and query, and who asked.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<(string Request, string Login, string Host, string ActingAs)> Seen { get; } = new();

    /// <summary>The logins that are accepted: <c>Bearer TOKEN</c>, <c>Basic …</c>, or the subject of a client certificate; null for all.</summary>
    public Func<string, bool> Accepts { get; set; } = _ => true;

    /// <summary>What is answered.</summary>
    public Func<HttpRequest, (int Status, string Body)> Answers { get; set; } = Lists.Empty;

    /// <summary>Starts to answer.</summary>
    /// <param name="host">The name or address that its certificate is for.</param>
    public static async Task<KubeServer> StartAsync(string host = "127.0.0.1")
    {
        var files = new EtcdCertificates(host);
        var port = Processes.FreePort();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(files.Server, files.ServerKey);
            // a real API server asks for a certificate, and judges it by itself
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = (_, _, _) => true;
        })));
        var app = builder.Build();
        var server = new KubeServer(app, files, port);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>A kubeconfig of one context, <c>bench</c>.</summary>
    /// <param name="user">The user's fields, as YAML of one line: <c>token: secret</c>.</param>
    /// <param name="cluster">Further fields of the cluster.</param>
    public string Config(string user, string cluster = "") => Certificates.Write(
        $"config-{Guid.NewGuid():N}",
        $$"""
        apiVersion: v1
        kind: Config
        current-context: bench
        clusters: [{ name: bench, cluster: { server: "{{Url}}", certificate-authority: ca.pem{{(cluster.Length > 0 ? ", " + cluster : "")}} } }]
        users: [{ name: joe, user: { {{user}} } }]
        contexts: [{ name: bench, context: { cluster: bench, user: joe } }]
        """);

    /// <summary>A program of the shell's, as an exec plugin.</summary>
    public string Plugin(string name, string script)
    {
        var path = Certificates.Write(name, "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Certificates.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var login = context.Connection.ClientCertificate is { } certificate
            ? certificate.NotAfter < DateTime.Now ? "expired" : certificate.Subject
            : request.Headers.Authorization.ToString();
        Seen.Enqueue((request.Path + request.QueryString, login, request.Host.Host, string.Join(' ', request.Headers.Where(h => h.Key.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase)).SelectMany(h => h.Value).Order())));
        var (status, body) = Accepts(login) ? Answers(request) : (401, Lists.Status(401, "Unauthorized", "Unauthorized"));
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }
}

/// <summary>What an API answers, as text.</summary>
internal static class Lists
{
    /// <summary>Each list, empty.</summary>
    public static (int Status, string Body) Empty(HttpRequest request) => (200, List("", []));

    /// <summary>A page of a list.</summary>
    public static string List(string next, IEnumerable<string> items) =>
        $$$"""{"kind":"List","apiVersion":"v1","metadata":{"continue":"{{{next}}}"},"items":[{{{string.Join(',', items)}}}]}""";

    /// <summary>An object with a name.</summary>
    public static string Named(string name) => $$$"""{"metadata":{"name":"{{{name}}}","namespace":"default"}}""";

    /// <summary>A refusal in the API's form.</summary>
    public static string Status(int code, string reason, string message) =>
        $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{code}}}""";
}
