using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Reflection;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace GravityNet.Shell;

/// <summary>
/// Writes objects as ConvertTo-Json does. A value is reduced to texts, numbers, lists and tables down to a depth; deeper objects become
/// their text, with one warning. Members that the type system adds follow an object's own.
/// </summary>
internal sealed class JsonWriter(int depth, Action<string> warn, CancellationToken stop)
{
    private const PSMemberTypes Extended =
        PSMemberTypes.NoteProperty | PSMemberTypes.AliasProperty | PSMemberTypes.ScriptProperty | PSMemberTypes.CodeProperty;

    private bool _warned;

    public string Write(object? value, bool compress, bool enumsAsStrings, StringEscapeHandling escapes)
    {
        var settings = new JsonSerializerSettings
        {
            TypeNameHandling = TypeNameHandling.None,
            MaxDepth = 1024,
            StringEscapeHandling = escapes,
            Formatting = compress ? Formatting.None : Formatting.Indented,
            Culture = CultureInfo.InvariantCulture,
        };
        if (enumsAsStrings)
            settings.Converters.Add(new StringEnumConverter());
        return JsonConvert.SerializeObject(Reduce(value, 0), settings);
    }

    private object? Reduce(object? value, int level)
    {
        stop.ThrowIfCancellationRequested();
        var wrapper = value as PSObject;
        var bare = wrapper is null ? value : wrapper.BaseObject;
        if (bare is null or DBNull || bare == System.Management.Automation.Internal.AutomationNull.Value || bare == (object)System.Management.Automation.Language.NullString.Value)
            return null;

        if (IsPlain(bare))
            return WithExtended(wrapper, bare, level);
        if (bare is Enum)
            return WithExtended(wrapper, Enum.GetUnderlyingType(bare.GetType()) is { } kind && (kind == typeof(long) || kind == typeof(ulong)) ? bare.ToString() : bare, level);
        if (level > depth)
            return TooDeep(wrapper, bare, level);

        return bare switch
        {
            IDictionary table => WithExtended(wrapper, Table(table, level), level),
            IEnumerable items => WithExtended(wrapper, items.Cast<object?>().Select(i => Reduce(i, level + 1)).ToList(), level),
            _ => Members(wrapper, bare, level),
        };
    }

    private static bool IsPlain(object bare) =>
        bare is string or char or bool or DateTime or DateTimeOffset or Guid or Uri or double or float or decimal or BigInteger || bare.GetType().IsPrimitive;

    private object? TooDeep(PSObject? wrapper, object bare, int level)
    {
        if (!_warned)
        {
            _warned = true;
            warn($"Resulting JSON is truncated as serialization has exceeded the set depth of {depth}.");
        }

        if (bare is PSCustomObject)
            return LanguagePrimitives.ConvertTo(wrapper, typeof(string), CultureInfo.InvariantCulture);
        return WithExtended(wrapper, LanguagePrimitives.ConvertTo(bare, typeof(string), CultureInfo.InvariantCulture), level);
    }

    private Dictionary<string, object?> Table(IDictionary table, int level)
    {
        var result = new Dictionary<string, object?>(table.Count);
        foreach (DictionaryEntry entry in table)
        {
            var name = entry.Key as string
                ?? throw new InvalidOperationException($"The type '{table.GetType().FullName}' is not supported for serialization or deserialization of a dictionary. Keys must be strings.");
            result.Add(name, Reduce(entry.Value, level + 1));
        }

        return result;
    }

    private Dictionary<string, object?> Members(PSObject? wrapper, object bare, int level)
    {
        var result = new Dictionary<string, object?>();
        const BindingFlags Flags = BindingFlags.Public | BindingFlags.Instance;
        foreach (var field in bare.GetType().GetFields(Flags).Where(IsShown))
            result[field.Name] = Reduce(Try(() => field.GetValue(bare)), level + 1);
        foreach (var property in bare.GetType().GetProperties(Flags).Where(IsShown))
        {
            if (property.GetGetMethod() is { } getter && getter.GetParameters().Length == 0)
                result[property.Name] = Reduce(Try(() => getter.Invoke(bare, null)), level + 1);
        }

        Add(wrapper, result, level, PSMemberTypes.Properties);
        return result;
    }

    private static bool IsShown(MemberInfo member) => !member.IsDefined(typeof(JsonIgnoreAttribute), inherit: true);

    // what the type system adds to a value that is no object makes it one
    private object? WithExtended(PSObject? wrapper, object? reduced, int level)
    {
        if (wrapper is null)
            return reduced;
        if (reduced is Dictionary<string, object?> table)
        {
            Add(wrapper, table, level, Extended);
            return table;
        }

        var boxed = new Dictionary<string, object?> { ["value"] = reduced };
        Add(wrapper, boxed, level, Extended);
        return boxed.Count == 1 ? reduced : boxed;
    }

    private void Add(PSObject? wrapper, Dictionary<string, object?> receiver, int level, PSMemberTypes kinds)
    {
        if (wrapper is null || wrapper.BaseObject is string or DateTime)
            return;
        foreach (var property in wrapper.Properties)
        {
            if ((property.MemberType & kinds) != 0 && !receiver.ContainsKey(property.Name))
                receiver[property.Name] = Reduce(Try(() => property.Value), level + 1);
        }
    }

    // a property that cannot be read is null
    private static object? Try(Func<object?> read)
    {
        try
        {
            return read();
        }
        catch (Exception)
        {
            return null;
        }
    }
}
