using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// The line of a kind of device or port of which only the words are kept: <c>veth</c>, <c>wireguard</c>, <c>ipip remote any local 10.0.0.1 ttl inherit</c>, <c>vrf_slave table 10</c>.
/// </summary>
public sealed record OtherLinkPart(string Name) : LinkPart
{
    private static readonly LineGrammar<OtherLinkPart> Grammar = new(-1, new LineField<OtherLinkPart>("", p => p.Name));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Kind,
    }

    /// <inheritdoc/>
    public override string Kind => Name;

    /// <inheritdoc/>
    public override string ToString() => Print(null);

    /// <inheritdoc/>
    internal override string Print(LineForm? form) => Grammar.Print(this, form, Words);
}
