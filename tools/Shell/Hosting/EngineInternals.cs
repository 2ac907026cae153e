using System.Management.Automation;
using System.Reflection;

namespace GravityNet.Shell;

/// <summary>
/// The few doors into the engine that it keeps for PowerShell's own modules. A version that closes one is found at the first use, by name.
/// </summary>
internal static class EngineInternals
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    public static Type Type(string name) => typeof(PSObject).Assembly.GetType(name) ?? throw Gone(name);

    public static PropertyInfo Property(string type, string name) => Type(type).GetProperty(name, Any) ?? throw Gone($"{type}.{name}");

    public static FieldInfo Field(string type, string name) => Type(type).GetField(name, Any) ?? throw Gone($"{type}.{name}");

    public static MethodInfo Method(string type, string name, params Type[] parameters) =>
        (parameters.Length == 0 ? Type(type).GetMethod(name, Any) : Type(type).GetMethod(name, Any, parameters)) ?? throw Gone($"{type}.{name}");

    public static object New(string type, params object?[] arguments) =>
        Activator.CreateInstance(Type(type), (Any & ~BindingFlags.Static) | BindingFlags.CreateInstance, binder: null, arguments, culture: null) ?? throw Gone(type);

    /// <summary>What a cmdlet throws to end the commands before it, and only those, as <c>Select-Object -First</c> does.</summary>
    public static Exception StopUpstream(Cmdlet cmdlet) => (Exception)New("System.Management.Automation.StopUpstreamCommandsException", cmdlet);

    private static MissingMemberException Gone(string name) =>
        new($"System.Management.Automation {typeof(PSObject).Assembly.GetName().Version} has no {name}, which the embedded shell relies on.");
}
