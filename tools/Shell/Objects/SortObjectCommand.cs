using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Sort-Object. Equal objects keep their order.</summary>
[Cmdlet("Sort", "Object", DefaultParameterSetName = "Default")]
public sealed class SortObjectCommand : KeyedCommand
{
    /// <summary>Largest first.</summary>
    [Parameter]
    public SwitchParameter Descending { get; set; }

    /// <summary>One of each.</summary>
    [Parameter]
    public SwitchParameter Unique { get; set; }

    /// <summary>Keeps the order of equal objects, which is so anyway.</summary>
    [Parameter(ParameterSetName = "Default")]
    public SwitchParameter Stable { get; set; }

    /// <summary>How many from the front.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Top")]
    [ValidateRange(1, int.MaxValue)]
    public int Top { get; set; } = int.MaxValue;

    /// <summary>How many from the end.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Bottom")]
    [ValidateRange(1, int.MaxValue)]
    public int Bottom { get; set; } = int.MaxValue;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Input.Count == 0)
            return;
        var (properties, objects) = KeyedObjects.Evaluate(this, Property, Input, "expression", "ascending", "descending");
        var values = Values;
        var order = new KeyOrder(values, [.. properties.Select(p => p.Ascending ?? !Descending).DefaultIfEmpty(!Descending)]);

        var sorted = objects.OrderBy(o => o.Keys, order).ToList();
        if (Unique)
            sorted = [.. sorted.Where((o, i) => i == 0 || order.Compare(sorted[i - 1].Keys, o.Keys) != 0)];
        var wanted = sorted.Take(Top).Skip(Math.Max(0, sorted.Count - Bottom));
        foreach (var (item, _) in wanted)
            WriteObject(item);
    }

    private sealed class KeyOrder(ValueComparer values, bool[] ascending) : IComparer<object?[]>
    {
        public int Compare(object?[]? x, object?[]? y)
        {
            for (var i = 0; i < ascending.Length; i++)
            {
                var order = values.Compare(x![i], y![i]);
                if (order == 0)
                    continue;
                // what has no such property stays behind in both directions
                return ascending[i] || x[i] == ValueComparer.Missing || y[i] == ValueComparer.Missing ? order : -order;
            }

            return 0;
        }
    }
}
