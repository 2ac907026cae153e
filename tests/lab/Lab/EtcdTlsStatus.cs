namespace GravityNet.Labs;

/// <summary>What a client of an etcd needs that asks for certificates.</summary>
/// <param name="CaFile">The authority's certificate, in the lab's folder.</param>
/// <param name="CertFile">The client's certificate, in the lab's folder.</param>
/// <param name="KeyFile">Its private key, in the lab's folder.</param>
/// <param name="NodeDirectory">The folder of the first node where Gravity keeps the same three, as root.cert, etcd.cert and etcd.key.</param>
public sealed record EtcdTlsStatus(string CaFile, string CertFile, string KeyFile, string NodeDirectory);
