using System.Globalization;

namespace GravityNet.Text;

/// <summary>
/// How records say the values of their fields to a <see cref="LineGrammar{T}"/>: null is a field that a record does not have.
/// </summary>
internal static class Printing
{
    /// <summary>A text, behind its name where that is a part of the word (<c>src=</c>); null for an empty one.</summary>
    public static string? Printed(string text, string name = "") => text.Length > 0 ? name + text : null;

    /// <summary>A number, behind its name where that is a part of the word (<c>sport=</c>).</summary>
    public static string? Printed(long? number, string name = "") => number is { } value ? name + value.ToString(CultureInfo.InvariantCulture) : null;

    /// <summary>A number with a decimal point.</summary>
    public static string? Printed(decimal? number) => number?.ToString(CultureInfo.InvariantCulture);

    /// <summary>A keyword that says it all by standing there.</summary>
    public static string? Printed(bool isSet) => isSet ? "" : null;

    /// <summary>A gateway, behind its family where that is another than the destination's; null for none.</summary>
    public static string? Gateway(string family, string address) => address.Length == 0 ? null : family.Length == 0 ? address : $"{family} {address}";

    /// <summary>Seconds, as iproute2 prints them: <c>20sec</c>.</summary>
    public static string? Seconds(long? seconds) => seconds is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value}sec") : null;

    /// <summary><c>on</c> or <c>off</c>.</summary>
    public static string? OnOff(bool? value) => value switch { true => "on", false => "off", null => null };

    /// <summary><c>1</c> or <c>0</c>.</summary>
    public static string? Bit(bool? value) => value switch { true => "1", false => "0", null => null };
}
