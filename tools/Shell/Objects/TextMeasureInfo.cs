// scripts and views know the type by the name that PowerShell's own modules give it
namespace Microsoft.PowerShell.Commands;

/// <summary>What Measure-Object counted in texts. What was not asked for is null.</summary>
public sealed class TextMeasureInfo
{
    /// <summary>Lines.</summary>
    public int? Lines { get; internal set; }

    /// <summary>Words.</summary>
    public int? Words { get; internal set; }

    /// <summary>Characters.</summary>
    public int? Characters { get; internal set; }

    /// <summary>The property, null for the objects themselves.</summary>
    public string? Property { get; internal set; }
}
