using System.Globalization;

namespace GravityNet.Netfilter;

/// <summary>Addresses with ports, as netfilter and Kubernetes write them.</summary>
internal static class Addresses
{
    /// <summary><c>10.0.0.1:80</c>, <c>[fd00::1]:80</c>.</summary>
    public static string Join(string address, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsIPv6(address) ? $"[{address}]" : address)}:{port}");

    /// <summary>Takes <c>10.0.0.1:80</c> or <c>[fd00::1]:80</c> apart; false where the text has no single port.</summary>
    public static bool TrySplit(string text, out string address, out int port)
    {
        (address, port) = ("", 0);
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)) return false;
        address = text[..colon].Trim('[', ']');
        return true;
    }

    /// <summary>The address without the length of a single host: <c>10.0.0.1/32</c> is <c>10.0.0.1</c>.</summary>
    public static string WithoutHostLength(string network) =>
        network.EndsWith("/32", StringComparison.Ordinal) && !IsIPv6(network) ? network[..^3]
        : network.EndsWith("/128", StringComparison.Ordinal) ? network[..^4]
        : network;

    public static bool IsIPv6(string address) => address.Contains(':', StringComparison.Ordinal);
}
