namespace GravityNet;

/// <summary>A home of flannel's leases to read.</summary>
public enum LeaseSource
{
    /// <summary>All homes that the connection reaches, compared with each other.</summary>
    Auto,

    /// <summary>etcd's v2 store.</summary>
    EtcdV2,

    /// <summary>etcd's v3 store.</summary>
    EtcdV3,

    /// <summary>The annotations of the Kubernetes nodes.</summary>
    Kubernetes,
}
