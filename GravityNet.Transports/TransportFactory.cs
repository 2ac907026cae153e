using GravityNet.Sources;
using GravityNet.Transports.Etcd;
using GravityNet.Transports.Kubernetes;
using GravityNet.Transports.Ssh;
using GravityNet.Transports.Ssh.Config;
using GravityNet.Transports.Ssh.Login;

namespace GravityNet.Transports;

/// <summary>Makes the live sources: the one type that the module knows by name.</summary>
public sealed class TransportFactory : ITransportFactory
{
    /// <inheritdoc/>
    public IReadOnlyList<SshTarget> Resolve(IReadOnlyList<string> nodes, SshOptions options, Action<string> onNote)
    {
        var resolver = new SshResolver(options, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), onNote);
        return [.. nodes.Select(resolver.Resolve)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> FindLockedKeysAsync(
        IReadOnlyList<SshTarget> targets, SshOptions options, Action<string> onNote, CancellationToken cancel)
    {
        // most nodes are logged in to in one way
        var ways = targets.SelectMany(t => t.Jumps.Append(t)).DistinctBy(LoginKeys.Way).ToList();
        var found = await Task.WhenAll(ways.Select(way => Task.Run(() => LoginKeys.TryFindAsync(way, options, cancel), cancel)));
        foreach (var note in found.SelectMany(keys => keys.Passed).Distinct()) onNote(note);
        return [.. found.Where(keys => keys.Named).SelectMany(keys => keys.Locked).Distinct()];
    }

    /// <inheritdoc/>
    public Task<INodeShell> ConnectAsync(SshTarget target, SshOptions options, CancellationToken cancel) =>
        SshConnector.ConnectAsync(target, options, cancel);

    /// <inheritdoc/>
    public ILeaseSource OpenEtcd(IReadOnlyList<EtcdEndpoint> endpoints, EtcdTlsFiles? tls = null) => new EtcdLeaseSource(endpoints, tls);

    /// <inheritdoc/>
    public IClusterSource OpenKubernetes(KubeOptions options, Action<string> onWarning) => KubernetesClusterSource.Open(options, onWarning);

    /// <inheritdoc/>
    public async Task<IClusterSource> OpenKubernetesAsync(INodeShell node, string file, KubeOptions options, Action<string> onWarning, CancellationToken cancel) =>
        KubernetesClusterSource.Open(await NodeKubeConfig.ReadAsync(node, file, options, cancel), options.Timeout, onWarning);
}
