using System.Globalization;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>ConvertTo-Csv. The first object's properties are the columns.</summary>
[Cmdlet(VerbsData.ConvertTo, "Csv")]
[OutputType(typeof(string))]
public sealed class ConvertToCsvCommand : PSCmdlet
{
    private string[]? _columns;

    /// <summary>The objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>What stands between the columns.</summary>
    [Parameter(Position = 1)]
    public char Delimiter { get; set; } = ',';

    /// <summary>Takes the culture's list separator.</summary>
    [Parameter]
    public SwitchParameter UseCulture { get; set; }

    /// <summary>Adds a line with the type's name.</summary>
    [Parameter]
    [Alias("ITI")]
    public SwitchParameter IncludeTypeInformation { get; set; }

    /// <summary>Leaves the type's name out, which is so anyway.</summary>
    [Parameter]
    [Alias("NTI")]
    public SwitchParameter NoTypeInformation { get; set; }

    /// <summary>Leaves out the line of names.</summary>
    [Parameter]
    public SwitchParameter NoHeader { get; set; }

    /// <summary>Never, Always or AsNeeded.</summary>
    [Parameter]
    [Alias("UQ")]
    [ValidateSet("Never", "Always", "AsNeeded", IgnoreCase = true)]
    public string UseQuotes { get; set; } = "Always";

    /// <summary>The only columns to quote.</summary>
    [Parameter]
    [Alias("QF")]
    public string[]? QuoteFields { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (UseCulture)
            Delimiter = CultureInfo.CurrentCulture.TextInfo.ListSeparator[0];
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        if (_columns is null)
            Start(InputObject);
        WriteObject(string.Join(Delimiter, _columns!.Select(c => Field(c, Value(InputObject, c)))));
    }

    private void Start(PSObject first)
    {
        _columns = first.BaseObject is System.Collections.IDictionary table
            ? [.. table.Keys.Cast<object>().Select(k => k.ToString() ?? "")]
            : [.. first.Properties.Where(p => p.IsGettable).Select(p => p.Name)];
        if (IncludeTypeInformation)
            WriteObject($"#TYPE {first.TypeNames[0]}");
        if (!NoHeader)
            WriteObject(string.Join(Delimiter, _columns.Select(c => Field(c, c))));
    }

    private static string? Value(PSObject item, string column)
    {
        try
        {
            var value = item.BaseObject is System.Collections.IDictionary table ? table[column] : item.Properties[column]?.Value;
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
