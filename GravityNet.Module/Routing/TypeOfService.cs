using System.Collections.Frozen;
using System.Globalization;

namespace GravityNet.Routing;

/// <summary>The TOS field as rules and routes print it: a number, or a name of iproute2's <c>rt_dsfield</c> (RFC 2474, RFC 2597, RFC 3246).</summary>
internal static class TypeOfService
{
    private static readonly FrozenDictionary<string, byte> Names = new Dictionary<string, byte>
    {
        ["default"] = 0x00, ["lowdelay"] = 0x10, ["throughput"] = 0x08, ["reliability"] = 0x04, ["mincost"] = 0x02,
        ["AF11"] = 0x28, ["AF12"] = 0x30, ["AF13"] = 0x38, ["AF21"] = 0x48, ["AF22"] = 0x50, ["AF23"] = 0x58,
        ["AF31"] = 0x68, ["AF32"] = 0x70, ["AF33"] = 0x78, ["AF41"] = 0x88, ["AF42"] = 0x90, ["AF43"] = 0x98,
        ["CS0"] = 0x00, ["CS1"] = 0x20, ["CS2"] = 0x40, ["CS3"] = 0x60, ["CS4"] = 0x80, ["CS5"] = 0xa0, ["CS6"] = 0xc0, ["CS7"] = 0xe0, ["EF"] = 0xb8,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The field; 0 for an empty word, null for a name that is not known.</summary>
    public static byte? Parse(string word)
    {
        if (word.Length == 0) return 0;
        if (Names.TryGetValue(word, out var named)) return named;
        return word.StartsWith("0x", StringComparison.Ordinal)
            ? byte.TryParse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null
            : byte.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>The bits that IPv4 routes and rules look at: those of RFC 1349 without the lowest, which is ECN's (<c>IPTOS_RT_MASK</c>).</summary>
    public static byte OfRoutes(byte tos) => (byte)(tos & 0x1c);
}
