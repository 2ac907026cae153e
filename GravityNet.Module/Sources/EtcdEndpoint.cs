namespace GravityNet.Sources;

/// <summary>Where an etcd is asked.</summary>
/// <param name="address">A client URL, http or https.</param>
public sealed class EtcdEndpoint(Uri address)
{
    /// <summary>The client URL; with a <see cref="Node"/> as that node sees it.</summary>
    public Uri Address => address;

    /// <summary>The node that the connection starts at; null for this machine.</summary>
    public INodeShell? Node { get; init; }

    /// <summary>Names beside the URL's host that etcd's certificate may be for: those of the node, whose key SSH has checked.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Certificates that were read elsewhere than from files of this machine; null for none.</summary>
    public EtcdPems? Pems { get; init; }

    /// <summary>A URL that is reached from here.</summary>
    public static implicit operator EtcdEndpoint(Uri address) => FromUri(address);

    /// <inheritdoc cref="op_Implicit"/>
    public static EtcdEndpoint FromUri(Uri address) => new(address);

    /// <summary>The URL, and the node.</summary>
    public override string ToString() => address.GetLeftPart(UriPartial.Authority) + (Node is null ? "" : $" on {Node.Node}");
}

/// <summary>The texts of PEM files for etcd over TLS. A class that prints nothing: one of them is a private key.</summary>
/// <param name="ca">The authorities that etcd's certificate is checked against; null for those that the machine trusts.</param>
/// <param name="cert">Our certificate, with the intermediate ones after it where there are any; null for none.</param>
/// <param name="key">Its private key, not encrypted; null where it stands in <paramref name="cert"/>.</param>
public sealed class EtcdPems(PemText? ca, PemText? cert, PemText? key)
{
    /// <summary>The authorities.</summary>
    public PemText? Ca => ca;

    /// <summary>Our certificate.</summary>
    public PemText? Cert => cert;

    /// <summary>Its private key.</summary>
    public PemText? Key => key;
}

/// <summary>A PEM file's text.</summary>
/// <param name="name">What to call the file in errors: its path, with the node where it is another's.</param>
/// <param name="text">The text.</param>
public sealed class PemText(string name, string text)
{
    /// <summary>What to call it.</summary>
    public string Name => name;

    /// <summary>The text, which may be secret.</summary>
    public string Text => text;

    /// <summary>The name.</summary>
    public override string ToString() => name;
}
