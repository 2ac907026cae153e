using GravityNet.Labs.Api;

namespace GravityNet.Labs.Parts;

/// <summary>The certificates of an etcd that asks its clients for theirs, where Gravity keeps them: on each node.</summary>
internal static class EtcdTls
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes them, and writes them to the nodes and to the lab's folder.</summary>
    /// <param name="state">The lab's folder.</param>
    /// <param name="authority">Whom etcd and its clients trust.</param>
    /// <param name="hosts">The nodes, first the one that etcd runs on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<EtcdTlsStatus> WriteAsync(StateFolder state, CertificateAuthority authority, IReadOnlyList<NodeHost> hosts, CancellationToken cancellationToken)
    {
        var (certificate, key) = authority.Issue("CN=etcd", "localhost", "127.0.0.1", hosts[0].Plan.Address, hosts[0].Plan.Name);
        (string Path, string Text)[] files = [(state.EtcdCa, authority.Certificate), (state.EtcdCertificate, certificate), (state.EtcdKey, key)];
        foreach (var (path, text) in files)
        {
            await File.WriteAllTextAsync(path, text, cancellationToken);
            File.SetUnixFileMode(path, Secret);
        }

        await Task.WhenAll(hosts.Select(async host =>
        {
            await host.OverlayVarAsync(cancellationToken);
            await host.RunAsync($"mkdir -p -m 700 {Planet.Secrets}", cancellationToken);
            foreach (var (path, text) in files)
                host.Write($"{Planet.Secrets}/{Path.GetFileName(path)}", text, Secret);
        }));
        return new EtcdTlsStatus(state.EtcdCa, state.EtcdCertificate, state.EtcdKey, Planet.Secrets);
    }
}
