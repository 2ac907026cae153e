using System.Collections;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace GravityNet.Shell;

/// <summary>Group-Object. Groups come sorted where all keys are of one type, in the order of their first object where they are not.</summary>
[Cmdlet(VerbsData.Group, "Object")]
[OutputType(typeof(GroupInfo), typeof(Hashtable))]
public sealed class GroupObjectCommand : KeyedCommand
{
    /// <summary>Leaves the objects out.</summary>
    [Parameter]
    public SwitchParameter NoElement { get; set; }

    /// <summary>One table, key to objects.</summary>
    [Parameter(ParameterSetName = "HashTable")]
    [Alias("AHT")]
    public SwitchParameter AsHashTable { get; set; }

    /// <summary>Makes the table's keys texts.</summary>
    [Parameter(ParameterSetName = "HashTable")]
    public SwitchParameter AsString { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Input.Count == 0)
            return;
        if (AsString && !AsHashTable)
            Refuse("The AsString parameter can only be used together with the AsHashTable parameter.");
        if (AsHashTable && !AsString && Property?.Length > 1)
            Refuse("AsHashTable takes a single property. Add -AsString to group by several.");

        var (_, objects) = KeyedObjects.Evaluate(this, Property, Input, "expression");
        var comparer = Values;
        IComparer<object?[]> order = Comparer<object?[]>.Create(
            (x, y) => x.Zip(y, comparer.Compare).FirstOrDefault(o => o != 0));

        var groups = OfOneType(objects) ? Adjacent(objects.OrderBy(o => o.Keys, order), order) : Scattered(objects, order);
        if (AsHashTable)
            WriteTable(groups);
        else
            WriteObject(groups, enumerateCollection: true);
    }

    // where types are mixed, equality need not agree with any order: compare with every group
    private List<GroupInfo> Scattered(IEnumerable<(PSObject Item, object?[] Keys)> objects, IComparer<object?[]> order)
    {
        var groups = new List<(object?[] Keys, GroupInfo Group)>();
        foreach (var (item, keys) in objects)
        {
            var group = groups.Find(g => order.Compare(g.Keys, keys) == 0).Group;
            if (group is null)
                groups.Add((keys, group = New(keys)));
            group.Add(item);
        }

        return [.. groups.Select(g => g.Group)];
    }

    private List<GroupInfo> Adjacent(IEnumerable<(PSObject Item, object?[] Keys)> sorted, IComparer<object?[]> order)
    {
        var groups = new List<GroupInfo>();
        object?[]? last = null;
        foreach (var (item, keys) in sorted)
        {
            if (last is null || order.Compare(last, keys) != 0)
                groups.Add(New(last = keys));
            groups[^1].Add(item);
        }

        return groups;
    }

    private GroupInfo New(object?[] keys) => NoElement ? new GroupInfoNoElement(keys) : new GroupInfo(keys);

    private static bool OfOneType(List<(PSObject Item, object?[] Keys)> objects)
    {
        for (var i = 0; i < objects[0].Keys.Length; i++)
        {
            var types = objects.Select(o => o.Keys[i] is PSObject wrapped ? wrapped.BaseObject : o.Keys[i])
                .Where(k => k is not null && k != ValueComparer.Missing)
                .Select(k => k!.GetType()).Distinct();
            if (types.Skip(1).Any())
                return false;
        }

        return true;
    }

    private void WriteTable(List<GroupInfo> groups)
    {
        var table = new Hashtable(CaseSensitive ? StringComparer.CurrentCulture : StringComparer.CurrentCultureIgnoreCase);
        foreach (var group in groups)
        {
            var key = AsString ? group.Name : group.Values[0] is PSObject wrapped ? wrapped.BaseObject : group.Values[0];
            if (key is null || table.ContainsKey(key))
            {
                var wrong = new ArgumentException($"'{key}' cannot be a key of the table: it is null or there already.");
                WriteError(new ErrorRecord(wrong, "InvalidOperation", ErrorCategory.InvalidArgument, group));
                return;
            }

            table.Add(key, group.Group);
        }

        WriteObject(table);
    }

    private void Refuse(string message) =>
        ThrowTerminatingError(new ErrorRecord(new ArgumentException(message), "ArgumentException", ErrorCategory.InvalidArgument, Property));
}
