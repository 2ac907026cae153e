using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace GravityNet.Labs.Api;

/// <summary>Who may ask the API what: who has the token or a certificate of the lab's authority everything, who has the other token nodes only.</summary>
internal sealed class Callers : IDisposable
{
    private readonly X509Certificate2 _authority;
    private readonly string _token;
    private readonly string _nodesToken;

    /// <summary>Reads what they show.</summary>
    public Callers(StateFolder state)
    {
        _authority = X509Certificate2.CreateFromPem(File.ReadAllText(state.ApiAuthority));
        _token = File.ReadAllText(state.ApiToken);
        _nodesToken = File.ReadAllText(state.ApiNodesToken);
    }

    /// <summary>The user who asks, or null for a stranger.</summary>
    public string? Name(HttpContext context)
    {
        // as a real server's, the token of a request goes before the certificate of its connection
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length > 0)
            return header == "Bearer " + _token ? "admin" : header == "Bearer " + _nodesToken ? "nodes-only" : null;
        return context.Connection.ClientCertificate is { } certificate && IsTrusted(certificate)
            ? certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)
            : null;
    }

    /// <summary>Whether a user may read a resource.</summary>
    public static bool MayRead(string user, string resource) => user != "nodes-only" || resource == "nodes";

    /// <inheritdoc/>
    public void Dispose() => _authority.Dispose();

    private bool IsTrusted(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.2"));
        return chain.Build(certificate);
    }
}
