using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GravityNet;

/// <summary>
/// An IPv4 or IPv6 address, with a prefix length where one is written: an address (<c>10.244.19.5</c>), a network (<c>10.244.19.0/24</c>) or an interface's
/// address (<c>10.244.19.1/24</c>), in the words of ip-address(8) and ip-route(8). It keeps the text that it came from, and compares by number: IPv4 before
/// IPv6, then the address, then the prefix length. An address without a length stands before the networks that begin with it.
/// </summary>
/// <remarks>
/// What a PowerShell user gets for every property that holds an address, so that <c>Sort-Object</c> and <c>-lt</c> go by number; a text beside it is read the same way.
/// Empty text is an address too, the first of all: there is none.
/// </remarks>
public readonly struct NetAddress : IComparable, IComparable<NetAddress>, IEquatable<NetAddress>
{
    private const short NotWritten = -1;
    private readonly UInt128 _bits;
    private readonly short _length;
    private readonly byte _version;
    private readonly string? _text;

    private NetAddress(string text, byte version, UInt128 bits, short length) => (_text, _version, _bits, _length) = (text, version, bits, length);

    /// <summary>The text that it was read from; empty for none.</summary>
    public string Text => _text ?? "";

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">The text is no address and not empty.</exception>
    public static NetAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is no address. An address is written 10.244.19.5, 10.244.19.0/24 or fd00::1/64.");

    /// <summary>Reads an address. <c>default</c> is 0.0.0.0/0, as ip-route(8) has it.</summary>
    /// <returns>Whether the text is one. Empty text is.</returns>
    public static bool TryParse(string? text, out NetAddress address)
    {
        address = default;
        if (string.IsNullOrEmpty(text)) return true;
        if (text == "default")
        {
            address = new(text, 4, 0, 0);
            return true;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var digits = slash < 0 ? text.AsSpan() : text.AsSpan(0, slash);

        // the library also takes 10.1 and 0x0a000001, which nothing here prints
        if (!IPAddress.TryParse(digits, out var ip) || (ip.AddressFamily == AddressFamily.InterNetwork && digits.Count('.') != 3)) return false;
        var version = ip.AddressFamily == AddressFamily.InterNetwork ? (byte)4 : (byte)6;
        var length = NotWritten;
        if (slash >= 0 && (!short.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > LengthOf(version))) return false;
        address = new(text, version, BitsOf(ip, version), length);
        return true;
    }

    /// <summary>Whether another address or network lies in this one: <c>10.244.19.0/24</c> contains <c>10.244.19.5</c> and <c>10.244.19.128/25</c>.</summary>
    public bool Contains(NetAddress other)
    {
        if (_version == 0 || other._version != _version || other.Length < Length) return false;
        var hostBits = LengthOf(_version) - Length;
        return hostBits >= 128 || other._bits >> hostBits == _bits >> hostBits;
    }

    /// <inheritdoc/>
    public int CompareTo(NetAddress other)
    {
        var byVersion = _version.CompareTo(other._version);
        if (byVersion != 0) return byVersion;
        var byAddress = _bits.CompareTo(other._bits);
        return byAddress != 0 ? byAddress : _length.CompareTo(other._length);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="obj"/> is no address.</exception>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        NetAddress other => CompareTo(other),
        string text when TryParse(text, out var other) => CompareTo(other),
        _ => throw new ArgumentException($"'{obj}' is no address, and cannot be compared with {Text}.", nameof(obj)),
    };

    /// <inheritdoc/>
    public bool Equals(NetAddress other) => CompareTo(other) == 0;

    /// <summary>Whether it is the same address; a text is read as one, so that a PowerShell hashtable with addresses for keys is asked with texts too.</summary>
    public override bool Equals(object? obj) => obj is NetAddress other ? Equals(other) : obj is string text && TryParse(text, out var read) && Equals(read);

    /// <summary>The hash of the text in its usual form, as a PowerShell hashtable computes it.</summary>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Usual());

    /// <summary>The text that it was read from.</summary>
    public override string ToString() => Text;

    /// <summary>Whether both are the same address.</summary>
    public static bool operator ==(NetAddress left, NetAddress right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(NetAddress left, NetAddress right) => !left.Equals(right);

    /// <summary>Whether the left one comes first.</summary>
    public static bool operator <(NetAddress left, NetAddress right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one comes first or is the same.</summary>
    public static bool operator <=(NetAddress left, NetAddress right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one comes later.</summary>
    public static bool operator >(NetAddress left, NetAddress right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one comes later or is the same.</summary>
    public static bool operator >=(NetAddress left, NetAddress right) => left.CompareTo(right) >= 0;

    private int Length => _length == NotWritten ? LengthOf(_version) : _length;

    private static short LengthOf(byte version) => version == 4 ? (short)32 : (short)128;

    private static UInt128 BitsOf(IPAddress ip, byte version)
    {
        Span<byte> bytes = stackalloc byte[16];
        ip.TryWriteBytes(bytes, out _);
        return version == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    // IPv6 has many texts for one address, and default is another name of 0.0.0.0/0: equal addresses must have equal hashes
    private string Usual()
    {
        if (_version == 0) return "";
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _bits);
        var address = new IPAddress(_version == 4 ? bytes[12..] : bytes).ToString();
        return _length == NotWritten ? address : string.Create(CultureInfo.InvariantCulture, $"{address}/{_length}");
    }
}
