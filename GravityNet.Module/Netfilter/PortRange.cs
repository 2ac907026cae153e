using System.Globalization;

namespace GravityNet.Netfilter;

/// <summary>Ports, or other numbers, from one to another: <c>80</c>, <c>1024:65535</c>, <c>:1023</c>.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
internal readonly record struct PortRange(int First, int Last)
{
    /// <summary>Reads a range; null for a text that is none, such as a service's name.</summary>
    public static PortRange? Parse(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOfAny(':', '-');
        if (colon < 0) return Number(text, -1) is >= 0 and var one ? new(one, one) : null;
        return (Number(text[..colon], 0), Number(text[(colon + 1)..], ushort.MaxValue)) is (>= 0 and var first, >= 0 and var last) ? new(first, last) : null;
    }

    /// <summary>Whether a number is in it; null is unknown.</summary>
    public Ternary Contains(int? number) => TernaryLogic.Of(number is { } known ? known >= First && known <= Last : null);

    private static int Number(ReadOnlySpan<char> digits, int none) =>
        digits.IsEmpty ? none : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
