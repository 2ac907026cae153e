using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace GravityNet.Shell;

/// <summary>Get-Member: the members of each type that comes in, once a type.</summary>
[Cmdlet(VerbsCommon.Get, "Member")]
[OutputType(typeof(MemberDefinition))]
public sealed class GetMemberCommand : PSCmdlet
{
    private readonly HashSet<string> _seen = [];
    private bool _any;

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Names, maybe with wildcards.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Kinds of members.</summary>
    [Parameter]
    [Alias("Type")]
    public PSMemberTypes MemberType { get; set; } = PSMemberTypes.All;

    /// <summary>Members of the class, not of its objects.</summary>
    [Parameter]
    public SwitchParameter Static { get; set; }

    /// <summary>Includes the accessors behind properties and the engine's own members.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        _any = true;
        var type = Static ? InputObject.BaseObject as Type ?? InputObject.BaseObject.GetType() : null;
        var typeName = type?.FullName ?? (InputObject.TypeNames.Count > 0 ? InputObject.TypeNames[0] : InputObject.BaseObject.GetType().FullName!);
        if (!_seen.Add(typeName))
            return;

        var members = type is null ? InstanceMembers(InputObject) : StaticMembers(type);
        var wanted = Name.Select(n => WildcardPattern.Get(n, WildcardOptions.IgnoreCase)).ToList();
        foreach (var member in members.Where(m => (m.MemberType & MemberType) != 0 && wanted.Any(w => w.IsMatch(m.Name)))
            .OrderBy(m => m.MemberType.ToString(), StringComparer.OrdinalIgnoreCase).ThenBy(m => m.Name, StringComparer.OrdinalIgnoreCase))
            WriteObject(new MemberDefinition(typeName, member.Name, member.MemberType, member.Definition));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_any)
            return;
        var wrong = new InvalidOperationException("You must specify an object for the Get-Member cmdlet.");
        WriteError(new ErrorRecord(wrong, "NoObjectInGetMember", ErrorCategory.CloseError, null));
    }

    private IEnumerable<(string Name, PSMemberTypes MemberType, string Definition)> InstanceMembers(PSObject item) =>
        item.Members
            .Where(m => Force || !(IsAccessor(m) || m.MemberType == PSMemberTypes.MemberSet || m.Name is "pstypenames" or "psobject" or "psbase"
                or "psadapted" or "psextended"))
            .Select(m => (m.Name, m.MemberType, m.ToString() ?? ""));

    private static bool IsAccessor(PSMemberInfo member) =>
        member is PSMethod && (member.Name.StartsWith("get_", StringComparison.Ordinal) || member.Name.StartsWith("set_", StringComparison.Ordinal)
            || member.Name.StartsWith("add_", StringComparison.Ordinal) || member.Name.StartsWith("remove_", StringComparison.Ordinal)
            || member.Name.StartsWith("op_", StringComparison.Ordinal));

    private static IEnumerable<(string Name, PSMemberTypes MemberType, string Definition)> StaticMembers(Type type)
    {
        const System.Reflection.BindingFlags Flags =
            System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.FlattenHierarchy;
        foreach (var group in type.GetMethods(Flags).Where(m => !m.IsSpecialName).GroupBy(m => m.Name))
        {
            var overloads = group.Select(m =>
                $"static {m.ReturnType} {m.Name}({string.Join(", ", m.GetParameters().Select(p => $"{p.ParameterType} {p.Name}"))})");
            yield return (group.Key, PSMemberTypes.Method, string.Join(", ", overloads));
        }

        foreach (var property in type.GetProperties(Flags))
            yield return (property.Name, PSMemberTypes.Property, $"static {property.PropertyType} {property.Name} {{get;{(property.CanWrite ? "set;" : "")}}}");
        foreach (var field in type.GetFields(Flags))
            yield return (field.Name, PSMemberTypes.Property, $"static {field.FieldType} {field.Name} {{get;{(field.IsInitOnly || field.IsLiteral ? "" : "set;")}}}");
    }
}
