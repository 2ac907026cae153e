// scripts and views know the type by the name that PowerShell's own modules give it
namespace Microsoft.PowerShell.Commands;

/// <summary>A group that only counts its objects.</summary>
public sealed class GroupInfoNoElement : GroupInfo
{
    internal GroupInfoNoElement(IEnumerable<object?> keys)
        : base(keys)
    {
    }
}
