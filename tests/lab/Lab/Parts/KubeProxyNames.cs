using System.Security.Cryptography;
using System.Text;

namespace GravityNet.Labs.Parts;

/// <summary>The chain names that kube-proxy computes: the first 16 characters of the base32 form of a SHA-256.</summary>
public static class KubeProxyNames
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The chain that spreads a service's connections over its endpoints.</summary>
    /// <param name="servicePort">Namespace, name and port name, as in default/web:http.</param>
    /// <param name="protocol">The protocol in small letters.</param>
    public static string Service(string servicePort, string protocol) => "KUBE-SVC-" + Hash(servicePort + protocol);

    /// <summary>The chain for connections to a service from outside the cluster.</summary>
    /// <param name="servicePort">Namespace, name and port name, as in default/web:http.</param>
    /// <param name="protocol">The protocol in small letters.</param>
    public static string External(string servicePort, string protocol) => "KUBE-EXT-" + Hash(servicePort + protocol);

    /// <summary>The chain that spreads connections over the service's endpoints on this node only.</summary>
    /// <param name="servicePort">Namespace, name and port name, as in default/web:http.</param>
    /// <param name="protocol">The protocol in small letters.</param>
    public static string Local(string servicePort, string protocol) => "KUBE-SVL-" + Hash(servicePort + protocol);

    /// <summary>The chain that lets only some sources to a service's load balancer address.</summary>
    /// <param name="servicePort">Namespace, name and port name, as in default/web:http.</param>
    /// <param name="protocol">The protocol in small letters.</param>
    public static string Firewall(string servicePort, string protocol) => "KUBE-FW-" + Hash(servicePort + protocol);

    /// <summary>The chain for connections from outside to the endpoints of this node, before kube-proxy 1.24.</summary>
    /// <param name="servicePort">Namespace, name and port name, as in default/web:http.</param>
    /// <param name="protocol">The protocol in small letters.</param>
    public static string Balancer(string servicePort, string protocol) => "KUBE-XLB-" + Hash(servicePort + protocol);

    /// <summary>The chain that leads to one endpoint of a service.</summary>
    /// <param name="servicePort">Namespace, name and port name, as in default/web:http.</param>
    /// <param name="protocol">The protocol in small letters.</param>
    /// <param name="endpoint">Address and port, as in 10.244.19.4:8080.</param>
    public static string Endpoint(string servicePort, string protocol, string endpoint) => "KUBE-SEP-" + Hash(servicePort + protocol + endpoint);

    private static string Hash(string text)
    {
        // 16 characters of 5 bits are the first ten bytes
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        var name = new StringBuilder(16);
        for (var bit = 0; bit < 80; bit += 5)
        {
            var pair = (digest[bit / 8] << 8) | digest[(bit / 8) + 1];
            name.Append(Alphabet[(pair >> (11 - (bit % 8))) & 31]);
        }

        return name.ToString();
    }
}
