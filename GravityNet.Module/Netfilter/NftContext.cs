namespace GravityNet.Netfilter;

/// <summary>What a walk of nf_tables knows beside the packet: who sends it, though not with which address, and the node.</summary>
internal sealed record NftContext
{
    /// <summary>The node's addresses.</summary>
    public NetfilterContext Node { get; init; } = NetfilterContext.Unknown;

    /// <summary>Whether the client is in no set that rules fill as packets pass: what affinity does not decide.</summary>
    public bool IsNewClient { get; init; }

    /// <summary>Whether the source, where its address is not known, is in a network.</summary>
    public Func<MaskedAddress, Ternary> IsSourceIn { get; init; } = _ => Ternary.Unknown;

    /// <summary>Whether the source, where its address is not known, is one of the node's own; null where that is not known either.</summary>
    public bool? IsSourceLocal { get; init; }

    /// <summary>The type of the source's address, in addrtype's words; null where it is not known.</summary>
    public string? SourceType(MaskedAddress? source) =>
        IsSourceLocal is { } isLocal ? (isLocal ? "LOCAL" : "UNICAST") : source is { } address ? Node.AddressType?.Invoke(address, null) : null;
}
