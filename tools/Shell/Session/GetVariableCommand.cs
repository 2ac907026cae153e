using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Get-Variable.</summary>
[Cmdlet(VerbsCommon.Get, "Variable")]
[OutputType(typeof(PSVariable))]
public sealed class GetVariableCommand : PSCmdlet
{
    /// <summary>Names, maybe with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The values alone.</summary>
    [Parameter]
    public SwitchParameter ValueOnly { get; set; }

    /// <summary>Global, Script, Local or Private.</summary>
    [Parameter]
    public string Scope { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            var found = WildcardPattern.ContainsWildcardCharacters(name) ? Matching(name) : One(name);
            foreach (var variable in found)
                WriteObject(ValueOnly ? variable.Value : variable);
        }
    }

    private IEnumerable<PSVariable> Matching(string name)
    {
        var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
        return InvokeProvider.ChildItem.Get("Variable:", recurse: false)
            .Select(v => v.BaseObject).OfType<PSVariable>()
            .Where(v => pattern.IsMatch(v.Name)).OrderBy(v => v.Name, StringComparer.OrdinalIgnoreCase);
    }

    private IEnumerable<PSVariable> One(string name)
    {
        if (SessionState.PSVariable.Get(Scope.Length > 0 ? $"{Scope}:{name}" : name) is { } variable)
            return [variable];
        var missing = new ItemNotFoundException($"Cannot find a variable with the name '{name}'.");
        WriteError(new ErrorRecord(missing, "VariableNotFound", ErrorCategory.ObjectNotFound, name));
        return [];
    }
}
