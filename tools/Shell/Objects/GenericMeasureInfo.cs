// scripts and views know the type by the name that PowerShell's own modules give it
namespace Microsoft.PowerShell.Commands;

/// <summary>What Measure-Object found for one property. What was not asked for is null.</summary>
public sealed class GenericMeasureInfo
{
    /// <summary>How many values there were.</summary>
    public int Count { get; internal set; }

    /// <summary>Their average.</summary>
    public double? Average { get; internal set; }

    /// <summary>Their sum.</summary>
    public double? Sum { get; internal set; }

    /// <summary>The largest.</summary>
    public object? Maximum { get; internal set; }

    /// <summary>The smallest.</summary>
    public object? Minimum { get; internal set; }

    /// <summary>Their standard deviation.</summary>
    public double? StandardDeviation { get; internal set; }

    /// <summary>The property, null for the objects themselves.</summary>
    public string? Property { get; internal set; }
}
