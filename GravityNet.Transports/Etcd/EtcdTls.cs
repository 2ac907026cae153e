using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GravityNet.Sources;
using GravityNet.Transports.Tls;

namespace GravityNet.Transports.Etcd;

/// <summary>
/// TLS to etcd: whom to trust and which certificate to show, and what a failed connection was about. etcd ends a connection without a client
/// certificate in a way that a gRPC client sees as silence, so the HTTP request that goes first has to find it out.
/// </summary>
internal sealed class EtcdTls
{
    private const string Authorities = "the authorities of etcd's certificate";
    private const string Certificate = "the client certificate for etcd";

    private readonly X509Certificate2Collection? _authorities;
    private readonly SslStreamCertificateContext? _own;

    private EtcdTls(X509Certificate2Collection? authorities, SslStreamCertificateContext? own)
    {
        _authorities = authorities;
        _own = own;
    }

    /// <summary>Reads the files.</summary>
    /// <exception cref="SourceException">A file is missing, or is not what it should be.</exception>
    public static EtcdTls Read(EtcdTlsFiles files) => From(new(
        Text(files.CaFile, Authorities, "-EtcdCaFile"), Text(files.CertFile, Certificate, "-EtcdCertFile"), Text(files.KeyFile, "its private key", "-EtcdKeyFile")));

    /// <summary>Takes the texts of the files, wherever they were read.</summary>
    /// <exception cref="SourceException">A text is not what it should be.</exception>
    public static EtcdTls From(EtcdPems? pems)
    {
        X509Certificate2Collection? authorities = null;
        if (pems?.Ca is { } ca)
        {
            authorities = [];
            Load(ca.Name, Authorities, "-EtcdCaFile", () =>
            {
                authorities.ImportFromPem(ca.Text);
                if (authorities.Count == 0) throw new CryptographicException("it holds no certificate");
            });
        }

        if (pems?.Cert is not { } cert) return new(authorities, null);
        SslStreamCertificateContext? own = null;
        Load(cert.Name, Certificate, "-EtcdCertFile", () =>
        {
            using var pem = X509Certificate2.CreateFromPem(cert.Text, (pems.Key ?? cert).Text);
            // Windows does not use a key that is in memory alone
            var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(cert.Text);
            own = SslStreamCertificateContext.Create(certificate, [.. chain.Skip(1)], offline: true);
        });
        return new(authorities, own);
    }

    /// <summary>Sets up one connection's TLS.</summary>
    /// <param name="options">The connection's options.</param>
    /// <param name="names">Names beside that of the connection which the certificate may be for.</param>
    /// <param name="seen">Takes down what happened, for <see cref="Explain"/>.</param>
    public void Configure(SslClientAuthenticationOptions options, IReadOnlyList<string> names, Handshake seen)
    {
        if (_authorities is not null) options.CertificateChainPolicy = ServerCertificate.TrustOnly(_authorities);
        if (_own is not null) options.ClientCertificateContext = _own;
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            if (errors == SslPolicyErrors.RemoteCertificateNameMismatch && certificate is X509Certificate2 server && names.Any(n => server.MatchesHostname(n))) errors = SslPolicyErrors.None;
            seen.ServerFault = ServerCertificate.Fault(certificate, chain, errors);
            return errors == SslPolicyErrors.None;
        };
        if (_own is not null) return;
        options.LocalCertificateSelectionCallback = (_, _, _, remote, _) =>
        {
            // called without the server's certificate before anything is sent, and with it when the server asks for ours
            if (remote is not null) seen.ClientAsked = true;
            return null!;
        };
    }

    /// <summary>Why a TLS connection failed; null where TLS was not what failed.</summary>
    public SourceException? Explain(string endpoint, Handshake seen, Exception failure)
    {
        // without a connection there was no TLS
        if (failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }) return null;
        var deepest = failure;
        while (deepest.InnerException is { } inner) deepest = inner;

        if (seen.ServerFault.Length > 0)
        {
            return Problem(
                $"The certificate of etcd at {endpoint} is not trusted: {seen.ServerFault}.",
                _authorities is null
                    ? "Name the authority of etcd's certificate with -EtcdCaFile."
                    : "See whether -EtcdCaFile is the authority of this etcd, and use the host name or address that its certificate is for.");
        }

        if (seen.ClientAsked)
        {
            return Problem($"etcd at {endpoint} asks for a client certificate, and none was given.", "Give one with -EtcdCertFile and -EtcdKeyFile.");
        }

        // etcd's certificate was good and the connection ended all the same: what is left is ours.
        if (_own is not null && seen.Checked)
        {
            return Problem(
                $"etcd at {endpoint} does not accept the client certificate '{_own.TargetCertificate.Subject}' ({deepest.Message.TrimEnd('.')}).",
                "See whether its authority is the one that this etcd trusts, whether it is still valid, and whether it is made for clients.");
        }

        return failure is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            ? Problem($"etcd at {endpoint} does not speak TLS ({deepest.Message.TrimEnd('.')}).", "See whether http or https is the right one in -Etcd.")
            : null;

        SourceException Problem(string message, string remedy) => new(SourceFailure.AuthenticationFailed, endpoint, message, remedy, failure);
    }

    private static PemText? Text(string? file, string what, string parameter)
    {
        if (file is null) return null;
        PemText? text = null;
        Load(file, what, parameter, () => text = new(file, File.Exists(file) ? File.ReadAllText(file) : throw new CryptographicException("it does not exist")));
        return text;
    }

    private static void Load(string name, string what, string parameter, Action load)
    {
        try
        {
            load();
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SourceException(
                SourceFailure.BadAnswer,
                name,
                $"'{name}' cannot be used as {what}: {failure.Message.TrimEnd('.')}.",
                $"Name a PEM file with {parameter}; a private key must not be encrypted and must belong to the certificate.",
                failure);
        }
    }

    /// <summary>What was seen of one connection's TLS.</summary>
    internal sealed class Handshake
    {
        private string? _serverFault;

        /// <summary>What is wrong with etcd's certificate; empty for nothing, or where it was not seen.</summary>
        public string ServerFault
        {
            get => _serverFault ?? "";
            set => _serverFault = value;
        }

        /// <summary>Whether etcd's certificate was seen.</summary>
        public bool Checked => _serverFault is not null;

        /// <summary>Whether etcd asked for a certificate of ours while there was none.</summary>
        public bool ClientAsked { get; set; }
    }
}
