using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>New-Object.</summary>
[Cmdlet(VerbsCommon.New, "Object")]
public sealed class NewObjectCommand : PSCmdlet
{
    /// <summary>The type.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateTrustedData]
    public string TypeName { get; set; } = "";

    /// <summary>What its constructor takes.</summary>
    [Parameter(Position = 1)]
    [Alias("Args")]
    public object[] ArgumentList { get; set; } = [];

    /// <summary>Properties to set.</summary>
    [Parameter]
    public IDictionary? Property { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (!LanguagePrimitives.TryConvertTo<Type>(TypeName, CultureInfo.InvariantCulture, out var type) || type is null)
        {
            var unknown = new PSArgumentException($"Cannot find type [{TypeName}]: verify that the assembly containing this type is loaded.");
            ThrowTerminatingError(new ErrorRecord(unknown, "TypeNotFound", ErrorCategory.InvalidType, TypeName));
            return;
        }

        var made = PSObject.AsPSObject(Create(type));
        foreach (DictionaryEntry entry in Property ?? new Hashtable())
            Set(made, entry.Key.ToString() ?? "", entry.Value, free: type == typeof(PSObject) || type == typeof(PSCustomObject));
        WriteObject(made);
    }

    private object Create(Type type)
    {
        if ((type == typeof(PSObject) || type == typeof(PSCustomObject)) && ArgumentList.Length == 0)
            return new PSObject();
        try
        {
            var arguments = ArgumentList.Select(a => a is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : a).ToArray();
            // the engine's own [type]::new picks the overload and converts the arguments
            return ScriptBlock.Create("param($type, $arguments) $type::new.Invoke($arguments)").InvokeReturnAsIs(type, arguments);
        }
        catch (RuntimeException failed)
        {
            var cause = failed.InnerException is MethodInvocationException { InnerException: { } inner } ? inner : failed.InnerException ?? failed;
            ThrowTerminatingError(new ErrorRecord(
                new MethodInvocationException($"Cannot create an object of type [{TypeName}]: {cause.Message}", cause),
                "ConstructorInvokedThrowException",
                ErrorCategory.InvalidOperation,
                null));
            throw;
        }
    }

    private void Set(PSObject made, string name, object? value, bool free)
    {
        try
        {
            if (free && made.Properties[name] is null)
                made.Properties.Add(new PSNoteProperty(name, value));
            else if (made.Properties[name] is { } property)
                property.Value = value;
            else
                throw new InvalidOperationException($"The member \"{name}\" was not found for the specified {TypeName} object.");
        }
        catch (Exception failed) when (failed is InvalidOperationException or RuntimeException)
        {
            WriteError(new ErrorRecord(failed, "InvalidOperationException", ErrorCategory.InvalidOperation, made));
        }
    }
}
