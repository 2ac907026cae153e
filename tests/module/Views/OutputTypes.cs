using System.Collections;
using System.Management.Automation;
using System.Reflection;

namespace GravityNet.ModuleTests.Views;

/// <summary>The types that cmdlets write, and those that are found in their properties.</summary>
internal static class OutputTypes
{
    /// <summary>The types that the built module's cmdlets say they write.</summary>
    public static IReadOnlyList<Type> Of(ModuleShell shell)
    {
        var cmdlets = (Assembly)shell.Run("[GravityNet.Cmdlets.ViewText].Assembly").Single().BaseObject;
        return [.. cmdlets.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(PSCmdlet)))
            .SelectMany(t => t.GetCustomAttributes<OutputTypeAttribute>()).SelectMany(a => a.Type).Select(n => n.Type).Where(IsOurs)
            .Distinct().OrderBy(t => t.Name, StringComparer.Ordinal)];
    }

    /// <summary>These and all that their public properties lead to.</summary>
    public static IReadOnlyList<Type> WithNested(ModuleShell shell)
    {
        var (found, open) = (new HashSet<Type>(), new Stack<Type>(Of(shell)));
        while (open.TryPop(out var type))
        {
            if (!found.Add(type)) continue;
            foreach (var next in PropertiesOf(type).Select(TypedOf).Select(t => ElementOf(t) ?? t).Where(IsOurs)) open.Push(next);
        }

        return [.. found.OrderBy(t => t.Name, StringComparer.Ordinal)];
    }

    /// <summary>The public properties of a type.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0);

    /// <summary>What PowerShell shows of a property: of lines, the records that print them, where there are some.</summary>
    public static Type TypedOf(PropertyInfo property) =>
        (property.ReflectedType!.GetProperty("Typed" + property.Name, BindingFlags.NonPublic | BindingFlags.Instance) ?? property).PropertyType;

    /// <summary>What a list holds; null for what is no list.</summary>
    public static Type? ElementOf(Type type) =>
        type == typeof(string) || typeof(IDictionary).IsAssignableFrom(type) ? null
        : type.IsArray ? type.GetElementType()
        : type.GetInterfaces().Append(type).FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];

    private static bool IsOurs(Type type) => type is { IsPublic: true, IsClass: true } && type.Namespace?.StartsWith(nameof(GravityNet), StringComparison.Ordinal) == true;
}
