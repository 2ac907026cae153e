using System.Globalization;

namespace GravityNet;

/// <summary>
/// A MAC address. It keeps the text that it came from and compares by number; <c>-</c> and <c>.</c> for separators are read too.
/// </summary>
/// <remarks>
/// What a PowerShell user gets for every property that holds a MAC. Empty text is the first of all: there is none.
/// </remarks>
public readonly struct MacAddress : IComparable, IComparable<MacAddress>, IEquatable<MacAddress>
{
    // one more than the number, so that no MAC is less than 00:00:00:00:00:00
    private readonly ulong _number;
    private readonly string? _text;

    private MacAddress(string text, ulong number) => (_text, _number) = (text, number + 1);

    /// <summary>The text that it was read from; empty for none.</summary>
    public string Text => _text ?? "";

    /// <summary>Reads a MAC.</summary>
    /// <exception cref="FormatException">The text is no MAC and not empty.</exception>
    public static MacAddress Parse(string text) =>
        TryParse(text, out var mac) ? mac : throw new FormatException($"'{text}' is no MAC address. A MAC address is written ca:af:24:bc:c6:e0.");

    /// <summary>Reads a MAC: six pairs of hexadecimal digits, or three groups of four.</summary>
    /// <returns>Whether the text is one. Empty text is.</returns>
    public static bool TryParse(string? text, out MacAddress mac)
    {
        mac = default;
        if (string.IsNullOrEmpty(text)) return true;
        var width = text.Length switch { 17 when text[2] is ':' or '-' => 2, 14 when text[4] == '.' => 4, _ => 0 };
        if (width == 0) return false;
        ulong number = 0;
        for (var at = 0; at < text.Length; at += width + 1)
        {
            if (at > 0 && text[at - 1] != text[width]) return false;
            if (!ushort.TryParse(text.AsSpan(at, width), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var group)) return false;
            number = (number << (width * 4)) | group;
        }

        mac = new(text, number);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(MacAddress other) => _number.CompareTo(other._number);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="obj"/> is no MAC.</exception>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        MacAddress other => CompareTo(other),
        string text when TryParse(text, out var other) => CompareTo(other),
        _ => throw new ArgumentException($"'{obj}' is no MAC address, and cannot be compared with {Text}.", nameof(obj)),
    };

    /// <inheritdoc/>
    public bool Equals(MacAddress other) => _number == other._number;

    /// <summary>Whether it is the same MAC; a text is read as one, so that a PowerShell hashtable with MACs for keys is asked with texts too.</summary>
    public override bool Equals(object? obj) => obj is MacAddress other ? Equals(other) : obj is string text && TryParse(text, out var read) && Equals(read);

    /// <summary>The hash of the text as Linux prints it, as a PowerShell hashtable computes it.</summary>
    public override int GetHashCode()
    {
        if (Text.Length == 0) return StringComparer.OrdinalIgnoreCase.GetHashCode("");
        Span<char> usual = stackalloc char[17];
        usual.Fill(':');
        for (var pair = 0; pair < 6; pair++) ((byte)((_number - 1) >> (40 - (pair * 8)))).TryFormat(usual.Slice(pair * 3, 2), out _, "x2", CultureInfo.InvariantCulture);
        return string.GetHashCode(usual, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The text that it was read from.</summary>
    public override string ToString() => Text;

    /// <summary>Whether both are the same MAC.</summary>
    public static bool operator ==(MacAddress left, MacAddress right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(MacAddress left, MacAddress right) => !left.Equals(right);

    /// <summary>Whether the left one comes first.</summary>
    public static bool operator <(MacAddress left, MacAddress right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one comes first or is the same.</summary>
    public static bool operator <=(MacAddress left, MacAddress right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one comes later.</summary>
    public static bool operator >(MacAddress left, MacAddress right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one comes later or is the same.</summary>
    public static bool operator >=(MacAddress left, MacAddress right) => left.CompareTo(right) >= 0;
}
