using System.Net;
using System.Net.Security;
using GravityNet.Transports.Tls;
using k8s;

namespace GravityNet.Transports.Kubernetes;

/// <summary>
/// One login's connections to the API. The check of the server's certificate is .NET's own: that of the client library overlooks a certificate for
/// another host when its authority is a private one.
/// </summary>
internal sealed class KubeClient : IDisposable
{
    private readonly SslStreamCertificateContext? _own;

    /// <summary>Sets the connections up; nothing is sent.</summary>
    /// <exception cref="Sources.SourceException">A file that the login names cannot be used.</exception>
    public KubeClient(KubeLogin login, KubeCredential credential)
    {
        var authorities = login.Authorities();
        var certificates = login.Certificates(credential);
        if (certificates.Count > 0) _own = SslStreamCertificateContext.Create(certificates[0], [.. certificates.Skip(1)], offline: true);
        Api = new(new KubernetesClientConfiguration
        {
            Host = login.Server.AbsoluteUri,
            TlsServerName = login.TlsServerName,
            SkipTlsVerify = login.SkipTlsVerify,
            AccessToken = credential.Token,
            Username = login.Password?.Name,
            Password = login.Password?.Password,
            FirstMessageHandlerSetup = handler =>
            {
                // a redirected login would be shown to another server
                handler.AllowAutoRedirect = false;
                if (login.Node is { } node)
                {
                    handler.UseProxy = false;
                    handler.ConnectCallback = async (connection, cancel) => await node.OpenStreamAsync(connection.DnsEndPoint.Host, connection.DnsEndPoint.Port, cancel);
                }
                else if (login.Proxy is { } proxy)
                {
                    handler.Proxy = Through(proxy);
                }

                if (authorities is not null) handler.SslOptions.CertificateChainPolicy = ServerCertificate.TrustOnly(authorities);
                if (_own is not null) handler.SslOptions.ClientCertificateContext = _own;
                handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    ServerFault = ServerCertificate.Fault(certificate, chain, errors);
                    return errors == SslPolicyErrors.None;
                };
            },
        });
        foreach (var (name, value) in login.Impersonation) Api.HttpClient.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
    }

    /// <summary>The client library's part.</summary>
    public k8s.Kubernetes Api { get; }

    /// <summary>What is wrong with the server's certificate; empty for nothing, or where it was not seen.</summary>
    public string ServerFault { get; private set; } = "";

    /// <summary>Since when the client certificate has not been valid any more; null where it is, or there is none.</summary>
    public DateTime? Expired => _own?.TargetCertificate.NotAfter is { } end && end < DateTime.Now ? end.ToUniversalTime() : null;

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        Api.Dispose();
        _own?.TargetCertificate.Dispose();
    }

    private static WebProxy Through(Uri proxy)
    {
        var through = new WebProxy(new UriBuilder(proxy) { UserName = "", Password = "" }.Uri);
        if (proxy.UserInfo.Length > 0)
        {
            var parts = proxy.UserInfo.Split(':', 2);
            through.Credentials = new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
        }

        return through;
    }
}
