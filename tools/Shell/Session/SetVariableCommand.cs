using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Set-Variable.</summary>
[Cmdlet(VerbsCommon.Set, "Variable", SupportsShouldProcess = true)]
public sealed class SetVariableCommand : PSCmdlet
{
    private readonly List<object?> _piped = [];

    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public string[] Name { get; set; } = [];

    /// <summary>The value; several from the pipeline make a list.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    public object? Value { get; set; }

    /// <summary>Global, Script, Local or Private.</summary>
    [Parameter]
    public string Scope { get; set; } = "";

    /// <summary>What it is for.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>ReadOnly, Constant and so on.</summary>
    [Parameter]
    public ScopedItemOptions Option { get; set; }

    /// <summary>Changes a read-only variable, too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the variable.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (MyInvocation.ExpectingInput)
            _piped.Add(Value);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var value = !MyInvocation.ExpectingInput ? Value : _piped.Count == 1 ? _piped[0] : _piped.ToArray();
        foreach (var name in Name.Where(n => ShouldProcess($"Name: {n} Value: {value}", "Set variable")))
            ItemErrors.Report(this, name, () => Assign(name, value));
    }

    private void Assign(string name, object? value)
    {
        var scoped = Scope.Length > 0 ? $"{Scope}:{name}" : name;
        var variable = SessionState.PSVariable.Get(scoped);
        if (Force && variable is not null && variable.Options.HasFlag(ScopedItemOptions.ReadOnly))
            variable.Options &= ~ScopedItemOptions.ReadOnly;
        SessionState.PSVariable.Set(scoped, value);
        variable = SessionState.PSVariable.Get(scoped);
        if (Description is not null)
            variable.Description = Description;
        if (MyInvocation.BoundParameters.ContainsKey(nameof(Option)))
            variable.Options = Option;
        if (PassThru)
            WriteObject(variable);
    }
}
