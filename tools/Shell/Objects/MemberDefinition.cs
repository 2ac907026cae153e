using System.Management.Automation;

// scripts and views know the type by the name that PowerShell's own modules give it
namespace Microsoft.PowerShell.Commands;

/// <summary>One member of a type.</summary>
public sealed class MemberDefinition
{
    internal MemberDefinition(string typeName, string name, PSMemberTypes memberType, string definition)
    {
        TypeName = typeName;
        Name = name;
        MemberType = memberType;
        Definition = definition;
    }

    /// <summary>The type.</summary>
    public string TypeName { get; }

    /// <summary>The member's name.</summary>
    public string Name { get; }

    /// <summary>Property, Method, NoteProperty and so on.</summary>
    public PSMemberTypes MemberType { get; }

    /// <summary>How it is written.</summary>
    public string Definition { get; }

    /// <inheritdoc/>
    public override string ToString() => Definition;
}
