using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// A table of nf_tables with what is in it.
/// </summary>
public sealed record NftTable() : NftObject("table")
{
    /// <summary>The name: <c>kube-proxy</c> for kube-proxy in nftables mode, <c>nat</c>, <c>filter</c>, ... where iptables-nft wrote it.</summary>
    public string Name { get => Json.TextOf("name"); init => Json = Json.With("name", JsonItem.Of(value)); }

    /// <summary>The chains in the text's order.</summary>
    public IReadOnlyList<NftChain> Chains { get; internal init; } = [];

    /// <summary>The sets and maps in the text's order.</summary>
    public IReadOnlyList<NftSet> Sets { get; internal init; } = [];

    /// <summary>The chain of that name, or null.</summary>
    public NftChain? Chain(string name) => Chains.FirstOrDefault(c => c.Name == name);

    /// <summary>The set or map of that name, or null.</summary>
    public NftSet? Set(string name) => Sets.FirstOrDefault(s => s.Name == name);
}
