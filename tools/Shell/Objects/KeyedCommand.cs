using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>What the cmdlets have in common that take their whole input before they order it by properties.</summary>
public abstract class KeyedCommand : PSCmdlet
{
    /// <summary>What comes in.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>By what: names, script blocks, or tables with an expression.</summary>
    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    /// <summary>The culture of texts.</summary>
    [Parameter]
    public string? Culture { get; set; }

    /// <summary>Tells A from a.</summary>
    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    /// <summary>All that came in.</summary>
    private protected List<PSObject> Input { get; } = [];

    /// <summary>Compares the keys.</summary>
    private protected ValueComparer Values => new(ValueComparer.CultureNamed(Culture), CaseSensitive);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            Input.Add(InputObject);
    }
}
