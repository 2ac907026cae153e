using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// One expression of a rule, in libnftables' JSON: a condition (<c>match</c>), a statement (<c>dnat</c>, <c>counter</c>) or a verdict.
/// </summary>
/// <param name="Name">What it is; empty for what is no object of one member.</param>
/// <param name="Value">What it says.</param>
internal sealed record NftExpression(string Name, JsonItem Value)
{
    /// <summary>The object of one member that it was.</summary>
    public JsonItem Whole => Name.Length > 0 ? JsonItem.Of(Name, Value) : Value;

    /// <summary>The expression of a JSON object of one member.</summary>
    public static NftExpression Of(JsonItem item) =>
        item.Members is [var member] ? new(new JsonItem { Raw = member.Key }.Text, member.Value) : new("", item);
}
