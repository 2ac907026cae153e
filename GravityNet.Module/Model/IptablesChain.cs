using System.Globalization;

namespace GravityNet;

/// <summary>
/// One chain of a table with its rules.
/// </summary>
/// <param name="Table">The table's name.</param>
/// <param name="Name">The chain's name.</param>
public sealed record IptablesChain(string Table, string Name)
{
    /// <summary>ACCEPT or DROP for a built-in chain, <c>-</c> for another; empty where the text does not declare the chain.</summary>
    public string Policy { get; init; } = "";

    /// <summary>Packets that the policy met; null where the chain is not declared.</summary>
    public long? Packets { get; init; }

    /// <summary>Bytes of these packets; null where the chain is not declared.</summary>
    public long? Bytes { get; init; }

    /// <summary>The rules in order.</summary>
    public IReadOnlyList<IptablesRule> Rules => RuleList;

    internal List<IptablesRule> RuleList { get; init; } = [];

    internal TextSlice Origin { get; init; }

    /// <summary>The declaration as iptables-save prints it: <c>:KUBE-SERVICES - [0:0]</c>.</summary>
    public override string ToString() =>
        Packets is { } packets ? string.Create(CultureInfo.InvariantCulture, $":{Name} {Policy} [{packets}:{Bytes}]") : $":{Name} {Policy}";
}
