using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Api;

/// <summary>The lab's own certificate authority and the API server's certificate.</summary>
internal static class Certificates
{
    /// <summary>Makes both.</summary>
    /// <param name="cluster">Whose addresses the server's certificate names.</param>
    /// <returns>The authority's certificate, and the server's certificate with its private key, as PEM.</returns>
    public static (string Authority, string Server) Make(ClusterPlan cluster)
    {
        var from = DateTimeOffset.UtcNow.AddMinutes(-5);
        var until = from.AddDays(7);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=gravitynet-lab-ca", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, false));
        using var authority = authorityRequest.CreateSelfSigned(from, until);

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kube-apiserver", serverKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("kubernetes");
        names.AddDnsName("kubernetes.default.svc." + ClusterPlan.Domain);
        foreach (var address in cluster.Nodes.Select(n => n.Address).Append(cluster.Kubernetes.ClusterIp).Append("127.0.0.1"))
            names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        using var server = request.Create(authority, from, until.AddSeconds(-1), RandomNumberGenerator.GetBytes(8));
        return (authority.ExportCertificatePem() + "\n", server.ExportCertificatePem() + "\n" + serverKey.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
