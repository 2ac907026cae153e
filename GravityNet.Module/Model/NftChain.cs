using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// A chain of nf_tables with its rules.
/// </summary>
public sealed record NftChain() : NftObject("chain")
{
    /// <summary>The table's name.</summary>
    public string Table { get => Json.TextOf("table"); init => Json = Json.With("table", JsonItem.Of(value)); }

    /// <summary>The name.</summary>
    public string Name { get => Json.TextOf("name"); init => Json = Json.With("name", JsonItem.Of(value)); }

    /// <summary>filter, nat or route; empty for a chain that is only jumped to.</summary>
    public string Type { get => Json.TextOf("type"); init => Json = Json.With("type", Word(value)); }

    /// <summary>Where packets enter it: prerouting, input, forward, output, postrouting, ingress or egress; empty for a chain that is only jumped to.</summary>
    public string Hook { get => Json.TextOf("hook"); init => Json = Json.With("hook", Word(value)); }

    /// <summary>Its place among the chains of the same hook, lowest first; null for a chain that is only jumped to.</summary>
    public long? Priority { get => Json.NumberOf("prio"); init => Json = Json.With("prio", Number(value)); }

    /// <summary>accept or drop: what becomes of a packet that no rule decided on; empty for a chain that is only jumped to.</summary>
    public string Policy { get => Json.TextOf("policy"); init => Json = Json.With("policy", Word(value)); }

    /// <summary>The rules in order.</summary>
    public IReadOnlyList<NftRule> Rules { get; internal init; } = [];
}
