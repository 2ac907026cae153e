using System.Globalization;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace GravityNet.Shell;

/// <summary>Measure-Object.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Object", DefaultParameterSetName = "GenericMeasure")]
[OutputType(typeof(GenericMeasureInfo), typeof(TextMeasureInfo))]
public sealed class MeasureObjectCommand : PSCmdlet
{
    private readonly Dictionary<string, Tally> _tallies = new(StringComparer.OrdinalIgnoreCase);
    private readonly Tally _whole = new();
    private List<PropertyArgument> _properties = [];

    /// <summary>What to measure.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The properties; the objects themselves when omitted.</summary>
    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    /// <summary>The sum.</summary>
    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Sum { get; set; }

    /// <summary>All of them.</summary>
    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter AllStats { get; set; }

    /// <summary>The average.</summary>
    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Average { get; set; }

    /// <summary>The largest.</summary>
    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Maximum { get; set; }

    /// <summary>The smallest.</summary>
    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Minimum { get; set; }

    /// <summary>The standard deviation.</summary>
    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter StandardDeviation { get; set; }

    /// <summary>Counts lines.</summary>
    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Line { get; set; }

    /// <summary>Counts words.</summary>
    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Word { get; set; }

    /// <summary>Counts characters.</summary>
    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Character { get; set; }

    /// <summary>Leaves white space out of characters.</summary>
    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter IgnoreWhiteSpace { get; set; }

    private bool NeedsNumbers => Sum || Average || StandardDeviation || AllStats;

    /// <inheritdoc/>
    protected override void BeginProcessing() => _properties = PropertyArgument.Parse(this, Property, "expression");

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        if (_properties.Count == 0)
        {
            Measure(_whole, InputObject);
            return;
        }

        foreach (var property in _properties)
        {
            foreach (var result in property.Expression.ResolveNames(InputObject).SelectMany(e => e.GetValues(InputObject)))
            {
                var name = result.ResolvedExpression.ToString();
                if (!_tallies.TryGetValue(name, out var tally))
                    _tallies.Add(name, tally = new Tally());
                if (result.Exception is { } failed)
                    WriteError(new ErrorRecord(failed, "PropertyEvaluation", ErrorCategory.InvalidResult, InputObject));
                else if (result.Result is not null)
                    Measure(tally, result.Result);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_properties.Count == 0)
        {
            WriteObject(Info(_whole, null));
            return;
        }

        foreach (var property in _properties.Where(p => !p.Expression.HasWildCardCharacters && p.Expression.Script is null))
        {
            if (_tallies.ContainsKey(property.Expression.ToString()))
                continue;
            var missing = new PSArgumentException($"The property \"{property.Expression}\" cannot be found in the input for any objects.");
            WriteError(new ErrorRecord(missing, "GenericMeasurePropertyNotFound", ErrorCategory.InvalidArgument, null));
        }

        foreach (var (name, tally) in _tallies)
            WriteObject(Info(tally, name));
    }

    private void Measure(Tally tally, object value)
    {
        tally.Count++;
        if (ParameterSetName == "TextMeasure")
        {
            var text = value.ToString() ?? "";
            tally.Lines += text.Length == 0 ? 0 : text.AsSpan().Count('\n') + 1;
            tally.Words += text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
            tally.Characters += IgnoreWhiteSpace ? text.Count(c => !char.IsWhiteSpace(c)) : text.Length;
            return;
        }

        var comparer = new ValueComparer(CultureInfo.CurrentCulture, caseSensitive: false);
        if ((Maximum || AllStats) && (tally.Maximum is null || comparer.Compare(value, tally.Maximum) > 0))
            tally.Maximum = value;
        if ((Minimum || AllStats) && (tally.Minimum is null || comparer.Compare(value, tally.Minimum) < 0))
            tally.Minimum = value;
        if (!NeedsNumbers)
            return;
        if (!LanguagePrimitives.TryConvertTo<double>(value, CultureInfo.InvariantCulture, out var number))
        {
            var wrong = new PSInvalidCastException($"Input object \"{value}\" is not numeric.");
            WriteError(new ErrorRecord(wrong, "NonNumericInputObject", ErrorCategory.InvalidType, value));
            return;
        }

        tally.Sum += number;
        tally.Numbers++;
        // Welford: exact enough without keeping the values
        var delta = number - tally.Mean;
        tally.Mean += delta / tally.Numbers;
        tally.Spread += delta * (number - tally.Mean);
    }

    private object Info(Tally tally, string? property)
    {
        if (ParameterSetName == "TextMeasure")
        {
            return new TextMeasureInfo
            {
                Property = property,
                Lines = Line ? tally.Lines : null,
                Words = Word ? tally.Words : null,
                Characters = Character ? tally.Characters : null,
            };
        }

        var some = tally.Count > 0;
        return new GenericMeasureInfo
        {
            Property = property,
            Count = tally.Count,
            Sum = (Sum || AllStats) && some ? tally.Sum : null,
            Average = (Average || AllStats) && some ? tally.Sum / tally.Count : null,
            StandardDeviation = (StandardDeviation || AllStats) && some ? Math.Sqrt(tally.Spread / Math.Max(tally.Numbers - 1, 1)) : null,
            Maximum = Numeric(tally.Maximum),
            Minimum = Numeric(tally.Minimum),
        };
    }

    // numbers are reported as doubles, all else as it is
    private static object? Numeric(object? value)
    {
        var bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        return bare is not (string or char or bool) && bare is IConvertible and not DateTime and not Enum
            ? Convert.ToDouble(bare, CultureInfo.InvariantCulture)
            : bare;
    }

    private sealed class Tally
    {
        public int Count { get; set; }

        public int Numbers { get; set; }

        public double Sum { get; set; }

        public double Mean { get; set; }

        public double Spread { get; set; }

        public object? Maximum { get; set; }

        public object? Minimum { get; set; }

        public int Lines { get; set; }

        public int Words { get; set; }

        public int Characters { get; set; }
    }
}
