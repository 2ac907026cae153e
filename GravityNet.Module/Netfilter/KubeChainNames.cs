using System.Security.Cryptography;
using System.Text;

namespace GravityNet.Netfilter;

/// <summary>
/// The names that kube-proxy computes for a service port's chains: a prefix and the first 16 characters of the base32 of a SHA-256
/// (<c>pkg/proxy/iptables</c> of Kubernetes). They hold also where the rules carry no comments.
/// </summary>
public static class KubeChainNames
{
    /// <summary>How long a name is behind its prefix.</summary>
    internal const int HashLength = 16;

    /// <summary>The chain that marks packets whose source the node is to take the place of.</summary>
    internal const string MarkMasquerade = "KUBE-MARK-MASQ";

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The chain of a service port: <c>KUBE-SVC-...</c>.</summary>
    /// <param name="servicePort"><c>NAMESPACE/NAME:PORT</c>, see <see cref="ServicePort"/>.</param>
    /// <param name="protocol">tcp, udp or sctp.</param>
    public static string Service(string servicePort, string protocol) => "KUBE-SVC-" + Hash(servicePort + protocol);

    /// <summary>The chain of one endpoint of a service port: <c>KUBE-SEP-...</c>.</summary>
    /// <param name="servicePort"><c>NAMESPACE/NAME:PORT</c>.</param>
    /// <param name="protocol">tcp, udp or sctp.</param>
    /// <param name="endpoint"><c>ADDRESS:PORT</c>, an IPv6 address in brackets.</param>
    public static string Endpoint(string servicePort, string protocol, string endpoint) => "KUBE-SEP-" + Hash(servicePort + protocol + endpoint);

    /// <summary>
    /// The words that a service port's names are made of, as newer kube-proxies write them, and as those before 1.19 do, which end an unnamed port with a colon.
    /// </summary>
    public static IReadOnlyList<string> ServicePort(string @namespace, string service, string portName) =>
        portName.Length > 0 ? [$"{@namespace}/{service}:{portName}"] : [$"{@namespace}/{service}", $"{@namespace}/{service}:"];

    /// <summary>Whether a chain is one of a service port (not of one endpoint): KUBE-SVC, -SVL, -EXT, -XLB or -FW.</summary>
    public static bool IsServiceChain(string chain) => IsBalancer(chain) || IsExternal(chain);

    /// <summary>Whether a chain spreads traffic over endpoints: KUBE-SVC, or KUBE-SVL for those of the node alone.</summary>
    public static bool IsBalancer(string chain) => Begins(chain, "KUBE-SVC-") || Begins(chain, "KUBE-SVL-");

    /// <summary>Whether a chain takes traffic to a node port or an outside address: KUBE-EXT (from 1.24), KUBE-XLB, KUBE-FW.</summary>
    public static bool IsExternal(string chain) => Begins(chain, "KUBE-EXT-") || Begins(chain, "KUBE-XLB-") || Begins(chain, "KUBE-FW-");

    /// <summary>Whether a chain is one endpoint's: KUBE-SEP.</summary>
    public static bool IsEndpoint(string chain) => Begins(chain, "KUBE-SEP-");

    private static bool Begins(string chain, string prefix) => chain.StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>What stands behind the prefix: the first 16 characters of the base32 of the words' SHA-256.</summary>
    internal static string Hash(string words) => string.Create(HashLength, words, static (name, w) => Hash(w, name));

    /// <summary>Writes what stands behind the prefix.</summary>
    /// <param name="words">The words.</param>
    /// <param name="name">Place for <see cref="HashLength"/> characters.</param>
    internal static void Hash(ReadOnlySpan<char> words, Span<char> name)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var buffer = Encoding.UTF8.GetMaxByteCount(words.Length) is > 512 and var size ? new byte[size] : stackalloc byte[512];
        SHA256.HashData(buffer[..Encoding.UTF8.GetBytes(words, buffer)], digest);
        // 16 characters of 5 bits are the first 10 bytes
        for (var i = 0; i < HashLength; i++)
        {
            var bit = i * 5;
            var pair = (digest[bit / 8] << 8) | digest[(bit / 8) + 1];
            name[i] = Alphabet[(pair >> (11 - (bit % 8))) & 31];
        }
    }
}
