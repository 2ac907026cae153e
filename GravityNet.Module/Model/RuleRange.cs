using System.Collections;

namespace GravityNet;

/// <summary>
/// The rules of a chain where they stand in one piece in their table: iptables-save prints chain by chain, and a hundred thousand chains need no lists of their own.
/// </summary>
internal sealed class RuleRange(List<IptablesRule> rules, int start, int count) : IReadOnlyList<IptablesRule>
{
    public int Count => count;

    public IptablesRule this[int index] => (uint)index < (uint)count ? rules[start + index] : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<IptablesRule> GetEnumerator()
    {
        for (var i = start; i < start + count; i++) yield return rules[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
