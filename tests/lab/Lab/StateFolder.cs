namespace GravityNet.Labs;

/// <summary>The folder with the lab's files, and their names.</summary>
/// <param name="Path">The folder's full path; it also marks the lab's processes, so two labs with two folders live side by side.</param>
internal sealed record StateFolder(string Path)
{
    /// <summary>The file with the id of the process that holds the outside namespace.</summary>
    public string OutsidePid => File("outside.pid");

    /// <summary>The file that `lab status` prints.</summary>
    public string Status => File("status.json");

    /// <summary>The client's private key.</summary>
    public string ClientKey => File("client_key");

    /// <summary>The nodes' host keys.</summary>
    public string KnownHosts => File("known_hosts");

    /// <summary>The API's client configuration.</summary>
    public string KubeConfig => File("kubeconfig");

    /// <summary>The certificate and key of the API server.</summary>
    public string ApiCertificate => File("api.pem");

    /// <summary>The certificate of the authority that the API and its clients trust.</summary>
    public string ApiAuthority => File("api-ca.pem");

    /// <summary>The token that the API accepts.</summary>
    public string ApiToken => File("api.token");

    /// <summary>The token that the API accepts for nodes only.</summary>
    public string ApiNodesToken => File("api.nodes-token");

    /// <summary>The API's client configuration with a client certificate.</summary>
    public string KubeConfigWithCertificate => File("kubeconfig-certificate");

    /// <summary>The API's client configuration of someone who may read nodes only.</summary>
    public string KubeConfigForNodes => File("kubeconfig-nodes");

    /// <summary>The certificate of the authority that etcd and its clients trust.</summary>
    public string EtcdCa => File("root.cert");

    /// <summary>The certificate of etcd and its clients.</summary>
    public string EtcdCertificate => File("etcd.cert");

    /// <summary>Its private key.</summary>
    public string EtcdKey => File("etcd.key");

    /// <summary>The objects that the API serves.</summary>
    public string ApiObjects => File("objects.json");

    /// <summary>A file in the folder.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);
}
