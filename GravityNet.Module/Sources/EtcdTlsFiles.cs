namespace GravityNet.Sources;

/// <summary>
/// The PEM files for etcd over TLS. Gravity keeps its own under <c>/var/lib/gravity/secrets</c>.
/// </summary>
/// <param name="CaFile">The authorities that etcd's certificate is checked against; null for those that the machine trusts.</param>
/// <param name="CertFile">Our certificate, with the intermediate ones after it where there are any; null for none.</param>
/// <param name="KeyFile">Its private key, not encrypted; null where it stands in <paramref name="CertFile"/>.</param>
public sealed record EtcdTlsFiles(string? CaFile, string? CertFile, string? KeyFile);
