using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>The keys by which Sort-Object and Group-Object order their input.</summary>
internal static class KeyedObjects
{
    /// <summary>Evaluates the -Property list for every object; without one an object is its own key, or its type names the keys.</summary>
    public static (List<PropertyArgument> Properties, List<(PSObject Item, object?[] Keys)> Objects) Evaluate(
        PSCmdlet cmdlet, object[]? property, IReadOnlyList<PSObject> input, params string[] tableKeys)
    {
        var given = property ?? DefaultKeys(input);
        if (given is null)
            return ([], [.. input.Select(item => (item, new object?[] { item }))]);

        var properties = PropertyArgument.Parse(cmdlet, given, tableKeys).SelectMany(p => Expand(p, input)).ToList();
        return (properties, [.. input.Select(item => (item, properties.Select(p => Key(cmdlet, p, item)).ToArray()))]);
    }

    private static object[]? DefaultKeys(IReadOnlyList<PSObject> input)
    {
        if (input.Count == 0)
            return null;
        var standard = input[0].Members["PSStandardMembers"] as PSMemberSet;
        return standard?.Members["DefaultKeyPropertySet"] is PSPropertySet keys ? [.. keys.ReferencedPropertyNames] : null;
    }

    private static IEnumerable<PropertyArgument> Expand(PropertyArgument property, IReadOnlyList<PSObject> input)
    {
        if (!property.Expression.HasWildCardCharacters)
            return [property];
        return input.SelectMany(item => property.Expression.ResolveNames(item))
            .DistinctBy(e => e.ToString(), StringComparer.OrdinalIgnoreCase)
            .OrderBy(e => e.ToString(), StringComparer.OrdinalIgnoreCase)
            .Select(e => property with { Expression = e });
    }

    /// <summary>The value of one property of an object; <see cref="ValueComparer.Missing"/> where it has none.</summary>
    public static object? Key(PSCmdlet cmdlet, PropertyArgument property, PSObject item)
    {
        var values = property.Expression.GetValues(item);
        if (values.Count == 0)
            return ValueComparer.Missing;
        if (values[0].Exception is { } failed)
        {
            cmdlet.WriteError(new ErrorRecord(failed, "ExpressionEvaluation", ErrorCategory.InvalidResult, item));
            return ValueComparer.Missing;
        }

        return values[0].Result;
    }
}
