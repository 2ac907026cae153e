using System.Collections;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace GravityNet.Shell;

/// <summary>One item of a -Property list: a name, maybe with wildcards, a script block, or a hashtable of name, expression and direction.</summary>
internal sealed record PropertyArgument(PSPropertyExpression Expression, string? Name, bool? Ascending)
{
    /// <summary>Reads a -Property list.</summary>
    /// <param name="cmdlet">Reports what is wrong with it.</param>
    /// <param name="items">The list.</param>
    /// <param name="keys">The hashtable keys that this cmdlet takes: some of name, label, expression, ascending, descending.</param>
    public static List<PropertyArgument> Parse(PSCmdlet cmdlet, IEnumerable<object?> items, params string[] keys) =>
        [.. items.Select(item => Parse(cmdlet, item, keys))];

    private static PropertyArgument Parse(PSCmdlet cmdlet, object? item, string[] keys)
    {
        var value = item is PSObject wrapped ? wrapped.BaseObject : item;
        if (value is IDictionary table)
            return FromTable(cmdlet, table, keys);
        return new PropertyArgument(Expressed(cmdlet, value), null, null);
    }

    private static PropertyArgument FromTable(PSCmdlet cmdlet, IDictionary table, string[] keys)
    {
        PSPropertyExpression? expression = null;
        string? name = null;
        bool? ascending = null;
        foreach (DictionaryEntry entry in table)
        {
            var given = entry.Key.ToString() ?? "";
            // any beginning of a key will do: n, e, asc ...
            var key = given.Length == 0 ? null : keys.FirstOrDefault(k => k.StartsWith(given, StringComparison.OrdinalIgnoreCase));
            switch (key)
            {
                case "name" or "label":
                    name = entry.Value?.ToString();
                    break;
                case "expression":
                    expression = Expressed(cmdlet, entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value);
                    break;
                case "ascending":
                    ascending = LanguagePrimitives.IsTrue(entry.Value);
                    break;
                case "descending":
                    ascending = !LanguagePrimitives.IsTrue(entry.Value);
                    break;
                default:
                    throw Wrong(cmdlet, $"The {given} key is not valid.", "DictionaryKeyUnknown", table);
            }
        }

        if (expression is null)
        {
            if (name is null || !keys.Contains("name"))
                throw Wrong(cmdlet, "The hash table is missing the mandatory entry for the key expression.", "DictionaryKeyMissing", table);
            expression = new PSPropertyExpression(name);
        }

        return new PropertyArgument(expression, name, ascending);
    }

    private static PSPropertyExpression Expressed(PSCmdlet cmdlet, object? value) => value switch
    {
        ScriptBlock block => new PSPropertyExpression(block),
        string { Length: > 0 } name => new PSPropertyExpression(name),
        null or string => throw Wrong(cmdlet, "The property name is empty.", "DictionaryEmptyKey", value),
        _ => new PSPropertyExpression(value.ToString()),
    };

    private static Exception Wrong(PSCmdlet cmdlet, string message, string id, object? target)
    {
        var error = new ErrorRecord(new NotSupportedException(message), id, ErrorCategory.InvalidArgument, target);
        cmdlet.ThrowTerminatingError(error);
        return error.Exception;
    }
}
