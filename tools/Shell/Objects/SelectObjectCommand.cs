using System.Globalization;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace GravityNet.Shell;

/// <summary>Select-Object.</summary>
[Cmdlet(VerbsCommon.Select, "Object", DefaultParameterSetName = "DefaultParameter")]
public sealed class SelectObjectCommand : PSCmdlet
{
    private readonly Queue<PSObject> _held = new();
    private readonly List<PSObject> _unique = [];
    private List<PropertyArgument> _properties = [];
    private List<WildcardPattern> _excluded = [];
    private ValueComparer? _comparer;
    private HashSet<int> _indexes = [];
    private int _seen;
    private int _first;

    /// <summary>What to select from.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The properties: names, maybe with wildcards, script blocks, or tables with name and expression.</summary>
    [Parameter(Position = 0, ParameterSetName = "DefaultParameter")]
    [Parameter(Position = 0, ParameterSetName = "SkipLastParameter")]
    public object[] Property { get; set; } = [];

    /// <summary>Properties to leave out.</summary>
    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "SkipLastParameter")]
    public string[] ExcludeProperty { get; set; } = [];

    /// <summary>The property whose values are written instead of objects.</summary>
    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "SkipLastParameter")]
    public string ExpandProperty { get; set; } = "";

    /// <summary>One of each.</summary>
    [Parameter]
    public SwitchParameter Unique { get; set; }

    /// <summary>With -Unique: A equals a.</summary>
    [Parameter]
    public SwitchParameter CaseInsensitive { get; set; }

    /// <summary>How many from the end.</summary>
    [Parameter(ParameterSetName = "DefaultParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int Last { get; set; }

    /// <summary>How many from the start. The commands before are stopped when they have come.</summary>
    [Parameter(ParameterSetName = "DefaultParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int First { get; set; }

    /// <summary>How many to leave out at the start; with -Last, at the end.</summary>
    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "SkipLastParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    /// <summary>How many to leave out at the end.</summary>
    [Parameter(ParameterSetName = "SkipLastParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int SkipLast { get; set; }

    /// <summary>Lets the commands before run to their end.</summary>
    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "IndexParameter")]
    public SwitchParameter Wait { get; set; }

    /// <summary>Positions to take.</summary>
    [Parameter(ParameterSetName = "IndexParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int[] Index { get; set; } = [];

    /// <summary>Positions to leave out.</summary>
    [Parameter(ParameterSetName = "SkipIndexParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int[] SkipIndex { get; set; } = [];

    private bool LimitsFirst => MyInvocation.BoundParameters.ContainsKey(nameof(First));

    private bool LimitsLast => MyInvocation.BoundParameters.ContainsKey(nameof(Last));

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        var wanted = Property;
        if (ExcludeProperty.Length > 0)
        {
            _excluded = [.. ExcludeProperty.Select(p => WildcardPattern.Get(p, WildcardOptions.IgnoreCase))];
            // leaving out alone means all others
            if (wanted.Length == 0)
                wanted = ["*"];
        }

        _properties = PropertyArgument.Parse(this, wanted, "name", "label", "expression");
        _comparer = new ValueComparer(CultureInfo.CurrentCulture, !CaseInsensitive);
        _indexes = [.. Index, .. SkipIndex];
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        var position = _seen++;
        switch (ParameterSetName)
        {
            case "IndexParameter":
                if (_indexes.Contains(position))
                    Emit(InputObject);
                if (!Wait && position >= _indexes.DefaultIfEmpty(-1).Max())
                    StopUpstream();
                return;
            case "SkipIndexParameter":
                if (!_indexes.Contains(position))
                    Emit(InputObject);
                return;
        }

        // with -Last, -Skip counts from the end
        if (position < Skip && !(LimitsLast && !LimitsFirst))
            return;
        if (LimitsFirst && _first < First)
        {
            _first++;
            Emit(InputObject);
        }
        else if (LimitsLast)
        {
            _held.Enqueue(InputObject);
            if (_held.Count > Last + (LimitsFirst ? 0 : Skip))
                _held.Dequeue();
        }
        else if (SkipLast > 0)
        {
            _held.Enqueue(InputObject);
            if (_held.Count > SkipLast)
                Emit(_held.Dequeue());
        }
        else if (!LimitsFirst)
        {
            Emit(InputObject);
        }

        if (LimitsFirst && First > 0 && !(LimitsLast && Last > 0) && _first >= First && !Wait)
            StopUpstream();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (LimitsLast)
        {
            var keep = LimitsFirst ? 0 : Skip;
            while (_held.Count > keep)
                Emit(_held.Dequeue());
        }

        foreach (var item in _unique)
            WriteObject(item);
        _unique.Clear();
    }

    private static IEnumerable<PSNoteProperty> Added(PSObject item) => item.Properties.OfType<PSNoteProperty>();

    private void StopUpstream()
    {
        EndProcessing();
        throw EngineInternals.StopUpstream(this);
    }

    private void Emit(PSObject item)
    {
        if (Property.Length == 0 && ExcludeProperty.Length == 0 && ExpandProperty.Length == 0)
        {
            Write(item);
            return;
        }

        var selected = _properties.SelectMany(p => Evaluate(p, item)).ToList();
        if (ExpandProperty.Length > 0)
        {
            Expand(item, selected);
            return;
        }

        var result = new PSObject();
        Attach(result, selected, item, "AlreadyExistingUserSpecifiedPropertyNoExpand");
        result.TypeNames.Insert(0, "Selected." + item.BaseObject.GetType());
        Write(result);
    }

    private IEnumerable<PSNoteProperty> Evaluate(PropertyArgument property, PSObject item)
    {
        var results = property.Expression.ResolveNames(item)
            .Where(e => !_excluded.Any(x => x.IsMatch(e.ToString())))
            .SelectMany(e => e.GetValues(item)).ToList();
        if (results.Count == 0)
        {
            // a name that the object lacks becomes an empty property
            if (property.Expression.HasWildCardCharacters || _excluded.Any(x => x.IsMatch(property.Expression.ToString())))
                return [];
            return [new PSNoteProperty(property.Name ?? property.Expression.ToString(), null)];
        }

        if (property.Name is not null && results.Count > 1)
        {
            var wrong = new InvalidOperationException("The property cannot be renamed because the expression matches several properties.");
            WriteError(new ErrorRecord(wrong, "RenamingMultipleResults", ErrorCategory.InvalidOperation, item));
            return [];
        }

        return results.Select(r => new PSNoteProperty(property.Name ?? r.ResolvedExpression.ToString(), r.Result));
    }

    private void Expand(PSObject item, List<PSNoteProperty> selected)
    {
        var results = new PSPropertyExpression(ExpandProperty).GetValues(item);
        if (results.Count != 1 || results[0].Exception is not null)
        {
            var (wrong, id) = results.Count == 0
                ? (new ArgumentException($"Property \"{ExpandProperty}\" cannot be found."), "ExpandPropertyNotFound")
                : results.Count > 1
                    ? (new ArgumentException($"Multiple properties cannot be expanded: \"{ExpandProperty}\"."), "MutlipleExpandProperties")
                    : (results[0].Exception, "PropertyEvaluationExpand");
            WriteError(new ErrorRecord(wrong, id, ErrorCategory.InvalidArgument, item));
            return;
        }

        var value = results[0].Result;
        if (value is null)
            return;
        var values = LanguagePrimitives.GetEnumerable(value) ?? new[] { value };
        foreach (var each in values)
        {
            if (each is null)
                continue;
            // a copy, so that the properties are not added to the object that others hold
            var expanded = selected.Count == 0 ? PSObject.AsPSObject(each) : PSObject.AsPSObject(each).Copy();
            Attach(expanded, selected, item, "AlreadyExistingUserSpecifiedPropertyExpand");
            Write(expanded);
        }
    }

    private void Attach(PSObject receiver, List<PSNoteProperty> properties, PSObject item, string errorId)
    {
        foreach (var property in properties)
        {
            if (receiver.Properties[property.Name] is null)
            {
                receiver.Properties.Add(property);
                continue;
            }

            var wrong = new ArgumentException($"The property cannot be processed because the property \"{property.Name}\" already exists.");
            WriteError(new ErrorRecord(wrong, errorId, ErrorCategory.InvalidOperation, item));
        }
    }

    private void Write(PSObject item)
    {
        if (!Unique)
            WriteObject(item);
        else if (!_unique.Any(other => Same(other, item)))
            _unique.Add(item);
    }

    private bool Same(PSObject first, PSObject second)
    {
        if (_comparer!.Compare(first.BaseObject, second.BaseObject) != 0)
            return false;
        if (_properties.Count == 0)
            return true;
        var own = Added(first).ToList();
        return own.Count == Added(second).Count()
            && own.All(p => second.Properties[p.Name] is { } other && _comparer.Compare(p.Value, other.Value) == 0);
    }
}
