using System.Globalization;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Get-Unique: drops what equals the object before it.</summary>
[Cmdlet(VerbsCommon.Get, "Unique", DefaultParameterSetName = "AsString")]
public sealed class GetUniqueCommand : PSCmdlet
{
    private ValueComparer? _values;
    private PSObject? _last;

    /// <summary>The objects, sorted.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Compares texts.</summary>
    [Parameter(ParameterSetName = "AsString")]
    public SwitchParameter AsString { get; set; }

    /// <summary>Compares types: one object of each.</summary>
    [Parameter(ParameterSetName = "UniqueByType")]
    public SwitchParameter OnType { get; set; }

    /// <summary>Takes A for a.</summary>
    [Parameter]
    public SwitchParameter CaseInsensitive { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // nothing equals null, null neither
        if (InputObject is not null && _last is not null && Same(InputObject, _last))
            return;
        WriteObject(InputObject);
        _last = InputObject;
    }

    private bool Same(PSObject one, PSObject other)
    {
        if (OnType)
            return one.TypeNames[0] == other.TypeNames[0];
        if (AsString)
            return string.Equals(one.ToString(), other.ToString(), CaseInsensitive ? StringComparison.CurrentCultureIgnoreCase : StringComparison.CurrentCulture);
        _values ??= new(CultureInfo.CurrentCulture, caseSensitive: !CaseInsensitive);
        return _values.Compare(one, other) == 0;
    }
}
