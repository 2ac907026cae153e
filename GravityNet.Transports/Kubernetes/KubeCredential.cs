using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GravityNet.Transports.Kubernetes;

/// <summary>What a login shows to the API: a bearer token, a client certificate, both or nothing.</summary>
/// <param name="Token">The token; null for none.</param>
/// <param name="CertificatePem">The client certificate, its intermediates behind it, as PEM; null for none.</param>
/// <param name="KeyPem">The certificate's private key as PEM; null for none.</param>
/// <param name="Expires">When whoever gave it says that it ends; null where that is not said.</param>
internal sealed record KubeCredential(string? Token, string? CertificatePem, string? KeyPem, DateTimeOffset? Expires = null)
{
    /// <summary>Reads the certificate and its key.</summary>
    /// <returns>The certificate, then its intermediates; empty where there is none.</returns>
    /// <exception cref="CryptographicException">The texts are no certificate and key, or do not belong together.</exception>
    public X509Certificate2Collection Certificates()
    {
        var all = new X509Certificate2Collection();
        if (CertificatePem is null) return all;
        if (KeyPem is null) throw new CryptographicException("it has no private key");
        if (KeyPem.Contains("ENCRYPTED", StringComparison.Ordinal)) throw new CryptographicException("its private key is encrypted");
        all.ImportFromPem(CertificatePem);
        using var pem = Pair(CertificatePem, KeyPem);
        // Windows does not use a key that is in memory alone
        all[0] = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        return all;
    }

    /// <summary>Never the secrets themselves.</summary>
    public override string ToString() => "a login";

    private static X509Certificate2 Pair(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (ArgumentException failure)
        {
            throw new CryptographicException("its private key is that of another certificate", failure);
        }
    }
}
