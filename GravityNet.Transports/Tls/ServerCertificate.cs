using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace GravityNet.Transports.Tls;

/// <summary>What a server's certificate is checked against, and what is wrong with one.</summary>
internal static class ServerCertificate
{
    /// <summary>Trust in these authorities alone. Stores of this kind publish no revocations.</summary>
    public static X509ChainPolicy TrustOnly(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>Says what is wrong with a certificate; empty for nothing.</summary>
    public static string Fault(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return "";
        if (certificate is null) return "it showed none";
        var reasons = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) reasons.Add("it is for another host");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            reasons.AddRange((chain?.ChainStatus ?? []).Select(s => s.StatusInformation.Trim().TrimEnd('.')).Distinct());
            if (reasons.Count == 0) reasons.Add("its chain does not end at a trusted authority");
        }

        return $"{string.Join("; ", reasons)} (subject {certificate.Subject}, issuer {certificate.Issuer})";
    }
}
