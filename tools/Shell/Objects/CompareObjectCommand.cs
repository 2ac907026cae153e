using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>
/// Compare-Object: pairs the objects of two lists, each with the nearest equal one of the other side within a window, and tells which are alone.
/// </summary>
[Cmdlet(VerbsData.Compare, "Object")]
public sealed class CompareObjectCommand : PSCmdlet
{
    private const string Reference = "<=";
    private const string Difference = "=>";
    private readonly List<Entry> _references = [];
    private readonly List<Entry> _differences = [];
    private List<PropertyArgument>? _properties;
    private ValueComparer? _values;
    private int _next;

    /// <summary>What is compared with.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [AllowEmptyCollection]
    public PSObject?[] ReferenceObject { get; set; } = [];

    /// <summary>What is compared.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    public PSObject?[] DifferenceObject { get; set; } = [];

    /// <summary>How many objects without a partner are kept on each side to find it.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int SyncWindow { get; set; } = int.MaxValue;

    /// <summary>What is compared of the objects: names, script blocks, or tables with an expression.</summary>
    [Parameter]
    public object[]? Property { get; set; }

    /// <summary>Leaves out the objects that are alone, and shows the others.</summary>
    [Parameter]
    public SwitchParameter ExcludeDifferent { get; set; }

    /// <summary>Shows the objects that are on both sides, too.</summary>
    [Parameter]
    public SwitchParameter IncludeEqual { get; set; }

    /// <summary>Writes the objects themselves, with the side as a property.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>The culture of texts.</summary>
    [Parameter]
    public string? Culture { get; set; }

    /// <summary>Tells A from a.</summary>
    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _values = new(ValueComparer.CultureNamed(Culture), CaseSensitive);
        if (Property is not null)
            _properties = PropertyArgument.Parse(this, Property, "expression");
        if (ExcludeDifferent && !MyInvocation.BoundParameters.ContainsKey(nameof(IncludeEqual)))
            IncludeEqual = true;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var item in DifferenceObject)
            Step(NextReference(), EntryOf(item));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        while (NextReference() is { } reference)
            Step(reference, null);
        Release(_differences, Difference, 0);
        Release(_references, Reference, 0);
    }

    private Entry? NextReference() => _next < ReferenceObject.Length ? EntryOf(ReferenceObject[_next++]) : null;

    private Entry EntryOf(PSObject? item) => new(item, _properties is null ? [item] : [.. _properties.Select(p => KeyedObjects.Key(this, p, item ?? new PSObject()))]);

    private void Step(Entry? reference, Entry? difference)
    {
        if (reference is not null && difference is not null && AreEqual(reference, difference))
        {
            Show(reference, "==");
            return;
        }

        // each side looks for its partner among those that wait on the other
        if (difference is not null && !Pair(difference, _references, fromReference: true))
            _differences.Add(difference);
        if (reference is not null && !Pair(reference, _differences, fromReference: false))
            _references.Add(reference);
        Release(_differences, Difference, SyncWindow);
        Release(_references, Reference, SyncWindow);
    }

    private bool Pair(Entry entry, List<Entry> waiting, bool fromReference)
    {
        var at = waiting.FindIndex(other => AreEqual(entry, other));
        if (at < 0)
            return false;
        Show(fromReference ? waiting[at] : entry, "==");
        waiting.RemoveAt(at);
        return true;
    }

    private bool AreEqual(Entry one, Entry other) => one.Keys.Zip(other.Keys).All(pair => _values!.Compare(pair.First, pair.Second) == 0);

    private void Release(List<Entry> waiting, string side, int keep)
    {
        while (waiting.Count > keep)
        {
            Show(waiting[0], side);
            waiting.RemoveAt(0);
        }
    }

    private void Show(Entry entry, string side)
    {
        if (side == "==" ? !IncludeEqual : ExcludeDifferent)
            return;
        PSObject shown;
        if (PassThru && entry.Item is not null)
        {
            shown = entry.Item;
            shown.Properties.Remove("SideIndicator");
        }
        else
        {
            shown = new PSObject();
            if (_properties is null)
                shown.Properties.Add(new PSNoteProperty("InputObject", entry.Item));
            foreach (var (property, key) in (_properties ?? []).Zip(entry.Keys))
                shown.Properties.Add(new PSNoteProperty(property.Expression.ToString(), key == ValueComparer.Missing ? null : key));
        }

        shown.Properties.Add(new PSNoteProperty("SideIndicator", side));
        WriteObject(shown);
    }

    private sealed record Entry(PSObject? Item, object?[] Keys);
}
