using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace GravityNet.Netfilter;

/// <summary>
/// Some bits of an address: those that a rule asks for (<c>-d 10.96.0.0/12</c>, <c>-s 10.0.0.5/255.0.0.255</c>), or those that are known of a packet's.
/// </summary>
/// <param name="IsIPv6">The family.</param>
/// <param name="Bits">The bits under the mask; the others are 0.</param>
/// <param name="Mask">Which bits count.</param>
internal readonly record struct MaskedAddress(bool IsIPv6, UInt128 Bits, UInt128 Mask)
{
    /// <summary>Whether every bit counts.</summary>
    public bool IsWhole => Mask == All(IsIPv6);

    /// <summary>Reads <c>10.0.0.1</c>, <c>10.0.0.0/8</c>, <c>10.0.0.0/255.0.0.0</c>, <c>fd00::/8</c>, <c>fd00::1/ffff::ffff</c>; null for another text.</summary>
    public static MaskedAddress? Parse(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        if (Number(slash < 0 ? text : text[..slash]) is not { } address) return null;
        if (slash < 0) return address;
        var after = text[(slash + 1)..];
        var width = address.IsIPv6 ? 128 : 32;
        if (int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            return length <= width ? address.Under(Prefix(address.IsIPv6, length)) : null;
        return Number(after) is { } mask && mask.IsIPv6 == address.IsIPv6 ? address.Under(mask.Bits) : null;
    }

    /// <summary>The network of an address.</summary>
    public static MaskedAddress Of(bool isIPv6, UInt128 bits, int length) => new MaskedAddress(isIPv6, bits, All(isIPv6)).Under(Prefix(isIPv6, length));

    /// <summary>Whether an address of which this much is known is one that the pattern asks for.</summary>
    public Ternary IsIn(MaskedAddress pattern) =>
        pattern.IsIPv6 != IsIPv6 || ((Bits ^ pattern.Bits) & pattern.Mask & Mask) != 0 ? Ternary.No : (pattern.Mask & ~Mask) == 0 ? Ternary.Yes : Ternary.Unknown;

    /// <summary>Whether the address is between two, both included; <see cref="Ternary.Unknown"/> where only a part of it is known and that does not decide.</summary>
    public Ternary IsBetween(UInt128 first, UInt128 last)
    {
        var most = Bits | (All(IsIPv6) & ~Mask);
        return most < first || Bits > last ? Ternary.No : Bits >= first && most <= last ? Ternary.Yes : Ternary.Unknown;
    }

    /// <summary>The same address with no more than these bits.</summary>
    public MaskedAddress Under(UInt128 mask) => new(IsIPv6, Bits & mask, Mask & mask);

    /// <summary>The address with the bits under a network's mask taken from the network (NETMAP).</summary>
    public MaskedAddress MappedTo(MaskedAddress network) => new(network.IsIPv6, network.Bits | (Bits & ~network.Mask), network.Mask | Mask);

    /// <summary><c>10.0.0.1</c>, or <c>10.0.0.0/8</c> where not all bits count.</summary>
    public override string ToString()
    {
        var address = Text(Bits);
        if (IsWhole) return address;
        var ones = (int)UInt128.PopCount(Mask);
        return Prefix(IsIPv6, ones) == Mask ? string.Create(CultureInfo.InvariantCulture, $"{address}/{ones}") : $"{address}/{Text(Mask)}";
    }

    private static UInt128 All(bool isIPv6) => isIPv6 ? UInt128.MaxValue : uint.MaxValue;

    private static UInt128 Prefix(bool isIPv6, int length)
    {
        var width = isIPv6 ? 128 : 32;
        return length == 0 ? 0 : All(isIPv6) >> (width - length) << (width - length);
    }

    private static MaskedAddress? Number(ReadOnlySpan<char> text)
    {
        // 10.1 and 0x0a000001 are addresses to .NET, and to no netfilter tool's output
        if (!IPAddress.TryParse(text, out var parsed) || (parsed.AddressFamily == AddressFamily.InterNetwork && text.Count('.') != 3)) return null;
        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out var length);
        return length == 4
            ? new(false, BinaryPrimitives.ReadUInt32BigEndian(bytes), uint.MaxValue)
            : new(true, BinaryPrimitives.ReadUInt128BigEndian(bytes), UInt128.MaxValue);
    }

    private string Text(UInt128 bits)
    {
        if (!IsIPv6) return string.Create(CultureInfo.InvariantCulture, $"{(byte)(bits >> 24)}.{(byte)(bits >> 16)}.{(byte)(bits >> 8)}.{(byte)bits}");
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return new IPAddress(bytes).ToString();
    }
}
