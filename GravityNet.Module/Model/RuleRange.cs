using System.Collections;

namespace GravityNet;

/// <summary>
/// Rules of a table: those from a number on, as iptables-save prints chain by chain and a hundred thousand chains need no lists of their own, or those of some numbers.
/// </summary>
internal sealed class RuleRange(IptablesTable table, int start, int count, IReadOnlyList<int>? numbers = null) : IReadOnlyList<IptablesRule>
{
    public int Count { get; private set; } = count;

    public IptablesRule this[int index] =>
        (uint)index < (uint)Count ? table.Rule(numbers is null ? start + index : numbers[index]) : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<IptablesRule> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes the rule too where it is the next of the same table.</summary>
    internal bool Extend(IptablesTable other, int at)
    {
        if (other != table || at != start + Count) return false;
        Count++;
        return true;
    }
}
