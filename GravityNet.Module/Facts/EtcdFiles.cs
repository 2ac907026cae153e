namespace GravityNet.Facts;

/// <summary>Where a node keeps the PEM files that etcd's clients on it show.</summary>
/// <param name="Ca">The authority of etcd's certificate.</param>
/// <param name="Cert">A client's certificate.</param>
/// <param name="Key">Its private key.</param>
public sealed record EtcdFiles(string Ca, string Cert, string Key)
{
    /// <summary>
    /// The known places, the first that a node has is used: Gravity (its secrets, which Planet sees as <c>/var/state</c>), kubeadm (the API server's
    /// certificate, else that of etcd's own health check), k3s and RKE2 (embedded etcd).
    /// </summary>
    public static IReadOnlyList<EtcdFiles> Known { get; } =
    [
        new("/var/lib/gravity/secrets/root.cert", "/var/lib/gravity/secrets/etcd.cert", "/var/lib/gravity/secrets/etcd.key"),
        new("/etc/kubernetes/pki/etcd/ca.crt", "/etc/kubernetes/pki/apiserver-etcd-client.crt", "/etc/kubernetes/pki/apiserver-etcd-client.key"),
        new("/etc/kubernetes/pki/etcd/ca.crt", "/etc/kubernetes/pki/etcd/healthcheck-client.crt", "/etc/kubernetes/pki/etcd/healthcheck-client.key"),
        new("/var/lib/rancher/k3s/server/tls/etcd/server-ca.crt", "/var/lib/rancher/k3s/server/tls/etcd/client.crt", "/var/lib/rancher/k3s/server/tls/etcd/client.key"),
        new("/var/lib/rancher/rke2/server/tls/etcd/server-ca.crt", "/var/lib/rancher/rke2/server/tls/etcd/client.crt", "/var/lib/rancher/rke2/server/tls/etcd/client.key"),
    ];
}
