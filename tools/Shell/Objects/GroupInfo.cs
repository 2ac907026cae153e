using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;

// scripts and views know the type by the name that PowerShell's own modules give it
namespace Microsoft.PowerShell.Commands;

/// <summary>A group of objects that share their keys.</summary>
public class GroupInfo
{
    private readonly object?[] _keys;

    internal GroupInfo(IEnumerable<object?> keys)
    {
        _keys = [.. keys.Select(k => k == GravityNet.Shell.ValueComparer.Missing ? null : k)];
        Name = string.Join(", ", _keys.Where(k => k is not null).Select(Text));
    }

    /// <summary>The keys.</summary>
    public ArrayList Values => [.. _keys];

    /// <summary>How many objects there are.</summary>
    public int Count { get; private set; }

    /// <summary>The objects.</summary>
    public Collection<PSObject> Group { get; } = [];

    /// <summary>The keys as text.</summary>
    public string Name { get; }

    internal void Add(PSObject item)
    {
        Count++;
        if (this is not GroupInfoNoElement)
            Group.Add(item);
    }

    private static string Text(object? key)
    {
        var bare = key is PSObject wrapped ? wrapped.BaseObject : key;
        return bare is ICollection items
            ? "{" + string.Join(", ", items.Cast<object?>().Select(i => Convert.ToString(i, CultureInfo.CurrentCulture))) + "}"
            : Convert.ToString(bare is PSCustomObject ? key : bare, CultureInfo.CurrentCulture) ?? "";
    }
}
