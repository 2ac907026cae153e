using System.Collections;
using System.Collections.Concurrent;
using System.Management.Automation;
using System.Reflection;

namespace GravityNet.Cmdlets;

/// <summary>
/// What PowerShell shows for the properties of output types that hold addresses, MACs and lists: <c>GravityNet.types.ps1xml</c> gives each a CodeProperty of the same
/// name, which is read here. The .NET property stays plain text, and JSON is made from that.
/// </summary>
/// <remarks>
/// PowerShell does not tell a CodeProperty its name: there is a method for each, in a file that the module's tests write together with the types file under
/// <c>GRAVITYNET_RENEW=1</c>. A text that is empty, or no address, comes as it is.
/// </remarks>
public static partial class ValueProperties
{
    private static readonly ConcurrentDictionary<(Type Type, string Name), PropertyInfo> Properties = new();

    // empty stays empty text: 'if ($route.Gateway)' has to be false, and every struct is true
    private static object? AddressOf(PSObject instance, string name) =>
        ValueOf(instance, name) switch { string { Length: > 0 } text when NetAddress.TryParse(text, out var address) => address, var other => other };

    private static object? MacOf(PSObject instance, string name) =>
        ValueOf(instance, name) switch { string { Length: > 0 } text when MacAddress.TryParse(text, out var mac) => mac, var other => other };

    private static JoinedList<T>? ListOf<T>(PSObject instance, string name) => ValueOf(instance, name) switch
    {
        null => null,
        IList<T> list => new(list),
        var items => new([.. ((IEnumerable)items).Cast<T>()]),
    };

    // a property of lines may have the records that print them beside it: JSON of them would be too deep
    private static object? ValueOf(PSObject instance, string name)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var source = instance.BaseObject;
        return Properties.GetOrAdd((source.GetType(), name), static key => key.Type.GetProperty("Typed" + key.Name, BindingFlags.NonPublic | BindingFlags.Instance) ?? key.Type.GetProperty(key.Name)!).GetValue(source);
    }
}
