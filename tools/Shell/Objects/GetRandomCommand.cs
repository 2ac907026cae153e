using System.Globalization;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Get-Random: numbers from a range, or some of a list.</summary>
[Cmdlet(VerbsCommon.Get, "Random", DefaultParameterSetName = "RandomNumber")]
[OutputType(typeof(int), typeof(long), typeof(double))]
public sealed class GetRandomCommand : PSCmdlet
{
    // a seed holds for the calls after it, too
    private static Random _random = Random.Shared;
    private readonly List<object> _items = [];

    /// <summary>The first number that does not come any more.</summary>
    [Parameter(Position = 0, ParameterSetName = "RandomNumber")]
    public object? Maximum { get; set; }

    /// <summary>The first number that comes.</summary>
    [Parameter(ParameterSetName = "RandomNumber")]
    public object? Minimum { get; set; }

    /// <summary>The list.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "RandomListItem")]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Shuffle")]
    public object[] InputObject { get; set; } = [];

    /// <summary>How many.</summary>
    [Parameter(ParameterSetName = "RandomNumber")]
    [Parameter(ParameterSetName = "RandomListItem")]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>All of the list, in another order.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Shuffle")]
    public SwitchParameter Shuffle { get; set; }

    /// <summary>Makes the numbers of this session the same each time.</summary>
    [Parameter]
    public int? SetSeed { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (SetSeed is { } seed)
            _random = new Random(seed);
        for (var i = 0; ParameterSetName == "RandomNumber" && i < Count; i++)
            WriteObject(Next());
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _items.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var items = _items.ToArray();
        _random.Shuffle(items);
        foreach (var item in items.Take(Shuffle ? items.Length : Count))
            WriteObject(item);
    }

    private object Next()
    {
        var (from, to) = (Number(Minimum, 0), Number(Maximum, null));
        if (from is double || to is double)
        {
            var (low, high) = (Convert.ToDouble(from, CultureInfo.InvariantCulture), to is null ? double.MaxValue : Convert.ToDouble(to, CultureInfo.InvariantCulture));
            Check(low, high);
            return low + _random.NextDouble() * (high - low);
        }

        if (from is long || to is long)
        {
            var (low, high) = (Convert.ToInt64(from, CultureInfo.InvariantCulture), to is null ? long.MaxValue : Convert.ToInt64(to, CultureInfo.InvariantCulture));
            Check(low, high);
            return _random.NextInt64(low, high);
        }

        Check((int)from!, (int?)to ?? int.MaxValue);
        return _random.Next((int)from!, (int?)to ?? int.MaxValue);
    }

    // a text becomes the smallest of int, long and double that holds it
    private static object? Number(object? value, object? otherwise)
    {
        if (value is null)
            return otherwise;
        var number = LanguagePrimitives.ConvertTo<double>(value);
        if (PSObject.AsPSObject(value).BaseObject is double || number != Math.Floor(number) || Math.Abs(number) > long.MaxValue)
            return number;
        var whole = LanguagePrimitives.ConvertTo<long>(value);
        return whole is >= int.MinValue and <= int.MaxValue ? (object)(int)whole : whole;
    }

    private void Check<T>(T low, T high)
        where T : IComparable<T>
    {
        if (low.CompareTo(high) < 0)
            return;
        var wrong = new ArgumentException($"The Minimum value ({low}) cannot be greater than or equal to the Maximum value ({high}).");
        ThrowTerminatingError(new ErrorRecord(wrong, "MinGreaterThanOrEqualMax", ErrorCategory.InvalidArgument, null));
    }
}
