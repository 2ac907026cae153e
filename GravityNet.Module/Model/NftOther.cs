using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// An object of another kind: a flowtable, a named counter, quota or limit, a helper, or what a newer nft prints.
/// </summary>
public sealed record NftOther : NftObject
{
    private readonly JsonItem? _whole;

    internal NftOther(string kind) : base(kind)
    {
    }

    // what is no object of one member has no kind
    internal NftOther(JsonItem whole) : base("") => _whole = whole;

    internal override JsonItem Whole => _whole ?? base.Whole;
}
