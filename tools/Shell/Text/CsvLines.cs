using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>The lines that objects make in a CSV text.</summary>
internal sealed class CsvLines
{
    /// <summary>The culture's list separator.</summary>
    public static char CultureDelimiter => CultureInfo.CurrentCulture.TextInfo.ListSeparator[0];

    /// <summary>The columns; null until they are known from the first object or from a file.</summary>
    public IReadOnlyList<string>? Columns { get; set; }

    public char Delimiter { get; init; } = ',';

    public string UseQuotes { get; init; } = "Always";

    public string[]? QuoteFields { get; init; }

    /// <summary>The line of names.</summary>
    public string Header => string.Join(Delimiter, Columns!.Select(c => Field(c, c)));

    public static IReadOnlyList<string> ColumnsOf(PSObject item) => item.BaseObject is IDictionary table
        ? [.. table.Keys.Cast<object>().Select(k => k.ToString() ?? "")]
        : [.. item.Properties.Where(p => p.IsGettable).Select(p => p.Name)];

    public static string TypeOf(PSObject item) => $"#TYPE {item.TypeNames[0]}";

    /// <summary>The line of an object.</summary>
    public string Of(PSObject item) => string.Join(Delimiter, Columns!.Select(c => Field(c, Value(item, c))));

    private static string? Value(PSObject item, string column)
    {
        try
        {
            var value = item.BaseObject is IDictionary table ? table[column] : item.Properties[column]?.Value;
            return value is null ? null : PSObject.AsPSObject(value).BaseObject is IFormattable formattable and not Enum
                ? formattable.ToString(null, CultureInfo.CurrentCulture)
                : value.ToString();
        }
        catch (GetValueException)
        {
            // a property that cannot be read is empty
            return null;
        }
    }

    private string Field(string column, string? value)
    {
        if (value is null)
            return "";
        var quoted = QuoteFields is not null
            ? QuoteFields.Contains(column, StringComparer.OrdinalIgnoreCase)
            : UseQuotes.ToUpperInvariant() switch
            {
                "ALWAYS" => true,
                "NEVER" => false,
                _ => value.AsSpan().IndexOfAny(Delimiter, '"', '\n') >= 0 || value.Contains('\r', StringComparison.Ordinal),
            };
        return quoted ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }
}
