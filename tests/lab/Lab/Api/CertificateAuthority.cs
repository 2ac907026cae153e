using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GravityNet.Labs.Api;

/// <summary>A certificate authority of the lab's own, for a week.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly DateTimeOffset _from = DateTimeOffset.UtcNow.AddMinutes(-5);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    /// <summary>Makes one.</summary>
    /// <param name="name">Its common name.</param>
    public CertificateAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _certificate = request.CreateSelfSigned(_from, _from.AddDays(7));
    }

    /// <summary>Its certificate as PEM.</summary>
    public string Certificate => _certificate.ExportCertificatePem() + "\n";

    /// <summary>Issues a certificate for clients, and for servers too where there are names.</summary>
    /// <param name="subject">The subject, such as CN=admin.</param>
    /// <param name="hosts">The server's names and addresses.</param>
    /// <returns>The certificate and its private key as PEM.</returns>
    public (string Certificate, string Key) Issue(string subject, params IReadOnlyList<string> hosts)
    {
        // RSA keys in their old form, as Gravity and kubeadm write them
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        OidCollection uses = [new Oid(ClientUse)];
        if (hosts.Count > 0)
        {
            uses.Add(new Oid(ServerUse));
            var names = new SubjectAlternativeNameBuilder();
            foreach (var host in hosts)
            {
                if (IPAddress.TryParse(host, out var address))
                    names.AddIpAddress(address);
                else
                    names.AddDnsName(host);
            }

            request.CertificateExtensions.Add(names.Build());
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        var signer = X509SignatureGenerator.CreateForECDsa(_key);
        using var issued = request.Create(_certificate.SubjectName, signer, _from, _from.AddDays(7).AddSeconds(-1), RandomNumberGenerator.GetBytes(8));
        return (issued.ExportCertificatePem() + "\n", key.ExportRSAPrivateKeyPem() + "\n");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
