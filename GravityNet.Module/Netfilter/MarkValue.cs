using System.Globalization;

namespace GravityNet.Netfilter;

/// <summary>A mark as rules write it: <c>0x4000/0x4000</c>, <c>0x8</c>, <c>16/0xff</c>.</summary>
/// <param name="Value">The value.</param>
/// <param name="Mask">The bits that count; all where none are written.</param>
internal readonly record struct MarkValue(uint Value, uint Mask)
{
    /// <summary>Reads a mark; null for a text that is none.</summary>
    public static MarkValue? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (Number(slash < 0 ? text : text.AsSpan(0, slash)) is not { } value) return null;
        return slash < 0 ? new(value, uint.MaxValue) : Number(text.AsSpan(slash + 1)) is { } mask ? new(value, mask) : null;
    }

    private static uint? Number(ReadOnlySpan<char> text)
    {
        var isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return uint.TryParse(isHex ? text[2..] : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
