using System.Globalization;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>
/// Compares as PowerShell sorts: by IComparable across convertible types, as culture-aware text where that fails. Null comes first;
/// <see cref="Missing"/>, the value of a property that is not there, always comes last.
/// </summary>
internal sealed class ValueComparer(CultureInfo culture, bool caseSensitive) : IComparer<object?>
{
    /// <summary>Stands for a property that the object does not have.</summary>
    public static object Missing { get; } = new();

    public int Compare(object? x, object? y)
    {
        if (x == Missing || y == Missing)
            return (x == Missing ? 1 : 0) - (y == Missing ? 1 : 0);
        var first = Bare(x);
        var second = Bare(y);
        if (first is null && second is null)
            return 0;
        if (LanguagePrimitives.TryCompare(first, second, !caseSensitive, culture, out var order))
            return order;
        return culture.CompareInfo.Compare(Text(x), Text(y), caseSensitive ? CompareOptions.None : CompareOptions.IgnoreCase);
    }

    /// <summary>The culture that -Culture names, by name or number; the current one when it names none.</summary>
    public static CultureInfo CultureNamed(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return CultureInfo.CurrentCulture;
        var text = name.Trim();
        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? new CultureInfo(int.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new CultureInfo(number) : new CultureInfo(text);
    }

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static string Text(object? value) => value is null ? "" : PSObject.AsPSObject(value).ToString();
}
