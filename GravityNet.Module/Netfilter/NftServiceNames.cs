namespace GravityNet.Netfilter;

/// <summary>
/// The names that kube-proxy in nftables mode gives a service port's chains (<c>pkg/proxy/nftables</c> of Kubernetes): a word, the first 8 characters of the base32 of a
/// SHA-256, and what that is the sum of: <c>service-ULMVA6XW-ns1/svc1/tcp/p80</c>.
/// </summary>
internal static class NftServiceNames
{
    /// <summary>The table, in the families ip and ip6.</summary>
    public const string Table = "kube-proxy";

    // the same hash as the chains' of iptables, cut shorter
    private const int HashLength = 8;

    /// <summary>The words before the hash, of a service port's own chains.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["service", "local", "external", "firewall"];

    /// <summary>The name of a service port's chain.</summary>
    /// <param name="kind"><c>service</c>: all endpoints; <c>local</c>: those of the node; <c>external</c>: traffic from outside; <c>firewall</c>: who may send it.</param>
    /// <param name="namespace">The service's namespace.</param>
    /// <param name="service">The service's name.</param>
    /// <param name="protocol">tcp, udp or sctp.</param>
    /// <param name="portName">The port's name; empty where it has none.</param>
    public static string Chain(string kind, string @namespace, string service, string protocol, string portName)
    {
        var words = $"{@namespace}/{service}/{protocol}/{portName}";
        return $"{kind}-{KubeChainNames.Hash(words)[..HashLength]}-{words}";
    }

    /// <summary>Takes a chain's name apart; false for a name that is none of a service port's, or was cut as it was too long.</summary>
    public static bool TryRead(string chain, out string kind, out ServicePortKey key)
    {
        (kind, key) = ("", new("", "", "", ""));
        var parts = chain.Split('-', 3);
        if (parts.Length < 3 || !Kinds.Contains(parts[0]) || parts[1].Length != HashLength) return false;
        if (parts[2].Split('/') is not [var ns, var service, var protocol, var port]) return false;
        (kind, key) = (parts[0], new(ns, service, port, protocol));
        return true;
    }
}
