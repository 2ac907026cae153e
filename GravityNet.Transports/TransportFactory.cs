using GravityNet.Sources;
using GravityNet.Transports.Etcd;
using GravityNet.Transports.Kubernetes;
using GravityNet.Transports.Ssh;

namespace GravityNet.Transports;

/// <summary>Makes the live sources: the one type that the module knows by name.</summary>
public sealed class TransportFactory : ITransportFactory
{
    /// <inheritdoc/>
    public Task<INodeShell> ConnectAsync(SshTarget target, SshOptions options, CancellationToken cancel) =>
        SshConnector.ConnectAsync(target, options, cancel);

    /// <inheritdoc/>
    public ILeaseSource OpenEtcd(IReadOnlyList<Uri> endpoints) => new EtcdLeaseSource(endpoints);

    /// <inheritdoc/>
    public IClusterSource OpenKubernetes(string path, string? context) => KubernetesClusterSource.Open(path, context);
}
