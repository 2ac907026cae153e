using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GravityNet.Routing;

/// <summary>A network as routes and rules name it: a family, the first address as a number, and how many of its bits count.</summary>
internal readonly record struct RoutePrefix(bool IsIPv6, UInt128 Address, int Length)
{
    /// <summary>How many bits an address of the family has.</summary>
    public int Width => IsIPv6 ? 128 : 32;

    /// <summary>Reads <c>10.0.0.0/8</c>, or an address alone, which is a network of one.</summary>
    public static RoutePrefix? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (Number(slash < 0 ? text : text[..slash]) is not { } address) return null;
        var width = address.IsIPv6 ? 128 : 32;
        if (slash < 0) return address;
        return int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= width
            ? new(address.IsIPv6, Cut(address.Address, width, length), length)
            : null;
    }

    /// <summary>The network of all addresses.</summary>
    public static RoutePrefix Default(bool isIPv6) => new(isIPv6, 0, 0);

    /// <summary>The address with the bits behind a length taken away.</summary>
    public static UInt128 Cut(UInt128 address, int width, int length) => length == 0 ? 0 : address >> (width - length) << (width - length);

    /// <summary>Whether an address of the same family is in it.</summary>
    public bool Contains(RoutePrefix address) => address.IsIPv6 == IsIPv6 && Cut(address.Address, Width, Length) == Address;

    private static RoutePrefix? Number(string text)
    {
        // 1.2 is an address to .NET, and to no command of iproute2
        if (!IPAddress.TryParse(text, out var parsed) || (parsed.AddressFamily == AddressFamily.InterNetwork && text.AsSpan().Count('.') != 3)) return null;
        var bytes = parsed.GetAddressBytes();
        return bytes.Length == 4 ? new(false, BinaryPrimitives.ReadUInt32BigEndian(bytes), 32) : new(true, BinaryPrimitives.ReadUInt128BigEndian(bytes), 128);
    }
}
